import { afterAll, beforeAll, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';
import { TestBrowser, describeInBrowser } from './browser.ts';
import { PageFiles } from './page_files.ts';

describeInBrowser('live runs in the page', () => {
  let browser: TestBrowser;
  let files: PageFiles;
  let home = '';

  beforeAll(async () => {
    files = new PageFiles();
    home = await files.serve();
    browser = await TestBrowser.launch();
  });

  afterAll(async () => {
    await browser?.close();
    await files?.close();
  });

  it('have the digest that Node finds for the same scenario, seed and options', async () => {
    const scenario = findScenario('leader-isolated');
    if (scenario === undefined) throw new Error('no such scenario');
    const inNode = runScenario({ scenario, seed: '5', bugs: [], members: 3, durationMs: 6000 });
    const { page, errors } = await browser.open(
      `${home}#scenario=leader-isolated&seed=5&members=3&durationMs=6000`,
    );
    await page.waitForSelector('.run');
    expect(await page.locator('.facts code').first().textContent()).toBe(inNode.info.digest);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('are offered on the start page, and a wrong link is answered in words', async () => {
    const { page, errors } = await browser.open(home);
    await page.waitForSelector('.try a');
    expect(await page.locator('.try a').allTextContents()).toContain('leader-isolated');
    await page.goto(`${home}#scenario=no-such-story`);
    await page.waitForSelector('.error');
    expect(await page.locator('.error').textContent()).toMatch(/no-such-story.*there are .*leader-isolated/s);
    expect(errors).toEqual([]);
    await page.close();
  });
});
