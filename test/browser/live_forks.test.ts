import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { detcdHere } from '../cli/run_here.ts';
import { TestBrowser, describeInBrowser, drawn } from './browser.ts';
import { PageFiles } from './page_files.ts';

describeInBrowser('live runs and forks', () => {
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

  const shownDigest = async (page: Page): Promise<string> =>
    (await page.locator('.facts code').first().textContent()) ?? '';

  const leaderLabel = (page: Page) => page.locator('.lane-label', { hasText: /leader t/ });

  async function finish(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Finish and judge' }).click();
    await page.waitForSelector('.live-bar', { state: 'detached' });
    await page.waitForSelector('.verdict.passed');
  }

  /** Saves from the list of forks and returns the file's path. */
  async function save(page: Page, what: string): Promise<string> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.forks').getByRole('button', { name: what }).click(),
    ]);
    const path = join(files.folder, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  }

  it('start empty, lose their leader to a context menu, elect another, fork in the past, and replay', async () => {
    const { page, errors } = await browser.open(home);
    await page.waitForSelector('.live-form');
    await page.getByLabel('Seed').fill('3');
    await page.getByRole('button', { name: 'Start it' }).click();
    await page.waitForSelector('.live-bar');
    await page.selectOption('.live-bar select', '2');
    await leaderLabel(page).waitFor();
    const first = (await leaderLabel(page).locator('.lane-name').textContent()) ?? '';
    await leaderLabel(page).click({ button: 'right' });
    expect(await page.getByRole('menu').getAttribute('aria-label')).toMatch(
      new RegExp(`^Do something to ${first}, now, at 1\\.5 s`),
    );
    await page.getByRole('menuitem', { name: 'power loss: unsynced writes are lost' }).click();
    await page.waitForFunction(`document.querySelector('.live')?.textContent.startsWith('crash ${first}')`);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.waitForFunction(
      `[...document.querySelectorAll('.lane-label')].some((label) => /leader t/.test(label.textContent) && !label.textContent.startsWith('${first}'))`,
    );
    await page.getByRole('button', { name: 'Pause' }).click();
    await finish(page);
    const whole = await shownDigest(page);

    // The address is a link to it: in Node the same run comes out, as the command line says.
    expect(new URL(page.url()).hash).toMatch(/^#v=1&build=.*&iv=[\w-]+&digest=/);
    await page.keyboard.press('r');
    const trace = await save(page, 'Save the trace');
    const replayed = detcdHere('replay', trace, '--json');
    expect(JSON.parse(replayed.out)).toMatchObject({ same: true, expected: whole, found: whole });
    expect(replayed.code).toBe(0);
    await page.keyboard.press('Escape');

    // A fork in the past: before the crash, something else happens.
    const lanes = await page.locator('svg.overlay').first().boundingBox();
    const faults = await page.locator('.lane-label[data-lane="0"]').boundingBox();
    if (lanes === null || faults === null) throw new Error('no lanes');
    await page.mouse.click(lanes.x + lanes.width * 0.12, faults.y + 20, { button: 'right' });
    expect(await page.getByRole('menu').getAttribute('aria-label')).toMatch(/from [\d.]+ s on, as a fork/);
    await page.getByRole('menuitem', { name: 'partition into two halves' }).click();
    await page.getByLabel('Name of the fork').fill('split instead');
    await page.getByText('nothing but what I do').click();
    await page.getByRole('button', { name: 'Run to the end' }).click();
    await page.waitForFunction(`document.querySelector('.facts code')?.textContent !== '${whole}'`);
    const forked = await shownDigest(page);
    await page.keyboard.press('r');
    expect(await page.locator('.fork-name').allTextContents()).toEqual(['the live run', 'split instead']);
    const forkTrace = await save(page, 'Save the trace');
    expect(JSON.parse(detcdHere('replay', forkTrace, '--json').out)).toMatchObject({
      same: true,
      found: forked,
    });
    const scenario = readFileSync(await save(page, 'Save what was done as a scenario'), 'utf8');
    expect(scenario).toMatch(/story\.cutOneWay\(\[1\], \[2, 3\]\);/);
    expect(readFileSync(await save(page, 'Save this very run'), 'utf8')).toContain(`digest ${forked}`);

    // Both have the same past, and are compared with one click.
    await page.getByRole('button', { name: 'Compare with the live run' }).click();
    await page.waitForSelector('.difference-text');
    const difference = (await page.locator('.difference-text').textContent()) ?? '';
    expect(Number(/Equal up to event ([\d,]+)/.exec(difference)?.[1]?.replaceAll(',', ''))).toBeGreaterThan(
      20,
    );
    expect(difference).toMatch(/this run[\d.]+ s: fault: cut/);
    await page.keyboard.press('d');

    // The other one again, by name.
    await page.keyboard.press('r');
    await page.getByRole('button', { name: 'Show the live run' }).click();
    await page.waitForFunction(`document.querySelector('.facts code')?.textContent === '${whole}'`);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('are opened by their link, which says when it was made of another run', async () => {
    const { page, errors } = await browser.open(
      `${home}#scenario=leader-isolated&seed=5&members=3&durationMs=4000`,
    );
    await page.waitForSelector('.run');
    const digest = await shownDigest(page);
    await page.keyboard.press('l');
    await page.waitForFunction(`location.hash.includes('digest=${digest.slice(0, 8)}')`);
    const link = page.url();
    const second = await browser.open(link);
    await second.page.waitForSelector('.run');
    expect(await shownDigest(second.page)).toBe(digest);
    expect(await second.page.locator('.link-mismatch').count()).toBe(0);
    const wrong = await browser.open(link.replace(/digest=\w+/, 'digest=00000000'));
    await wrong.page.waitForSelector('.link-mismatch');
    expect(await wrong.page.locator('.link-mismatch').textContent()).toContain(digest);
    const cut = await browser.open(link.replace(/iv=[\w-]+/, 'iv=eNoz'));
    await cut.page.waitForSelector('.error');
    expect(await cut.page.locator('.error').textContent()).toContain('iv: expected a list of interventions');
    expect([...errors, ...second.errors, ...wrong.errors, ...cut.errors]).toEqual([]);
    for (const each of [page, second.page, wrong.page, cut.page]) await each.close();
  });

  it('are driven by the keyboard alone, and a run without one fault is a fork', async () => {
    const { page, errors } = await browser.open(`${home}#live=on&scenario=leader-isolated&seed=2&members=3`);
    await page.waitForSelector('.live-bar');
    const now = page.locator('.live-now');
    const before = await now.textContent();
    const facts = await page.locator('.facts').first().textContent();
    await page.keyboard.press('y');
    await page.waitForFunction(`document.querySelector('.facts')?.textContent !== ${JSON.stringify(facts)}`);
    await page.keyboard.press('a');
    expect(await page.locator('.act-head strong').textContent()).toBe('the cluster');
    await page.keyboard.press('p');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    expect(await page.evaluate('document.activeElement.getAttribute("role")')).toBe('menuitem');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.waitForFunction(`document.querySelector('.live')?.textContent.startsWith('heal')`);
    await page.keyboard.press('g');
    await page.waitForFunction(`document.querySelector('.live-now')?.textContent !== '${before}'`);
    await page.keyboard.press('g');
    await drawn(page);
    await finish(page);
    const whole = await shownDigest(page);
    await page.keyboard.press('r');
    await page.getByRole('button', { name: /^Leave out: heal every link/ }).press('Enter');
    await page.waitForFunction(`document.querySelector('.facts code')?.textContent !== '${whole}'`);
    await page.keyboard.press('r');
    expect(await page.locator('.fork-name').nth(1).textContent()).toMatch(/^without heal every link at/);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('look for the nearest passing run when one compares a violated one', async () => {
    const { page, errors } = await browser.open(
      `${home}#scenario=minority-partition&seed=1&durationMs=4500&bugs=local-reads`,
    );
    await page.waitForSelector('.verdict.violated');
    await page.keyboard.press('d');
    await page.waitForSelector('.difference-text');
    expect(await page.locator('.difference-text').textContent()).toMatch(/this run[\d.]+ s: fault: cut/);
    await page.keyboard.press('d');
    await page.keyboard.press('r');
    expect(await page.locator('.fork-list li').nth(1).textContent()).toMatch(/without cut .* passed/);
    expect(errors).toEqual([]);
    await page.close();
  });
});
