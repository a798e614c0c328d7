import { h, replaceChildren, svg } from './dom.ts';
import { logo } from './header.ts';

export interface StartLink {
  readonly href: string;
  readonly name: string;
  readonly words: string;
}

export interface StartActions {
  readonly pick: () => void;
  /** A form that starts a live run; null where none can be. */
  readonly live: HTMLElement | null;
  readonly links: readonly StartLink[];
}

/** What one sees without a trace: what this is, three doors for three people, and everything that can be run here. */
export function startPage(actions: StartActions, error: HTMLElement | null): HTMLElement {
  const { links, live, pick } = actions;
  const runs = links.length > 0;
  return h(
    'main',
    { class: 'start' },
    h(
      'div',
      { class: 'wide-card' },
      logo(),
      h('h1', {}, 'One seed is one history.'),
      h(
        'p',
        { class: 'lead' },
        'detcd runs a real etcd-like cluster on a virtual clock, network and disk, breaks it on purpose, checks every answer it gave, and shows you what happened.',
      ),
      error,
      h('div', { class: 'doors' }, ...doors(pick)),
      h(
        'nav',
        { class: 'beside-doors', 'aria-label': 'More to see' },
        h('a', { href: '#gallery' }, 'Known bugs, each in its shortest story'),
        runs
          ? h(
              'a',
              { href: '#scenario=leader-isolated&seed=2&bugs=local-reads' },
              'A stale read: find out why in three minutes',
            )
          : null,
        live === null ? null : h('a', { href: '#live=on' }, 'An empty cluster, live'),
      ),
      live,
      runs ? catalogueOf(links) : null,
      h('h2', {}, 'On the command line'),
      h('pre', {}, 'npx detcd run leader-isolated --seed 42 --out runs\nnpx detcd swarm --time 10m'),
    ),
  );
}

/** A student, somebody with a failure, somebody with a swarm's report: one click each. */
function doors(pick: () => void): HTMLElement[] {
  return [
    h(
      'a',
      { class: 'door', href: '#lessons' },
      icon('M4 6 L16 2 L28 6 L16 10 Z M9 9 V16 C12 19 20 19 23 16 V9 M28 6 V15'),
      h('strong', {}, 'I want to understand'),
      h(
        'span',
        {},
        'Thirteen short lessons on real runs: elections, replication, fsync, snapshots, reads, watches, Figure 8.',
      ),
      h('em', {}, 'Take a lesson \u2192'),
    ),
    h(
      'button',
      { type: 'button', class: 'door drop takes', onclick: pick },
      icon('M4 8 H28 M4 16 H14 M20 12 L28 20 M28 12 L20 20 M4 24 H28'),
      h('strong', {}, 'I have a failure'),
      h(
        'span',
        {},
        'Drop its trace anywhere on this page: a .detcd file of a run, a replay or a shrunk one. It opens where a guarantee broke.',
      ),
      h('em', {}, 'Choose a trace \u2192'),
    ),
    h(
      'button',
      { type: 'button', class: 'door drop takes', onclick: pick },
      icon('M4 26 V16 H9 V26 M13 26 V8 H18 V26 M22 26 V12 H27 V26'),
      h('strong', {}, 'I have a swarm\u2019s report'),
      h(
        'span',
        {},
        'Drop its results (.jsonl) here, all shards at once if you like: failures by their cause, each with a click that runs it.',
      ),
      h('em', {}, 'Choose results \u2192'),
    ),
  ];
}

function icon(path: string): SVGElement {
  return svg(
    'svg',
    { viewBox: '0 0 32 28', width: 32, height: 28, 'aria-hidden': 'true' },
    svg('path', { d: path, class: 'door-line' }),
  );
}

/** Everything that can be run here, found by words. */
function catalogueOf(links: readonly StartLink[]): HTMLElement {
  const list = h('ul', { class: 'try' });
  const found = h('p', { class: 'found', role: 'status' });
  const search = h('input', {
    type: 'search',
    class: 'find',
    placeholder: 'Find: partition, disk, lease \u2026',
    'aria-label': 'Find scenarios by words',
  });
  const render = (): void => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = links.filter(({ name, words: sentence }) =>
      words.every((word) => `${name} ${sentence}`.toLowerCase().includes(word)),
    );
    replaceChildren(
      list,
      ...shown.map(({ href, name, words: sentence }) =>
        h('li', {}, h('a', { href }, name), h('span', {}, sentence)),
      ),
    );
    found.textContent =
      shown.length === links.length
        ? `${links.length} stories`
        : `${shown.length} of ${links.length} stories`;
  };
  search.addEventListener('input', render);
  render();
  return h(
    'section',
    { 'aria-labelledby': 'catalogue-title' },
    h(
      'div',
      { class: 'catalogue-head' },
      h('h2', { id: 'catalogue-title' }, 'Run a story now, in this page'),
      search,
    ),
    found,
    list,
  );
}

/** A file that could not be shown: its name and the reason, never a stack. */
export function errorBox(name: string, reason: string): HTMLElement {
  return h('div', { class: 'error', role: 'alert' }, h('strong', {}, `\u2717 ${name}`), h('p', {}, reason));
}
