import { afterAll, beforeAll, expect, it } from 'vitest';
import { plantedBugs } from '../../core/bugs.ts';
import { accessProblems } from './access.ts';
import { TestBrowser, describeInBrowser } from './browser.ts';
import { PageFiles } from './page_files.ts';

describeInBrowser('the gallery of known bugs', () => {
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

  it('shows every bug, finds by family and words, and one click runs a story to its violation', async () => {
    const { page, errors } = await browser.open(`${home}#gallery`);
    await page.waitForSelector('.exhibit');
    expect(await page.locator('.exhibit').count()).toBe(plantedBugs.length);
    expect(await accessProblems(page)).toEqual([]);
    await page.getByRole('button', { name: /^Jepsen/ }).click();
    const jepsen = plantedBugs.filter(({ code }) => code?.startsWith('J') === true);
    expect(await page.locator('.exhibit').count()).toBe(jepsen.length);
    await page.locator('.find').fill('no such bug anywhere');
    expect(await page.locator('.exhibit').count()).toBe(0);
    await page.locator('.find').fill('own state');
    await page.locator('.exhibit-title a').click();
    await page.waitForSelector('.story');
    expect(await page.locator('.story').textContent()).toMatch(
      /Promised.*The mistake.*What was done.*What happened.*Lesson/s,
    );
    expect(await page.locator('.story-happened').textContent()).toContain('get(x)');
    // The timeline is at the violation: the read that has no place is selected.
    expect(await page.locator('.inspector.has-selection').textContent()).toContain('Illegal');
    expect(await accessProblems(page)).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });
});
