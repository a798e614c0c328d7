import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessProblems } from './access.ts';
import { TestBrowser, describeInBrowser, drawn } from './browser.ts';
import { PageFiles } from './page_files.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Levels A and AA. */
const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface AxeFinding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

describeInBrowser('live runs and forks for everybody', () => {
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

  async function problems(page: Page): Promise<string[]> {
    await drawn(page);
    const { violations } = (await page.evaluate(`axe.run({ runOnly: ${JSON.stringify(wcag)} })`)) as {
      violations: readonly AxeFinding[];
    };
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    return [...(await accessProblems(page)), ...found, ...(wide === true ? ['wider than the screen'] : [])];
  }

  it.each(['light', 'dark'].flatMap((theme) => [1280, 420].map((width) => [theme, width] as const)))(
    'have no axe violation in %s at %i px',
    async (theme, width) => {
      const { page, errors } = await browser.open(
        `${home}?theme=${theme}#live=on&seed=1&members=3&clients=2`,
      );
      await page.setViewportSize({ width, height: 900 });
      await page.addScriptTag({ path: axe });
      await page.waitForSelector('.live-bar');
      expect(await problems(page), 'live').toEqual([]);
      await page.keyboard.press('a');
      await page.waitForSelector('.act-menu:not([hidden])');
      expect(await problems(page), 'menu').toEqual([]);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Finish and judge' }).click();
      await page.waitForSelector('.verdict.passed');
      await page.keyboard.press('a');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.fork-dialog[open]');
      expect(await problems(page), 'fork dialog').toEqual([]);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.keyboard.press('r');
      await page.waitForSelector('.forks[open]');
      expect(await problems(page), 'forks').toEqual([]);
      expect(errors).toEqual([]);
      await page.close();
    },
  );
});
