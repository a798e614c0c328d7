import type { Page } from 'playwright-core';
import { drawn } from './browser.ts';

/** One thing that a person can have before them. A new part of the page gets a line in the table below. */
export interface PageState {
  readonly name: string;
  /** The words after `#`. */
  readonly link: string;
  /** Is there when the page has loaded. */
  readonly ready: string;
  /** Pressed one after the other. */
  readonly keys?: readonly string[];
  /** Is there after them. */
  readonly waitsFor?: string;
  /** What keys alone can't do. */
  readonly act?: (page: Page) => Promise<void>;
}

const trace = 'trace=traces/small.detcd';
const scenario = 'scenario=leader-isolated&seed=5&members=3&durationMs=4000';

async function waitFor(page: Page, selector: string): Promise<void> {
  await page.locator(selector).first().waitFor();
}

async function searchFor(page: Page, words: string): Promise<void> {
  await page.fill('.search-input', words);
  await page.keyboard.press('Enter');
}

/** Every state of the page, for whoever checks something in each of them. */
export const pageStates: readonly PageState[] = [
  { name: 'start page', link: '', ready: '.start .try a' },
  { name: 'start page with an error', link: 'scenario=no-such-story', ready: '.error' },
  { name: 'run', link: trace, ready: '.facts' },
  { name: 'event of a member', link: `${trace}&sel=700`, ready: '.inspector.has-selection' },
  { name: 'violation', link: trace, ready: '.violation', keys: ['v'], waitsFor: '.inspector.has-selection' },
  {
    name: 'violation explained',
    link: trace,
    ready: '.violation',
    act: (page) => page.locator('.violation summary').click(),
  },
  { name: 'table', link: `${trace}&sel=700`, ready: '.facts', keys: ['b'], waitsFor: '.event-table' },
  {
    name: 'search',
    link: trace,
    ready: '.facts',
    act: (page) => searchFor(page, 'node:n1 type:append'),
  },
  { name: 'search refused', link: trace, ready: '.facts', act: (page) => searchFor(page, 'colour:red') },
  { name: 'causal cone', link: `${trace}&sel=700`, ready: '.facts', keys: ['c'] },
  { name: 'comparison', link: `${trace}&cmp=traces/other.detcd`, ready: '.difference-text' },
  { name: 'help', link: trace, ready: '.facts', keys: ['?'], waitsFor: 'dialog.help[open]' },
  { name: 'saving', link: trace, ready: '.facts', keys: ['x'], waitsFor: 'dialog.export[open]' },
  { name: 'what can be done', link: scenario, ready: '.facts', keys: ['a'], waitsFor: '.act-menu' },
  {
    name: 'a fork',
    link: scenario,
    ready: '.facts',
    keys: ['a', 'Enter'],
    waitsFor: 'dialog.fork-dialog[open]',
  },
  { name: 'runs and forks', link: scenario, ready: '.facts', keys: ['r'], waitsFor: 'dialog.forks[open]' },
  {
    name: 'inside a member',
    link: `${scenario}&sel=300`,
    ready: '.inspector.has-selection',
    keys: ['i'],
    waitsFor: '.inside table, .inside .facts, .inside-body > *',
  },
  {
    name: 'live run',
    link: 'live=on&seed=3',
    ready: '.live-bar',
    act: (page) => waitFor(page, '.live-bar'),
  },
  {
    name: 'asking a client',
    link: 'live=on&seed=3',
    ready: '.live-bar',
    keys: ['p'],
    waitsFor: 'dialog.call-dialog[open]',
  },
  {
    name: 'answered by a client',
    link: 'live=on&seed=3',
    ready: '.live-bar',
    keys: ['p', 'Enter'],
    waitsFor: '.answer.ok',
  },
  {
    name: 'the end of a lesson',
    link: 'lesson=election&step=5',
    ready: '.lesson-live',
  },
  { name: 'lessons', link: 'lessons', ready: '.lesson-card' },
  { name: 'a lesson', link: 'lesson=election', ready: '.lesson' },
  {
    name: 'a lesson answered',
    link: 'lesson=election',
    ready: '.lesson .choice:enabled',
    act: async (page) => {
      await page.locator('.lesson .choice:enabled').first().click();
      await waitFor(page, '.lesson-answer');
    },
  },
  { name: 'known bugs', link: 'gallery', ready: '.exhibit' },
  {
    name: 'a known bug',
    link: 'scenario=leader-isolated&seed=2&bugs=local-reads&bug=local-reads',
    ready: '.story',
  },
  { name: 'report of a swarm', link: 'swarm=traces/results.jsonl', ready: '.dashboard' },
];

export function pageState(name: string): PageState {
  const found = pageStates.find((state) => state.name === name);
  if (found === undefined) throw new Error(`no state "${name}" in the table of states`);
  return found;
}

/** Brings a page that has just been opened with the state's link into the state. */
export async function enterState(page: Page, { ready, keys, waitsFor, act }: PageState): Promise<void> {
  await waitFor(page, ready);
  // Keys answer to a run when it has been drawn.
  await drawn(page);
  // oxlint-disable-next-line no-await-in-loop
  for (const key of keys ?? []) await page.keyboard.press(key);
  if (waitsFor !== undefined) await waitFor(page, waitsFor);
  await act?.(page);
  await drawn(page);
}

/** The address of a state under a page's address. */
export function addressOf(home: string, { link }: PageState, theme: 'light' | 'dark'): string {
  return `${home}?theme=${theme}${link === '' ? '' : `#${link}`}`;
}
