import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser, describeInBrowser, drawn, lanePixels } from './browser.ts';
import { Kind } from '../../sim/trace/kinds.ts';
import { syntheticRun } from '../viz/synthetic_trace.ts';
import { PageFiles } from './page_files.ts';

describeInBrowser('the causal cone and the lanes below the members', () => {
  let browser: TestBrowser;
  let files: PageFiles;
  let home = '';

  beforeAll(async () => {
    files = new PageFiles();
    home = await files.serve();
    browser = await TestBrowser.launch();
    files.trace('run.detcd', { events: 6000, seed: 7 });
  });

  afterAll(async () => {
    await browser?.close();
    await files?.close();
  });

  it('dims by key what the event neither follows from nor leads to, says how much is left, and goes with the selection', async () => {
    const { page, errors } = await browser.open(`${home}#trace=traces/run.detcd&sel=3000`);
    await page.waitForSelector('.inspector.has-selection');
    await drawn(page);
    const whole = await lanePixels(page);
    await page.keyboard.press('c');
    await drawn(page);
    expect(await page.locator('.live').textContent()).toMatch(
      /^The causal cone: it follows from [\d,]+ events and leads to [\d,]+$/,
    );
    const dimmed = await lanePixels(page);
    expect(dimmed).not.toBe(whole);
    const near = page.getByRole('button', { name: 'Up to 1 message away' });
    await near.click();
    await drawn(page);
    expect(
      await page.getByRole('button', { name: 'Up to 1 message away' }).getAttribute('aria-pressed'),
    ).toBe('true');
    expect(await page.locator('.inspector').textContent()).toMatch(
      /follows from[\d,]+ events? on \d+ lanes?/,
    );
    await page.keyboard.press('c');
    await drawn(page);
    expect(await page.locator('.live').textContent()).toBe('Every event is shown again');
    expect(await lanePixels(page)).toBe(whole);
    await page.keyboard.press('c');
    await page.keyboard.press('.');
    await drawn(page);
    const all = page.getByRole('button', { name: 'All that it follows from and leads to' });
    expect(await all.getAttribute('aria-pressed')).toBe('true');
    expect(errors).toEqual([]);
    await page.close();
  });

  it('shows operations by key, with the selected one ringed, and its way through the cluster', async () => {
    const { trace } = syntheticRun({ events: 6000, seed: 7 });
    const invoke = trace.kinds.indexOf(Kind.invoke);
    const { page, errors } = await browser.open(`${home}#trace=traces/run.detcd&sel=${invoke}`);
    await page.waitForSelector('.inspector.has-selection');
    expect(await page.locator('.inspector').textContent()).toContain('Its way through the cluster');
    await page.keyboard.press('k');
    await drawn(page);
    expect(await page.locator('.live').textContent()).toMatch(/^Operations by key, on \d+ lanes$/);
    expect(await page.locator('.lane-label.client .lane-name').first().textContent()).not.toMatch(
      /^client \d+$/,
    );
    expect(await page.locator('svg.overlay rect.selection').count()).toBe(1);
    await page.getByRole('button', { name: 'by client' }).click();
    await drawn(page);
    expect(await page.locator('.lane-label.client .lane-name').first().textContent()).toMatch(/^client \d+$/);
    expect(errors).toEqual([]);
    await page.close();
  });
});
