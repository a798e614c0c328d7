import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessProblems, focusOrder } from './access.ts';
import { axeViolations } from './axe.ts';
import { TestBrowser, describeInBrowser, drawn } from './browser.ts';
import { PageFiles } from './page_files.ts';
import { addressOf, enterState, pageStates } from './page_states.ts';
import { swarmResults } from './swarm_results.ts';

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
    files.write('results.jsonl', swarmResults());
  });

  afterAll(async () => {
    await browser?.close();
    await files?.close();
  });

  const widths = [1280, 800, 400];
  // A theme changes colours and nothing else, so that in the dark one the rules about colours are left.
  const colorRules = ['color-contrast', 'link-in-text-block'];

  it.each(pageStates)('breaks no rule in any theme and width: $name', async (state) => {
    const { page } = await browser.open(addressOf(home, state, 'light'));
    await page.setViewportSize({ width: 1280, height: 900 });
    await enterState(page, state);
    const problems: string[] = [];
    for (const theme of ['light', 'dark']) {
      await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        await drawn(page);
        const found = await axeViolations(page, theme === 'light' ? undefined : colorRules);
        if (theme === 'light') found.push(...(await accessProblems(page)));
        problems.push(...found.map((problem) => `${theme}, ${width} px: ${problem}`));
      }
    }
    expect(problems).toEqual([]);
    await page.close();
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
