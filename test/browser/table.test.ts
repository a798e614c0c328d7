import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser, describeInBrowser, drawn } from './browser.ts';
import { PageFiles } from './page_files.ts';

describeInBrowser('search and the table of events', () => {
  let browser: TestBrowser;
  let files: PageFiles;
  let home = '';

  beforeAll(async () => {
    files = new PageFiles();
    home = await files.serve();
    browser = await TestBrowser.launch();
    files.trace('small.detcd', { events: 12_000, seed: 7 });
  });

  afterAll(async () => {
    await browser?.close();
    await files?.close();
  });

  async function open(view = ''): ReturnType<TestBrowser['open']> {
    const opened = await browser.open(`${home}?theme=light#trace=traces/small.detcd${view}`);
    await opened.page.waitForSelector('.run');
    await drawn(opened.page);
    return opened;
  }

  it('walks the hits by keys and says which of how many', async () => {
    const { page, errors } = await open();
    await page.keyboard.press('/');
    await page.keyboard.type('kind:role leader');
    await page.waitForFunction(`document.querySelector('.search-count').textContent === '0'`);
    await page.fill('.search-input', 'kind:role term:1');
    await page.keyboard.press('Enter');
    expect(await page.locator('.search-count').textContent()).toMatch(/^1 of \d+$/);
    expect(await page.locator('.inspector .kind').textContent()).toBe('role');
    await page.locator('.stage').focus();
    await page.keyboard.press('n');
    expect(await page.locator('.search-count').textContent()).toMatch(/^2 of /);
    await page.keyboard.press('N');
    await page.keyboard.press('N');
    expect(await page.locator('.search-count').textContent()).toMatch(/^(\d+) of \1$/);
    await page.fill('.search-input', 't:never');
    await page.waitForFunction(`document.querySelector('.search-count').textContent.includes('never')`);
    expect(await page.locator('.search-input').getAttribute('aria-invalid')).toBe('true');
    expect(errors).toEqual([]);
    await page.close();
  });

  it('shows the selected event among its neighbours and only rows in sight', async () => {
    const { page, errors } = await open('&sel=6000');
    await page.keyboard.press('b');
    const selected = page.locator('.table-row.selected');
    await selected.waitFor();
    expect(await selected.getAttribute('data-event')).toBe('6000');
    expect(await page.locator('.table-row[data-event]').count()).toBeLessThan(40);
    expect(await page.locator('.table-scroller').getAttribute('aria-rowcount')).toMatch(/^12\d{3}$/);
    await page.keyboard.press('ArrowDown');
    expect(await selected.getAttribute('data-event')).toBe('6001');
    expect(await page.locator('.inspector .head').textContent()).toContain('6,001');
    await page.keyboard.press('End');
    expect(Number(await selected.getAttribute('data-event'))).toBeGreaterThanOrEqual(11_999);
    await page.locator('.table-row[data-event]').nth(2).click();
    expect(await page.locator('.table-row[data-event]').nth(2).getAttribute('class')).toContain('selected');
    expect(errors).toEqual([]);
    await page.close();
  });

  it('narrows to a kind, whose arguments become columns, and to what was found', async () => {
    const { page, errors } = await open();
    await page.keyboard.press('b');
    await page.selectOption('.table-bar select >> nth=1', { label: 'vote' });
    expect(await page.locator('.table-head').textContent()).toBe('eventtimelanetermvoted for');
    await page.selectOption('.table-bar select >> nth=0', { label: 'n2' });
    expect(new Set(await page.locator('.table-row[data-event] span:nth-child(3)').allTextContents())).toEqual(
      new Set(['n2']),
    );
    await page.fill('.search-input', 'term:1');
    await page.waitForFunction(`document.querySelector('.search-count').textContent !== ''`);
    await page.check('#only-hits');
    expect(await page.locator('.table-row[data-event]').count()).toBe(1);
    await page.hover('.table-row[data-event]');
    await drawn(page);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('opens a link to a view, and moves without loading again for another', async () => {
    const { page, errors, requests } = await open('&from=1000000000&to=1100000000&sel=500');
    expect(await page.locator('.inspector .head').textContent()).toContain('event 500');
    const asked = requests.length;
    await page.evaluate(`location.hash = location.hash.replace('sel=500', 'sel=501')`);
    await page.waitForFunction(
      `document.querySelector('.inspector .head').textContent.includes('event 501')`,
    );
    expect(requests.length).toBe(asked);
    expect(errors).toEqual([]);
    await page.close();
  });
});
