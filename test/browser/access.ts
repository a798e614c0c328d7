import type { Page } from 'playwright-core';

/**
 * What the page must have beyond axe's rules (axe.ts): every control of 24 px at least, with no exception for those with room around
 * them; a name for whatever takes the focus; one h1; a live region beside a run; and a page no wider than the window.
 */
export function accessProblems(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const problems = [];
    const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      && element.getClientRects().length > 0 && !element.closest('[aria-hidden=true]') && !element.closest('.live');
    const modal = document.querySelector('dialog[open]');
    const all = [...(modal ?? document.body).querySelectorAll('*')].filter(shown);
    const label = (element) => element.tagName.toLowerCase() + (element.className && typeof element.className === 'string' ? '.' + element.className.trim().replaceAll(' ', '.') : '');
    const named = (element) => (element.getAttribute('aria-label') ?? '').trim() !== ''
      || document.getElementById(element.getAttribute('aria-labelledby') ?? '') !== null
      || (element.labels?.length ?? 0) > 0 || element.textContent.trim() !== '';
    for (const element of all) {
      if (element.matches('[tabindex], summary, aside') && !named(element)) problems.push(label(element) + ' has no name');
      if (element.matches('button, select, input')) {
        // A click on the words beside a box ticks it, too.
        const box = (element.closest('label') ?? element).getBoundingClientRect();
        if (box.width < 24 || box.height < 24) problems.push(label(element) + ' is ' + Math.round(box.width) + ' by ' + Math.round(box.height) + ' px');
      }
    }
    if ([...document.querySelectorAll('h1')].filter(shown).length !== 1 && modal === null) problems.push('not one h1');
    if (document.querySelector('[role=status], [aria-live]') === null && document.querySelector('.run') !== null) problems.push('no live region');
    if (document.documentElement.scrollWidth > innerWidth) problems.push('wider than the window');
    return [...new Set(problems)];
  })()`);
}

/** What Tab reaches, in order, as accessible names; ends where it began or after 80 stops. */
export async function focusOrder(page: Page): Promise<string[]> {
  const names: string[] = [];
  await page.evaluate('document.activeElement?.blur(); window.getSelection()?.removeAllRanges()');
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    const name: string = await page.evaluate(
      `document.activeElement === document.body ? '' : (document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim())`,
    );
    if (name === '' || (i > 0 && name === names[0])) break;
    names.push(name);
  }
  return names;
}
