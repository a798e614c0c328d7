import { h } from './dom.ts';
import { logo } from './header.ts';

export interface StartActions {
  readonly pick: () => void;
  readonly links: readonly { readonly href: string; readonly name: string; readonly words: string }[];
}

/** What one sees without a trace: what this is, where to drop one, what to try. */
export function startPage(actions: StartActions, error: HTMLElement | null): HTMLElement {
  const links = actions.links.map(({ href, name, words }) =>
    h('li', {}, h('a', { href }, name), h('span', {}, words)),
  );
  return h(
    'main',
    { class: 'start' },
    h(
      'div',
      { class: 'start-card' },
      logo(),
      h('h1', {}, 'One seed is one history.'),
      h(
        'p',
        { class: 'lead' },
        'detcd runs a real etcd-like cluster on a virtual clock, network and disk, breaks it on purpose, checks every answer it gave, and shows you what happened.',
      ),
      error,
      h(
        'button',
        { type: 'button', class: 'drop', onclick: actions.pick },
        h('strong', {}, 'Drop a trace here'),
        h('span', {}, 'or choose a .detcd file'),
      ),
      links.length > 0 ? h('h2', {}, 'Or run one now, in this page') : null,
      links.length > 0 ? h('ul', { class: 'try' }, ...links) : null,
      h('h2', {}, 'Or make one'),
      h('pre', {}, 'npm start\nnpx detcd run leader-isolated --seed 42 --out runs'),
    ),
  );
}

/** A file that could not be shown: its name and the reason, never a stack. */
export function errorBox(name: string, reason: string): HTMLElement {
  return h('div', { class: 'error', role: 'alert' }, h('strong', {}, `\u2717 ${name}`), h('p', {}, reason));
}
