import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessProblems, focusOrder } from './access.ts';
import { TestBrowser, describeInBrowser } from './browser.ts';
import { PageFiles } from './page_files.ts';

describeInBrowser('the start page', () => {
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

  it.each([
    [1280, 'light'],
    [400, 'light'],
    [1280, 'dark'],
    [400, 'dark'],
  ])(
    'has three doors first in the order of Tab, and nothing is cut off, at %i px, %s',
    async (width, theme) => {
      const { page, errors } = await browser.open(`${home}?theme=${theme}`);
      await page.setViewportSize({ width, height: 800 });
      await page.waitForSelector('.try a');
      const order = await focusOrder(page);
      expect(order.slice(0, 3).map((name) => name.split(/(?<=understand|failure|report)/)[0])).toEqual([
        'I want to understand',
        'I have a failure',
        'I have a swarm\u2019s report',
      ]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await accessProblems(page)).toEqual([]);
      expect(errors).toEqual([]);
      await page.close();
    },
  );

  it('leads a student to the lessons in one click, and finds stories by words', async () => {
    const { page } = await browser.open(home);
    await page.waitForSelector('.try a');
    const all = await page.locator('.try li').count();
    await page.locator('.find').fill('lease');
    const found = await page.locator('.try li').count();
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(all);
    await page.locator('.door').first().click();
    await page.waitForSelector('.lesson-card');
    expect(await page.locator('.lesson-card').count()).toBe(13);
    expect(await accessProblems(page)).toEqual([]);
    await page.close();
  });
});
