import { type Child, h } from '../page/dom.ts';

export function section(title: string, ...children: readonly Child[]): HTMLElement {
  return h('section', { class: 'part' }, h('h3', {}, title), ...children);
}

/** Names and values in two columns. */
export function facts(rows: readonly (readonly [string, Child])[]): HTMLElement {
  const list = h('dl', { class: 'facts' });
  for (const [name, value] of rows) list.append(h('dt', {}, name), h('dd', {}, value));
  return list;
}

export function jump(label: string, when: string, go: () => void): HTMLElement {
  return h(
    'button',
    { type: 'button', class: 'jump', onclick: go },
    h('span', { class: 'jump-time' }, when),
    h('span', {}, label),
  );
}
