import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';
import { TestBrowser, describeInBrowser } from './browser.ts';
import { PageFiles } from './page_files.ts';

const durationMs = 5000;

describeInBrowser('determinism: Chromium finds the digest that Node finds', () => {
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

  it.each(catalogue)('$name', async (scenario) => {
    for (const seed of ['1', '2']) {
      const inNode = runScenario({ scenario, seed, durationMs });
      const { page, errors } = await browser.open(
        `${home}#scenario=${scenario.name}&seed=${seed}&durationMs=${durationMs}`,
      );
      await page.waitForSelector('.run');
      expect(await page.locator('.facts code').first().textContent()).toBe(inNode.info.digest);
      expect(errors).toEqual([]);
      await page.close();
    }
  });

  it('also with a planted bug', async () => {
    const [scenario] = catalogue.filter(({ name }) => name === 'power-failure');
    if (scenario === undefined) throw new Error('no such scenario');
    const inNode = runScenario({ scenario, seed: '1', durationMs, bugs: ['respond-before-fsync'] });
    const { page } = await browser.open(
      `${home}#scenario=power-failure&seed=1&durationMs=${durationMs}&bugs=respond-before-fsync`,
    );
    await page.waitForSelector('.run');
    expect(await page.locator('.facts code').first().textContent()).toBe(inNode.info.digest);
    await page.close();
  });
});
