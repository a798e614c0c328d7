import { groupNames } from '../model/message_groups.ts';
import { h, svg } from './dom.ts';

interface Entry {
  readonly words: string;
  readonly mark: readonly Element[];
}

const markWidth = 30;

function entry(words: string, ...mark: readonly Element[]): Entry {
  return { words, mark };
}

function rect(y: number, height: number, name: string): Element {
  return svg('rect', { x: 1, y, width: 28, height, rx: 2, class: name });
}

function arrow(name: string, open: boolean): Element[] {
  return [
    svg('path', { d: 'M2 8 H22', class: `stroke ${name}` }),
    svg('path', { d: 'M28 8 L20 4 L20 12 Z', class: open ? `stroke open ${name}` : `fill ${name}` }),
  ];
}

const crossPath = 'M11 4 L19 12 M19 4 L11 12';

/** What the marks mean: the common ones above the timeline, all of them in the help. */
export function legend(extent: 'common' | 'all'): HTMLElement {
  const roles: Entry[] = [
    entry('leader', rect(2, 12, 'term-solid')),
    entry('candidate', rect(4, 8, 'term-hatch')),
    entry('follower', rect(6, 4, 'term-pale')),
    ...(extent === 'all' ? [entry('paused', rect(2, 12, 'paused'))] : []),
    entry('down', rect(2, 12, 'gap'), svg('path', { d: crossPath, class: 'stroke fault thick' })),
  ];
  const messages = groupNames.map((name) => entry(name, ...arrow(`group-${name}`, false)));
  const ends: Entry[] = [
    entry('response', ...arrow('group-append', true)),
    entry(
      'lost',
      svg('path', { d: 'M2 8 H15', class: 'stroke group-append' }),
      svg('path', { d: crossPath, class: 'stroke fault thick' }),
    ),
    entry(
      'fsync',
      svg('path', { d: 'M3 4 V12 M3 8 H24', class: 'stroke disk' }),
      svg('circle', { cx: 25, cy: 8, r: 3.4, class: 'fill disk' }),
    ),
  ];
  const rarer: Entry[] = [
    entry('pre-vote', svg('path', { d: 'M2 8 H28', class: 'stroke dashed group-vote' })),
    entry('second copy', svg('path', { d: 'M2 8 H28', class: 'stroke dotted group-append' })),
  ];
  const operations: Entry[] = [
    entry('write', rect(3, 10, 'fill group-client')),
    entry('read', rect(3, 10, 'fill group-client pale')),
    entry('unknown', svg('path', { d: 'M28 3 H2 V13 H28', class: 'stroke dashed group-client' })),
    entry('illegal', rect(3, 10, 'illegal-box')),
    entry('its place in the order', svg('path', { d: 'M15 1 V15', class: 'stroke place' })),
  ];
  return h(
    'div',
    { class: 'legend', role: 'group', 'aria-label': 'Legend' },
    group('members', roles),
    group('messages', [...messages, ...ends, ...(extent === 'all' ? rarer : [])]),
    group('operations', operations),
  );
}

function group(name: string, entries: readonly Entry[]): HTMLElement {
  const list = h(
    'ul',
    {},
    ...entries.map(({ words, mark }) => {
      const picture = svg(
        'svg',
        { width: markWidth, height: 16, viewBox: `0 0 ${markWidth} 16`, 'aria-hidden': 'true' },
        ...mark,
      );
      const item = h('li', {}, words);
      item.prepend(picture);
      return item;
    }),
  );
  return h('div', { class: 'legend-group' }, h('span', { class: 'legend-name' }, name), list);
}
