import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessProblems } from './access.ts';
import { TestBrowser, describeInBrowser, drawn } from './browser.ts';
import { PageFiles } from './page_files.ts';

describeInBrowser('single keys as commands', () => {
  let browser: TestBrowser;
  let files: PageFiles;
  let home = '';

  beforeAll(async () => {
    files = new PageFiles();
    files.trace('small.detcd', {});
    home = await files.serve();
    browser = await TestBrowser.launch();
  });

  afterAll(async () => {
    await browser?.close();
    await files?.close();
  });

  it('can be turned off, also for the next page, and on again', async () => {
    const { page, errors } = await browser.open(`${home}#trace=traces/small.detcd`);
    await page.waitForSelector('.facts');
    await page.keyboard.press('?');
    expect(await accessProblems(page)).toEqual([]);
    await page.locator('#single-keys').press('Space');
    await page.keyboard.press('Escape');
    await page.keyboard.press('b');
    await drawn(page);
    expect(await page.locator('.event-table').isVisible()).toBe(false);
    const second = await browser.open(`${home}#trace=traces/small.detcd`);
    await second.page.waitForSelector('.facts');
    await second.page.keyboard.press('b');
    await drawn(second.page);
    expect(await second.page.locator('.event-table').isVisible()).toBe(false);
    // What is no letter works all the same.
    await second.page.getByRole('button', { name: 'Keys and legend (?)' }).click();
    await second.page.locator('#single-keys').check();
    await second.page.keyboard.press('Escape');
    await second.page.keyboard.press('b');
    await second.page.locator('.event-table').waitFor();
    expect([...errors, ...second.errors]).toEqual([]);
    await page.close();
    await second.page.close();
  });
});
