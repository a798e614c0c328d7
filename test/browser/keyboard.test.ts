import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Kind } from '../../sim/trace/kinds.ts';
import { commandKeys } from '../viz/command_keys.ts';
import { syntheticRun } from '../viz/synthetic_trace.ts';
import { TestBrowser, describeInBrowser, drawn } from './browser.ts';
import { PageFiles } from './page_files.ts';

/** What a key can change, read from the page. */
interface Seen {
  readonly axis: string;
  readonly inspector: string;
  readonly said: string;
  readonly focus: string;
  readonly theme: string;
  readonly table: boolean;
  readonly lanes: string;
  readonly dialog: string;
  readonly menu: boolean;
  readonly choosers: number;
  readonly address: string;
  readonly count: string;
  readonly liveGo: string;
  readonly liveNow: string;
}

interface Check {
  /** Where the command has something to do: a recorded run with a received append selected, or a live run that rests. */
  readonly on: 'trace' | 'run' | 'live';
  /** What must become different, all of it. */
  readonly changes: readonly (keyof Seen)[];
  /** How often the key is pressed: one step of a live run may be shorter than the digits that are shown. */
  readonly times?: number;
  /** What is seen then. */
  readonly shows?: Partial<Record<keyof Seen, RegExp | boolean>>;
}

const run = { events: 20_000, seed: 7 };
const runLink = 'scenario=leader-isolated&seed=5&members=3&durationMs=4000&sel=300';
const moved: Check = { on: 'trace', changes: ['axis'] };
const jumped: Check = { on: 'trace', changes: ['inspector', 'said'] };

/** By the first key of each command in the registry. */
const checks: Readonly<Record<string, Check>> = {
  ArrowRight: moved,
  ArrowLeft: moved,
  '+': moved,
  '-': moved,
  '0': { ...moved, shows: { axis: /^0 s1 s/ } },
  '.': jumped,
  ',': jumped,
  m: jumped,
  '[': jumped,
  ']': jumped,
  e: { ...jumped, shows: { said: /leader|campaign|candidate|elect/i } },
  E: { ...jumped, shows: { said: /leader|campaign|candidate|elect/i } },
  f: jumped,
  F: jumped,
  v: jumped,
  '/': { on: 'trace', changes: ['focus'], shows: { focus: /search-input/ } },
  n: { ...jumped, changes: ['inspector', 'said', 'count'] },
  N: { ...jumped, changes: ['inspector', 'said', 'count'] },
  b: { on: 'trace', changes: ['table'], shows: { table: true } },
  d: { on: 'trace', changes: ['choosers'] },
  l: { on: 'trace', changes: ['said', 'address'], shows: { address: /sel=\d+/ } },
  c: { on: 'trace', changes: ['said', 'inspector'] },
  i: { on: 'run', changes: ['inspector'], shows: { inspector: /Inside a member/ } },
  Escape: { on: 'trace', changes: ['inspector', 'said'], shows: { said: /^Nothing selected$/ } },
  x: { on: 'trace', changes: ['dialog'], shows: { dialog: /^Save/ } },
  k: { on: 'trace', changes: ['lanes', 'said'] },
  t: { on: 'trace', changes: ['theme'] },
  a: { on: 'run', changes: ['menu', 'focus'], shows: { menu: true } },
  p: { on: 'run', changes: ['dialog'], shows: { dialog: /^Ask a client/ } },
  r: { on: 'run', changes: ['dialog'], shows: { dialog: /^Runs and forks/ } },
  g: { on: 'live', changes: ['liveGo'] },
  y: { on: 'live', changes: ['liveNow'], times: 60 },
  o: { on: 'trace', changes: ['choosers'] },
  '?': { on: 'trace', changes: ['dialog'], shows: { dialog: /^Keys/ } },
};

function see(page: Page): Promise<Seen> {
  return page.evaluate(`(() => {
    const text = (selector) => document.querySelector(selector)?.textContent ?? '';
    const shown = (selector) => { const element = document.querySelector(selector); return element !== null && !element.hidden; };
    return {
      axis: text('svg.axis'),
      inspector: text('.inspector'),
      said: text('.live'),
      focus: document.activeElement?.className ?? '',
      theme: document.documentElement.dataset.theme,
      table: shown('.event-table'),
      lanes: [...document.querySelectorAll('.lane-choice [aria-pressed]')].map((button) => button.getAttribute('aria-pressed')).join(),
      dialog: text('dialog[open]'),
      menu: shown('.act-menu'),
      choosers: window.choosers,
      address: location.hash,
      count: text('.search-count'),
      liveGo: text('.live-go'),
      liveNow: text('.live-now'),
    };
  })()`);
}

/** Links to the receipt of a message that had an effect, with elections and faults before and after it; no two are equal, so that each is followed. */
function messageLinks(): () => string {
  const { trace } = syntheticRun(run);
  const causes = new Set(trace.causes.subarray(0, trace.length));
  const start = Math.floor(trace.length * 0.2035);
  for (let event = start; event < trace.length; event++) {
    if (trace.kinds[event] !== Kind.deliver || !causes.has(event)) continue;
    const atNs = trace.timesNs[event] as number;
    let links = 0;
    return () => `sel=${event}&from=${atNs - 1e8 - ++links}&to=${atNs + 1e8}`;
  }
  throw new Error('the synthetic run has no message that caused something');
}

describeInBrowser('the keyboard', () => {
  let browser: TestBrowser;
  let files: PageFiles;
  let home = '';
  const pages = new Map<Check['on'], Page>();
  const errors: string[][] = [];
  const nextLink = messageLinks();

  async function openPage(on: Check['on']): Promise<Page> {
    const known = pages.get(on);
    if (known !== undefined) return known;
    const links = { trace: 'trace=traces/small.detcd', run: runLink, live: 'live=on&seed=3' };
    const opened = await browser.open(`${home}?theme=light#${links[on]}`);
    errors.push(opened.errors);
    const { page } = opened;
    await page.waitForSelector(on === 'live' ? '.live-bar' : '.facts');
    // A headless browser opens one file dialog at a time; that one was asked for is what counts.
    await page.evaluate(`window.choosers = 0; for (const input of document.querySelectorAll('input[type=file]'))
      input.addEventListener('click', (event) => { event.preventDefault(); window.choosers += 1; })`);
    pages.set(on, page);
    return page;
  }

  /** Nothing open, the lanes focused, and in the recorded run a stretch of time, an event and a search. */
  async function prepare(on: Check['on']): Promise<Page> {
    const page = await openPage(on);
    await page.evaluate(`for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close()`);
    if (await page.locator('.act-menu').isVisible()) await page.keyboard.press('Escape');
    if (on === 'trace') {
      await page.locator('.stage').focus();
      await page.keyboard.press('Escape');
      await page.fill('.search-input', 'kind:deliver type:append');
      await page.keyboard.press('Enter');
      await page.evaluate(`new Promise((followed) => {
        addEventListener('hashchange', followed, { once: true });
        location.hash = 'trace=traces/small.detcd&${nextLink()}';
      })`);
    } else if (on === 'live' && (await page.locator('.live-go').textContent()) === 'Pause') {
      await page.locator('.live-go').click();
      await page.getByRole('button', { name: 'Go on', exact: true }).waitFor();
    }
    await page.locator('.stage').focus();
    await drawn(page);
    return page;
  }

  beforeAll(async () => {
    files = new PageFiles();
    home = await files.serve();
    browser = await TestBrowser.launch();
    files.trace('small.detcd', run);
  });

  afterAll(async () => {
    await browser?.close();
    await files?.close();
  });

  it('has a check here for each command of the registry, and no other', () => {
    expect(new Set(Object.keys(checks))).toEqual(new Set(commandKeys.map(({ keys }) => keys[0])));
    const all = commandKeys.flatMap(({ keys }) => keys);
    expect(new Set(all).size).toBe(all.length);
  });

  it.each(commandKeys)('does "$keys" $words', async ({ keys }) => {
    const check = checks[keys[0] ?? ''] as Check;
    for (const key of keys) {
      const page = await prepare(check.on);
      const before = await see(page);
      for (let i = 0; i < (check.times ?? 1); i++) await page.keyboard.press(key);
      const changed = async (): Promise<void> => {
        const after = await see(page);
        for (const name of check.changes) expect(after[name], `${key}: ${name}`).not.toBe(before[name]);
        for (const [name, wanted] of Object.entries(check.shows ?? {})) {
          const found = after[name as keyof Seen];
          if (wanted instanceof RegExp) expect(found, `${key}: ${name}`).toMatch(wanted);
          else expect(found, `${key}: ${name}`).toBe(wanted);
        }
      };
      await vi.waitFor(changed, { timeout: 15_000, interval: 50 });
      if (keys[0] === 'b') await page.keyboard.press('b');
    }
    expect(errors.flat()).toEqual([]);
  });
});
