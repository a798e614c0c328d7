import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeRunFile } from '../../sim/trace/codec.ts';
import { syntheticRun } from '../viz/synthetic_trace.ts';
import { TestBrowser, describeInBrowser, drawn, laneColors, lanePixels, longTasks } from './browser.ts';
import { PageFiles } from './page_files.ts';

const small = { events: 12_000, seed: 7 };

async function axisLabels(page: Page): Promise<string[]> {
  return page.locator('svg.axis .tick text').allTextContents();
}

describeInBrowser('the timeline page', () => {
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

  async function openSmall(): ReturnType<TestBrowser['open']> {
    files.trace('small.detcd', small);
    const opened = await browser.open(`${home}?theme=light#trace=traces/small.detcd`);
    await opened.page.waitForSelector('.run');
    await drawn(opened.page);
    return opened;
  }

  it('invites without a trace and opens one by the file input', async () => {
    const { page, errors } = await browser.open(home);
    expect(await page.locator('h1').textContent()).toContain('One seed');
    await page.setInputFiles('input[type=file]', files.trace('picked.detcd', small));
    await page.waitForSelector('.run');
    await drawn(page);
    expect(await page.locator('.run-name h1').textContent()).toBe('synthetic-storm');
    expect(await page.locator('.verdict').textContent()).toContain('violated: linearizability');
    expect(await laneColors(page)).toBeGreaterThan(20);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('opens a dropped file that is not gzipped', async () => {
    files.trace('small.detcd', small);
    const { page, errors } = await browser.open(home);
    await page.evaluate(`(async () => {
      const bytes = await (await fetch('traces/small.detcd')).blob();
      const raw = await new Response(bytes.stream().pipeThrough(new DecompressionStream('gzip'))).blob();
      const transfer = new DataTransfer();
      transfer.items.add(new File([raw], 'raw.detcd'));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
    })()`);
    await page.waitForSelector('.run');
    expect(errors).toEqual([]);
    await page.close();
  });

  it('works as one file from file:// without a request', async () => {
    const { page, errors, requests } = await browser.open(files.standalone('run.html', small));
    await page.waitForSelector('.run');
    await drawn(page);
    expect(await laneColors(page)).toBeGreaterThan(20);
    // What the page fetches on demand elsewhere is inside as well.
    await page.keyboard.press('?');
    await page.waitForSelector('dialog.help[open] .keys');
    await page.keyboard.press('Escape');
    await page.keyboard.press('x');
    await page.waitForSelector('dialog.export[open]');
    // Above a size, two workers share the reading.
    const long = files.write('long.detcd', encodeRunFile(syntheticRun({ events: 60_000 })));
    await page.setInputFiles('input[aria-label="Trace file"]', long);
    await page.waitForFunction(`document.querySelector('.facts')?.textContent.includes('60,0')`);
    expect(requests.slice(1).filter((url) => !/^(data|blob):/.test(url))).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('says what is wrong with a damaged, a foreign and a missing file, and shows a good one afterwards', async () => {
    const { page } = await browser.open(home);
    await page.setInputFiles('input[type=file]', files.write('photo.detcd', 'not a trace at all'));
    expect(await page.locator('.error').textContent()).toMatch(
      /photo\.detcd.*not a detcd trace.*"detcdtrc"/s,
    );
    await page.goto(`${home}#trace=traces/nowhere.detcd`);
    await page.waitForFunction(`document.querySelector('.error')?.textContent.includes('404')`);
    const good = files.trace('good.detcd', small);
    const torn = files.write('torn.detcd', readFileSync(good).subarray(0, 9000));
    await page.setInputFiles('input[type=file]', torn);
    await page.waitForFunction(`document.querySelector('.error')?.textContent.includes('torn.detcd')`);
    expect(await page.locator('.error').textContent()).toMatch(/gzip|cut short|damaged/);
    expect(await page.locator('.error').textContent()).not.toMatch(/\.js:\d/);
    await page.setInputFiles('input[type=file]', good);
    await page.waitForSelector('.run');
    await page.close();
  });

  it('zooms by wheel, drag, keys and brush, and back to the whole run', async () => {
    const { page, errors } = await openSmall();
    const whole = await axisLabels(page);
    const before = await lanePixels(page);
    await page.mouse.move(700, 400);
    await page.mouse.wheel(0, -600);
    await drawn(page);
    const zoomed = await axisLabels(page);
    expect(zoomed).not.toEqual(whole);
    expect(await lanePixels(page)).not.toBe(before);
    await page.mouse.down();
    await page.mouse.move(400, 400, { steps: 4 });
    await page.mouse.up();
    await drawn(page);
    const dragged = await axisLabels(page);
    expect(dragged).not.toEqual(zoomed);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('+');
    await drawn(page);
    expect(await axisLabels(page)).not.toEqual(dragged);
    await page.keyboard.press('0');
    await drawn(page);
    expect(await axisLabels(page)).toEqual(whole);
    const strip = await page.locator('.overview-strip').boundingBox();
    if (strip === null) throw new Error('no overview');
    await page.keyboard.press('+');
    await page.mouse.move(strip.x + 60, strip.y + 30);
    await page.mouse.down();
    await page.mouse.move(strip.x + 160, strip.y + 30, { steps: 4 });
    await page.mouse.up();
    await drawn(page);
    expect(await axisLabels(page)).not.toEqual(whole);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('tells in words what is under the pointer and selects it by a click', async () => {
    const { page, errors } = await openSmall();
    const stage = await page.locator('canvas.lanes').boundingBox();
    const label = await page.locator('.lane-label.member').nth(1).boundingBox();
    if (stage === null || label === null) throw new Error('no lanes');
    await page.mouse.move(stage.x + stage.width * 0.7, label.y + label.height / 2);
    await page.waitForSelector('.tooltip:not([hidden])');
    expect(await page.locator('.tooltip').textContent()).toMatch(/n2 is (leader|follower)/);
    await page.mouse.click(stage.x + stage.width * 0.7, label.y + label.height / 2);
    await page.waitForSelector('.inspector.has-selection');
    expect(await page.locator('.inspector').textContent()).toMatch(
      /Arguments.*term.*n2 at this moment.*commit index/s,
    );
    expect(await page.locator('.live').textContent()).toMatch(/n2 is (leader|follower)/);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('goes to the violation and explains it', async () => {
    const { page, errors } = await openSmall();
    await page.click('.violation summary');
    expect(await page.locator('.violation li').count()).toBe(3);
    await page.click('.violation .strong');
    await drawn(page);
    expect(await page.locator('.inspector').textContent()).toMatch(/Illegal.*Operation.*can't be placed/s);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('can be driven by the keyboard alone', async () => {
    const { page, errors } = await openSmall();
    const kind = (): Promise<string | null> => page.locator('.inspector .kind').textContent();
    await page.keyboard.press('e');
    expect(await kind()).toBe('role');
    await page.keyboard.press('f');
    expect(await kind()).toMatch(/intervene|crash/);
    await page.keyboard.press('v');
    expect(await kind()).toBe('invoke');
    await page.keyboard.press('m');
    expect(await kind()).toBe('return');
    await page.keyboard.press('[');
    expect(await kind()).toBe('invoke');
    await page.keyboard.press(']');
    expect(await kind()).toBe('request send');
    await page.keyboard.press('M');
    expect(await kind()).toBe('request deliver');
    await page.keyboard.press('.');
    const sentence = await page.locator('.inspector .sentence').textContent();
    await page.keyboard.press(',');
    expect(await page.locator('.inspector .sentence').textContent()).not.toBe(sentence);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog', { name: 'Keys' }).isVisible()).toBe(false);
    await page.keyboard.press('t');
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.keyboard.press('Escape');
    expect(await page.locator('.inspector.has-selection').count()).toBe(0);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('keeps everything in sight on a small screen', async () => {
    const { page, errors } = await openSmall();
    await page.setViewportSize({ width: 800, height: 900 });
    await drawn(page);
    for (const part of ['.verdict', 'canvas.lanes', '.overview', '.inspector']) {
      const box = await page.locator(part).first().boundingBox();
      expect(box, part).not.toBeNull();
      expect((box?.x ?? 0) + (box?.width ?? 0), part).toBeLessThanOrEqual(800);
      expect((box?.y ?? 0) + (box?.height ?? 0), part).toBeLessThanOrEqual(900);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('loads and zooms 100,000 events without a task above 500 ms', async () => {
    files.trace('large.detcd', { events: 100_000 });
    const { page, errors } = await browser.open(`${home}#trace=traces/large.detcd`);
    await page.waitForSelector('.run');
    await drawn(page);
    await page.mouse.move(800, 400);
    for (let i = 0; i < 30; i++) {
      await page.mouse.wheel(0, -240);
      await drawn(page);
    }
    expect(Math.max(0, ...(await longTasks(page)))).toBeLessThan(500);
    expect(errors).toEqual([]);
    await page.close();
  });
});
