import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessProblems, focusOrder } from './access.ts';
import { TestBrowser, describeInBrowser, drawn } from './browser.ts';
import { PageFiles } from './page_files.ts';

describeInBrowser('the page for everybody', () => {
  let browser: TestBrowser;
  let files: PageFiles;
  let home = '';

  beforeAll(async () => {
    files = new PageFiles();
    home = await files.serve();
    browser = await TestBrowser.launch();
    files.trace('small.detcd', { events: 8000, seed: 7 });
    files.trace('other.detcd', { events: 8000, seed: 8 });
  });

  afterAll(async () => {
    await browser?.close();
    await files?.close();
  });

  const states: readonly (readonly [string, string, readonly string[]])[] = [
    ['start page', '', []],
    ['run', '#trace=traces/small.detcd', []],
    ['event of a member', '#trace=traces/small.detcd&sel=700', []],
    ['violation', '#trace=traces/small.detcd', ['v']],
    ['table', '#trace=traces/small.detcd&sel=700', ['b']],
    ['help', '#trace=traces/small.detcd', ['?']],
    ['comparison', '#trace=traces/small.detcd&cmp=traces/other.detcd', []],
  ];
  const views = ['light', 'dark'].flatMap((theme) =>
    [1600, 1000, 420].map((width) => [theme, width] as const),
  );

  it.each(views)('has names, contrast, sizes and landmarks in %s at %i px', async (theme, width) => {
    for (const [name, link, keys] of states) {
      const { page, errors } = await browser.open(`${home}?theme=${theme}${link}`);
      await page.setViewportSize({ width, height: 900 });
      await page.waitForSelector(link === '' ? '.start' : '.run');
      if (link.includes('cmp=')) await page.waitForSelector('.difference-text');
      for (const key of keys) await page.keyboard.press(key);
      await drawn(page);
      expect(await accessProblems(page), name).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), name).toBe(true);
      expect(errors).toEqual([]);
      await page.close();
    }
  });

  it('is walked by Tab from the search over the buttons to the lanes and the inspector', async () => {
    const { page } = await browser.open(`${home}#trace=traces/small.detcd`);
    await page.waitForSelector('.run');
    const names = await focusOrder(page);
    const places = [
      /^Search events/,
      /^Table of events/,
      /^Keys and legend/,
      /^Timeline\./,
      /^Inspector$/,
    ].map((wanted) => names.findIndex((name) => wanted.test(name)));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    await page.close();
  });

  it('does every command of its help by keyboard', async () => {
    const { page, errors } = await browser.open(`${home}#trace=traces/small.detcd`);
    await page.waitForSelector('.run');
    // A headless browser opens one file dialog at a time; that one was asked for is what counts.
    await page.evaluate(`window.choosers = 0; for (const input of document.querySelectorAll('input[type=file]'))
      input.addEventListener('click', (event) => { event.preventDefault(); window.choosers += 1; })`);
    await page.keyboard.press('?');
    const keys = await page.locator('.help .keys kbd').allTextContents();
    await page.keyboard.press('Escape');
    const pressed: Readonly<Record<string, string>> = {
      '\u2192': 'ArrowRight',
      '\u2190': 'ArrowLeft',
      '\u2212': '-',
      Esc: 'Escape',
    };
    const state = (): Promise<string> =>
      page.evaluate(`[document.querySelector('.inspector').textContent, document.querySelector('svg.axis').textContent, document.activeElement.className,
        document.documentElement.dataset.theme, document.querySelector('.event-table').hidden, document.querySelector('dialog.help').open,
        document.querySelector('.live').textContent, window.choosers, document.querySelector('.search-count').textContent].join('|')`);
    // A zoomed window with an event selected and something found, so that each command has something to do.
    const prepare = async (): Promise<void> => {
      await page.evaluate(`location.hash = 'trace=traces/small.detcd'`);
      await page.keyboard.press('Escape');
      await page.fill('.search-input', 'kind:deliver type:append');
      await page.keyboard.press('Enter');
      await page.locator('.stage').focus();
      const send = await page.evaluate(`location.hash = 'trace=traces/small.detcd&from=1.2e9&to=1.4e9'`);
      expect(send).toBeTruthy();
      await drawn(page);
    };
    for (const shown of keys) {
      await prepare();
      const before = await state();
      await page.keyboard.press(pressed[shown] ?? shown.toLowerCase());
      await drawn(page);
      const after = await state();
      expect(after, shown).not.toBe(before);
      if (shown === '?') await page.keyboard.press('Escape');
      if (shown === 'B' || shown === 'T') await page.keyboard.press(shown.toLowerCase());
      if (shown === '/') await page.locator('.stage').focus();
    }
    expect(errors).toEqual([]);
    await page.close();
  });

  it('moves nothing for those who asked for less motion', async () => {
    const { page } = await browser.open(`${home}#trace=traces/small.detcd`, { reducedMotion: 'reduce' });
    await page.waitForSelector('.run');
    const moving = await page.evaluate(
      `document.getAnimations().filter((a) => a.playState === 'running').map((a) => [a.constructor.name, a.transitionProperty ?? a.animationName, a.effect.target.tagName, a.effect.target.className, JSON.stringify(a.effect.getTiming())].join(' '))`,
    );
    expect(moving).toEqual([]);
    await page.close();
  });
});
