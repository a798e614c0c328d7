import { h, replaceChildren } from '../page/dom.ts';
import { logo } from '../page/header.ts';
import { type Exhibit, type Gallery, families, familyOf } from './exhibit.ts';
import { exhibitAddress } from './fetch_gallery.ts';

/** Every known bug as a card, with a filter by family and words. One click runs its script. */
export function galleryPage(gallery: Gallery): HTMLElement {
  const { exhibits, missing, totals } = gallery;
  const list = h('ul', { class: 'exhibits' });
  const found = h('p', { class: 'found', role: 'status' });
  const search = h('input', {
    type: 'search',
    class: 'find',
    placeholder: 'Find: fsync, compaction, etcd #15220 \u2026',
    'aria-label': 'Find bugs by words',
  });
  let family: string | null = null;
  const render = (): void => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = exhibits.filter(
      (exhibit) =>
        (family === null || familyOf(exhibit) === family) &&
        words.every((word) => textOf(exhibit).includes(word)),
    );
    replaceChildren(list, ...shown.map(card));
    found.textContent =
      shown.length === exhibits.length ? totals : `${shown.length} of ${exhibits.length} bugs`;
  };
  const filters = filterButtons(exhibits, (chosen) => {
    family = chosen;
    render();
  });
  search.addEventListener('input', render);
  render();
  return h(
    'main',
    { class: 'start gallery' },
    h(
      'div',
      { class: 'wide-card' },
      h('a', { href: '#', class: 'home', 'aria-label': 'detcd: start page' }, logo()),
      h('h1', {}, 'Known bugs'),
      h(
        'p',
        { class: 'lead' },
        'Bugs that etcd, raft and bbolt really had, each behind a switch of this program, each with the shortest story that shows it. Open one: its story is run here and now, and the timeline opens where a guarantee broke.',
      ),
      h('div', { class: 'gallery-tools' }, search, filters),
      found,
      list,
      ...(missing.length === 0
        ? []
        : [
            h('h2', {}, 'Not here'),
            h(
              'ul',
              { class: 'missing' },
              ...missing.map(({ code, title, why }) =>
                h('li', {}, h('strong', {}, `${code}  ${title}. `), why),
              ),
            ),
          ]),
    ),
  );
}

function textOf({ id, code, title, source, versions, cause, guarantee, check, lesson }: Exhibit): string {
  return [id, code ?? '', title, source, versions, cause, guarantee, check, lesson].join(' ').toLowerCase();
}

function filterButtons(exhibits: readonly Exhibit[], choose: (family: string | null) => void): HTMLElement {
  const present = families.filter(([letter]) => exhibits.some((exhibit) => familyOf(exhibit) === letter));
  const buttons: HTMLElement[] = [];
  const button = (name: string, family: string | null, count: number): HTMLElement => {
    const made = h(
      'button',
      { type: 'button', class: 'filter', 'aria-pressed': String(family === null) },
      name,
      h('span', { class: 'filter-count' }, String(count)),
    );
    made.addEventListener('click', () => {
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === made));
      choose(family);
    });
    buttons.push(made);
    return made;
  };
  return h(
    'div',
    { class: 'filters', role: 'group', 'aria-label': 'Family' },
    button('all', null, exhibits.length),
    ...present.map(([letter, name]) =>
      button(name, letter, exhibits.filter((exhibit) => familyOf(exhibit) === letter).length),
    ),
  );
}

function card(exhibit: Exhibit): HTMLElement {
  const { id, code, title, source, versions, guarantee, check, chance } = exhibit;
  const address = exhibitAddress(exhibit);
  const fact = (name: string, value: string): HTMLElement[] => [h('dt', {}, name), h('dd', {}, value)];
  return h(
    'li',
    { class: 'exhibit' },
    h(
      'h2',
      { class: 'exhibit-title' },
      code === null ? null : h('span', { class: 'exhibit-code' }, code),
      address === null ? title : h('a', { href: address }, title),
    ),
    h('p', { class: 'exhibit-where' }, source === 'none' ? 'only planted' : `${source} \u00b7 ${versions}`),
    h('p', {}, guarantee),
    h(
      'dl',
      { class: 'facts' },
      ...fact('caught by', check),
      ...(chance === null ? [] : fact('by chance', chance)),
      ...fact('name', id),
    ),
  );
}
