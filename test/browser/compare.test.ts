import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser, describeInBrowser, drawn } from './browser.ts';
import { PageFiles } from './page_files.ts';

describeInBrowser('comparing two runs', () => {
  let browser: TestBrowser;
  let files: PageFiles;
  let home = '';

  beforeAll(async () => {
    files = new PageFiles();
    home = await files.serve();
    browser = await TestBrowser.launch();
    files.trace('a.detcd', { events: 6000, seed: 7 });
    files.trace('b.detcd', { events: 6000, seed: 8 });
  });

  afterAll(async () => {
    await browser?.close();
    await files?.close();
  });

  it('says where they part, shows both lanes on one stretch of time, and stops', async () => {
    const { page, errors } = await browser.open(`${home}#trace=traces/a.detcd&cmp=traces/b.detcd`);
    await page.waitForSelector('.difference-text');
    await page.waitForFunction(
      `document.querySelectorAll('svg.axis')[1]?.querySelector('.tick') instanceof Element`,
    );
    await drawn(page);
    expect(await page.locator('.difference-text').textContent()).toMatch(
      /Equal up to event \d.*this run.*s: .*the other.*s: .*by lane.*n1 from/s,
    );
    const ticks = async (at: number): Promise<string[]> =>
      page.locator('svg.axis').nth(at).locator('.tick text').allTextContents();
    expect(await ticks(1)).toEqual(await ticks(0));
    await page.mouse.move(700, 300);
    await page.mouse.wheel(0, 400);
    await drawn(page);
    expect(await ticks(1)).toEqual(await ticks(0));
    expect(await page.locator('.inspector.has-selection').count()).toBe(2);
    await page.keyboard.press('d');
    expect(await page.locator('svg.axis').count()).toBe(1);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('opens the other run from a file, and says so when the two are equal', async () => {
    const { page, errors } = await browser.open(`${home}#trace=traces/a.detcd`);
    await page.waitForSelector('.run');
    await page.setInputFiles('.compare-file', files.write('not.detcd', 'no trace'));
    await page.waitForFunction(
      `document.querySelector('.difference')?.textContent.includes('not.detcd: not a')`,
    );
    await page.setInputFiles('.compare-file', files.trace('again.detcd', { events: 6000, seed: 7 }));
    await page.waitForFunction(
      `document.querySelector('.difference-text')?.textContent.includes('are equal')`,
    );
    expect(errors).toEqual([]);
    await page.close();
  });
});
