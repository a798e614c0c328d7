import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { join } from 'node:path';
import { detcdHere } from '../cli/run_here.ts';
import { accessProblems } from './access.ts';
import { TestBrowser, describeInBrowser } from './browser.ts';
import { PageFiles } from './page_files.ts';

describeInBrowser('an empty cluster', () => {
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

  const newest = (page: Page) => page.locator('.answers .answer').first();
  const answered = async (page: Page, words: RegExp): Promise<void> => {
    await newest(page).filter({ hasText: words }).waitFor();
  };
  const leaderLabel = (page: Page) => page.locator('.lane-label', { hasText: /leader t/ });

  async function save(page: Page, what: string): Promise<string> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.forks').getByRole('button', { name: what }).click(),
    ]);
    const path = join(files.folder, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  }

  /** Starts one from the start page. */
  async function start(members: number): Promise<{ readonly page: Page; readonly errors: string[] }> {
    const { page, errors } = await browser.open(home);
    await page.fill('#live-members', String(members));
    await page.getByRole('button', { name: 'Start it' }).click();
    await page.waitForSelector('.live-bar');
    await leaderLabel(page).waitFor();
    expect(await page.locator('.answers').textContent()).toMatch(/Nobody has asked for anything yet/);
    return { page, errors };
  }

  it.each([3, 5])('of %i members takes a put, loses its leader, and answers', async (members) => {
    const { page, errors } = await start(members);
    await page.keyboard.press('p');
    expect(await page.evaluate('document.activeElement.id')).toBe('call-key');
    expect(await accessProblems(page)).toEqual([]);
    await page.keyboard.type('city');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Rome');
    await page.keyboard.press('Enter');
    await answered(page, /^c1: put city = Rome *done, after [\d.]+ ms$/);
    const first = (await leaderLabel(page).locator('.lane-name').textContent()) ?? '';
    await leaderLabel(page).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'power loss: unsynced writes are lost' }).click();
    await page.locator('.lane-label', { hasText: first }).filter({ hasText: 'down' }).waitFor();

    // By the menu of a client's lane; the key is as it was.
    await page.locator('.lane-label', { hasText: 'c2' }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'get a key \u2026' }).click();
    expect(await page.locator('#call-client').inputValue()).toBe('2');
    await page.keyboard.press('Enter');
    await answered(page, /^c2: get city *= Rome, after [\d.]+ m?s$/);
    expect(await leaderLabel(page).textContent()).not.toContain(first);

    // The answer leads to the timeline.
    await newest(page).click();
    expect(await page.locator('.inspector').textContent()).toContain('get city');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Finish and judge' }).click();
    await page.waitForSelector('.verdict.passed');
    const digest = await page.locator('.facts code').first().textContent();
    await page.keyboard.press('r');
    expect(await page.locator('.done-list').textContent()).toMatch(
      /c1: put city = Rome.*crash n.*c2: get city/s,
    );
    const replayed = detcdHere('replay', await save(page, 'Save the trace'), '--json');
    expect(JSON.parse(replayed.out)).toMatchObject({ same: true, found: digest });
    const scenario = await save(page, 'Save what was done as a scenario');
    const run = detcdHere('run', scenario, '--seed', '1', '--json');
    expect([run.code, run.err]).toEqual([0, '']);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('of one member has a lease that is kept, a watch, and a member that is asked by name', async () => {
    const { page, errors } = await start(1);
    const ask = async (kind: string, fields: Readonly<Record<string, string>> = {}): Promise<void> => {
      await page.getByRole('button', { name: 'Put, get \u2026' }).click();
      await page.selectOption('#call-kind', kind);
      for (const [id, value] of Object.entries(fields)) await page.fill(`#call-${id}`, value); // oxlint-disable-line no-await-in-loop
      await page.locator('.call-dialog').getByRole('button', { name: 'Ask', exact: true }).click();
    };
    await ask('grant', { lease: '7', ttl: '2' });
    await answered(page, /^c1: grant lease 7 of 2 s and keep it *done, after/);
    await ask('watch', { key: 'a' });
    await answered(page, /^c1: watch a *has heard of nothing yet$/);
    await ask('put', { lease: '7' });
    await answered(page, /^c1: put a = 1 with lease 7 *done, after/);
    await page
      .locator('.answer', { hasText: /watch a *1 event, the last: put a = 1 at revision 2/ })
      .waitFor();
    await ask('stopKeeping');
    await answered(page, /^c1: keep lease 7 no more *done$/);
    await page.selectOption('.live-bar select', '10');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.locator('.answer', { hasText: /2 events, the last: delete a at revision 3/ }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await ask('stopKeeping');
    await page.locator('.live', { hasText: 'makes no sense now' }).waitFor({ state: 'attached' });
    await page.locator('.lane-label', { hasText: 'n1' }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'get a key \u2026' }).click();
    expect(await page.locator('#call-via').inputValue()).toBe('1');
    await page.keyboard.press('Enter');
    await answered(page, /^c1: get a at n1 *= \(none\), after/);
    // An empty key is refused by the form itself.
    await page.keyboard.press('p');
    await page.fill('#call-key', '');
    await page.keyboard.press('Enter');
    expect(await page.locator('.call-dialog').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.locator('.call-dialog').isVisible()).toBe(false);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('can be asked in the past of a run, as a fork', async () => {
    const { page, errors } = await browser.open(
      `${home}#scenario=leader-isolated&seed=5&members=3&durationMs=4000`,
    );
    await page.waitForSelector('.facts');
    const before = await page.locator('.facts code').first().textContent();
    const lanes = await page.locator('svg.overlay').first().boundingBox();
    if (lanes === null) throw new Error('no lanes');
    await page.mouse.click(lanes.x + lanes.width * 0.4, lanes.y + 40, { button: 'right' });
    await page.getByRole('menuitem', { name: 'put a key \u2026' }).click();
    expect(await page.locator('.call-dialog').textContent()).toMatch(/From [\d.]+ s on, as a fork/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.fork-dialog[open]');
    await page.getByRole('button', { name: 'Run to the end' }).click();
    await page.waitForFunction(`document.querySelector('.facts code')?.textContent !== '${before}'`);
    await page.keyboard.press('r');
    expect(await page.locator('.fork-name').nth(1).textContent()).toBe('c1: put a = 1');
    expect(errors).toEqual([]);
    await page.close();
  });
});
