import type { Page } from 'playwright-core';

/**
 * The rules of accessibility that matter most here, checked in the page itself: every control has a name and a size, every
 * text its contrast, ids are unique, there is one main landmark and one h1, and roles have the parents they need. axe-core knows
 * more; it is not among the dependencies.
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
      if (!element.matches('button, a[href], input, select, summary, [tabindex], [role=application], dialog, section[aria-label], aside')) continue;
      if (!named(element)) problems.push(label(element) + ' has no name');
      if (element.matches('button, select, input:not([type=checkbox])')) {
        const box = element.getBoundingClientRect();
        if (box.width < 24 || box.height < 24) problems.push(label(element) + ' is ' + Math.round(box.width) + ' by ' + Math.round(box.height) + ' px');
      }
    }
    const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
    const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
    const backgroundOf = (element) => {
      const layers = [];
      for (let at = element; at !== null; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.backgroundImage !== 'none') return null;
        const color = parse(style.backgroundColor);
        if (color[3] > 0) layers.push(color);
        if (color[3] === 1) break;
      }
      return layers.reduceRight((under, top) => over(top, under), [255, 255, 255]);
    };
    const luminance = (color) => { const [r, g, b] = color.slice(0, 3).map((c) => { const s = c / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    for (const element of all) {
      if (element.closest('svg') || ![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')) continue;
      const style = getComputedStyle(element);
      const background = backgroundOf(element);
      if (background === null) continue;
      const ink = over(parse(style.color), background);
      const [a, b] = [luminance(ink), luminance(background)].sort((x, y) => y - x);
      const contrast = (a + 0.05) / (b + 0.05);
      const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
      if (contrast < (large ? 3 : 4.5)) problems.push(label(element) + ' "' + element.textContent.trim().slice(0, 30) + '" has contrast ' + contrast.toFixed(2));
    }
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) problems.push('id ' + id + ' twice');
    if (document.querySelectorAll('main').length !== 1) problems.push('not one main landmark');
    if ([...document.querySelectorAll('h1')].filter(shown).length !== 1 && modal === null) problems.push('not one h1');
    if (document.querySelector('[role=status], [aria-live]') === null && document.querySelector('.run') !== null) problems.push('no live region');
    if (!document.documentElement.lang || !document.title) problems.push('no language or title');
    for (const [child, parent] of [['[role=row]', '[role=rowgroup], [role=table]'], ['[role=cell], [role=columnheader]', '[role=row]'], ['dt, dd', 'dl'], ['li', 'ul, ol']])
      for (const element of all) if (element.matches(child) && element.parentElement.closest(parent) === null) problems.push(label(element) + ' is outside ' + parent);
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
