import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser, describeInBrowser, drawn } from './browser.ts';
import { PageFiles } from './page_files.ts';
import { smallPng } from './small_png.ts';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const pictureBytesMax = 150_000;

/** A picture of docs/: DETCD_UPDATE=1 makes it anew. */
async function picture(page: Page, name: string): Promise<void> {
  await drawn(page);
  const path = `${docs}${name}.png`;
  if (process.env['DETCD_UPDATE'] === '1') writeFileSync(path, smallPng(await page.screenshot()));
  expect(existsSync(path), `${path}: DETCD_UPDATE=1 makes it`).toBe(true);
  expect(statSync(path).size, path).toBeLessThan(pictureBytesMax);
}

describeInBrowser('docs/TOUR.md', () => {
  let browser: TestBrowser;
  let files: PageFiles;
  let home = '';
  const tour = readFileSync(`${docs}TOUR.md`, 'utf8').replaceAll(/\s+/g, ' ');

  beforeAll(async () => {
    files = new PageFiles();
    home = await files.serve();
    browser = await TestBrowser.launch();
  });

  afterAll(async () => {
    await browser?.close();
    await files?.close();
  });

  /** What the page shows, word for word in the tour, too. */
  function told(...words: readonly string[]): void {
    for (const each of words) expect(tour).toContain(each);
  }

  const label = async (page: Page, member: string): Promise<string> =>
    (await page.locator('.lane-label', { hasText: member }).innerText()).replaceAll(/\s+/g, ' ');

  it('leads from the start page to the cause of a stale read, and says what is there', async () => {
    const { page, errors } = await browser.open(home, { reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 1280, height: 800 });
    const panel = page.locator('.inspector');

    // 1. What is wrong.
    const door = 'A stale read: find out why in three minutes';
    told(door);
    await page.getByRole('link', { name: door }).click();
    await page.waitForSelector('.verdict.violated');
    expect(await page.locator('.verdict').innerText()).toMatch(/violated: linearizability/);
    const sentence = (await page.locator('.violation-text p').innerText()).replace(/^linearizability: /, '');
    const [, read = '', write = ''] =
      /^(get\(key\d\) = "[^"]+") by c\d+ began at .* after (put\(key\d, "[^"]+"\)) by/.exec(sentence) ?? [];
    told(read, write);
    await page.locator('.violation summary').click();
    const why = await page.locator('.violation-text li').allInnerTexts();
    const reasons = why.filter((line) => line.includes('? No: '));
    expect(reasons).toHaveLength(2);
    await picture(page, 'tour-1');
    await page.locator('.violation summary').click();

    // 2. Where it happened.
    const show = page.getByRole('button', { name: /^Show it at / });
    told(await show.innerText());
    await show.click();
    await drawn(page);
    expect(await panel.innerText()).toMatch(/Illegal: get\(key\d\)/);
    expect(await label(page, 'n5')).toBe('n5 leader t4');
    expect(await label(page, 'n3')).toBe('n3 leader t5');
    told('**n5, leader, term 4**', '**n3, leader, term 5**');
    await picture(page, 'tour-2');

    // 3. Who answered.
    expect(await panel.innerText()).toMatch(/n5 gets the request\s+\+[\d.]+ \S+\s+n5 answers/);
    told('_n5 gets the request_, _n5 answers_');
    await page.keyboard.press(']');
    expect(await panel.innerText()).toMatch(/client request from c5 to n5/);
    await page.keyboard.press('m');
    expect(await panel.innerText()).toMatch(/n5 at this moment\s+role\s+leader\s+term\s+4/);
    expect(await panel.innerText()).toMatch(/caused \]\s+\+0 ns\s+client response from n5 to c5/);
    for (let i = 0; i < 7; i++) await page.keyboard.press('+'); // oxlint-disable-line no-await-in-loop
    await picture(page, 'tour-3');

    // 4. The cause.
    await page.keyboard.press('Escape');
    expect(await panel.innerText()).toMatch(/bugs on\s+local-reads/);

    // To be sure: everything that belongs to the read.
    const [, operation = ''] = /\bop:(\d+)\b/.exec(tour) ?? [];
    await page.keyboard.press('/');
    await page.keyboard.type(`op:${operation}`);
    await page.keyboard.press('Enter');
    expect(await page.locator('.search-count').first().innerText()).toMatch(/1 of 6/);
    await page.getByRole('button', { name: 'Table of events (B)' }).click();
    await page.getByLabel('only what the search found').check();
    const rows = page.locator('.event-table').first();
    expect(await rows.innerText()).toContain('6 events');
    expect(await rows.innerText()).not.toMatch(/heartbeat to|appends/i);
    await picture(page, 'tour-4');
    expect(errors).toEqual([]);
    await page.close();
  });

  it('has a picture for the README', async () => {
    const { page, errors } = await browser.open(`${home}?theme=dark#scenario=leader-isolated&seed=7`, {
      reducedMotion: 'reduce',
    });
    await page.setViewportSize({ width: 1600, height: 900 });
    await page.waitForSelector('.verdict.passed');
    await picture(page, 'timeline');
    expect(errors).toEqual([]);
    await page.close();
  });
});
