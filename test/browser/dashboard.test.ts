import { afterAll, beforeAll, expect, it } from 'vitest';
import { resultsText } from '../viz/dashboard/results.ts';
import { accessProblems } from './access.ts';
import { TestBrowser, describeInBrowser } from './browser.ts';
import { PageFiles } from './page_files.ts';

describeInBrowser('the dashboard of a swarm', () => {
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

  it('opens from a file, groups failures, and one click runs one; back is the dashboard again', async () => {
    const path = files.write('results.jsonl', resultsText());
    const { page, errors } = await browser.open(home);
    await page.waitForSelector('.door');
    await page.locator('input[type=file]').first().setInputFiles(path);
    await page.waitForSelector('.failure');
    expect(await page.locator('.failure').count()).toBe(2);
    expect(await page.locator('.swarm-verdict').textContent()).toContain('Red');
    expect(await page.locator('.figures').textContent()).toContain('1 of 1');
    expect(await accessProblems(page)).toEqual([]);
    const seed = page.locator('.seed').first();
    expect(await seed.textContent()).toBe('leader-isolated 2');
    await seed.click();
    await page.waitForSelector('.run');
    expect(await page.locator('.run-name h1').textContent()).toBe('leader-isolated');
    await page.goBack();
    await page.waitForSelector('.failure');
    expect(errors).toEqual([]);
    await page.close();
  });

  it('opens from a link; a file that is none is answered in words', async () => {
    files.write('good.jsonl', resultsText());
    files.write('bad.jsonl', `${resultsText([])}nonsense\n`);
    const { page } = await browser.open(`${home}#swarm=traces/good.jsonl`);
    await page.waitForSelector('.failure');
    await page.goto(`${home}#swarm=traces/bad.jsonl`);
    const box = await page.waitForSelector('.error');
    expect(await box.textContent()).toContain('traces/bad.jsonl: line 2: expected a line of');
    await page.close();
  });
});
