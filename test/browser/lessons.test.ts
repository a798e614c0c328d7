import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';
import { accessProblems } from './access.ts';
import { TestBrowser, describeInBrowser } from './browser.ts';
import { PageFiles } from './page_files.ts';

describeInBrowser('a lesson', () => {
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

  const step = (page: Page): Promise<string | null> => page.locator('.lesson h3').first().textContent();

  it('hides what comes until it was predicted, goes back without asking again, and ends with the live cluster', async () => {
    const { page, errors } = await browser.open(`${home}#lessons`, { reducedMotion: 'reduce' });
    await page.locator('a[href="#lesson=election"]').click();
    await page.waitForSelector('.choice:enabled');
    expect(await accessProblems(page)).toEqual([]);
    expect(await page.locator('.curtain').isVisible()).toBe(true);
    expect(await page.locator('.lesson-next').isDisabled()).toBe(true);
    const first = await step(page);
    await page.locator('.choice').first().click();
    expect(await page.locator('.choice.wrong, .choice.right').count()).toBe(2);
    expect(await page.locator('.lesson-check').textContent()).toMatch(/^\u2713 Checked in this run/);
    expect(await page.evaluate(`document.activeElement.className`)).toContain('lesson-answer');
    await page.locator('.lesson-next').click();
    expect(page.url()).toContain('step=2');
    expect(await step(page)).not.toBe(first);
    await page.getByRole('button', { name: '\u2190 Back' }).click();
    expect(await step(page)).toBe(first);
    expect(await page.locator('.choice.wrong').count()).toBe(1);
    for (let at = 1; at <= 4; at++) {
      if ((await page.locator('.lesson-answer').count()) === 0) await page.locator('.lesson-show').click();
      await page.locator('.lesson-next').click();
    }
    expect(await page.locator('.lesson-live').getAttribute('href')).toMatch(
      /^#live=on&scenario=lesson-election&seed=1&at=\d{10}$/,
    );
    expect(await page.locator('.curtain').isVisible()).toBe(false);
    expect(await accessProblems(page)).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('runs what the command line runs: the digests are equal', async () => {
    const { page } = await browser.open(`${home}#lesson=election&step=5`);
    await page.waitForSelector('.lesson-live');
    const scenario = findScenario('lesson-election');
    if (scenario === undefined) throw new Error('no such scenario');
    await page.keyboard.press('Escape');
    const digest = await page.locator('.facts code').first().textContent();
    expect(digest).toBe(runScenario({ scenario, seed: '1', bugs: [] }).info.digest);
    await page.close();
  });

  it('of two runs side by side has a curtain on each', async () => {
    const { page, errors } = await browser.open(`${home}#lesson=prevote`, { reducedMotion: 'reduce' });
    await page.waitForSelector('.choice:enabled');
    expect(await page.locator('.stage .curtain').count()).toBe(2);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('that does not exist is answered in words', async () => {
    const { page } = await browser.open(`${home}#lesson=alchemy`);
    expect(await page.waitForSelector('.error').then((box) => box.textContent())).toMatch(
      /election.*alchemy/s,
    );
    await page.close();
  });
});
