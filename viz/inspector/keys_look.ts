import { type Child, h } from '../page/dom.ts';
import type { GenerationLook, KeyLook, StoreLook } from './member_look.ts';
import { facts } from './parts.ts';

const revisionsMax = 12;

/** The store's keys, each with its generations and the revisions that are stored of them. */
export function keysBody(store: StoreLook): Child[] {
  const { revision, compacted, compactionDone, keyCount, keys } = store;
  const done = compactionDone < compacted ? `; its removals are done up to ${compactionDone}` : '';
  const rest = keyCount - keys.length;
  return [
    facts([
      ['revision', String(revision)],
      ['compacted at', compacted < 0 ? 'never' : `${compacted}${done}`],
    ]),
    h('ul', { class: 'keys-look' }, ...keys.map(keyItem)),
    rest > 0 ? h('p', { class: 'quiet' }, `and ${rest.toLocaleString('en-US')} more keys`) : null,
  ];
}

function keyItem({ key, now, generations }: KeyLook): HTMLElement {
  const lease = now === undefined || now.lease === '' ? '' : `, lease ${now.lease}`;
  const words = now === undefined ? 'deleted' : `version ${now.version}, created at ${now.created}${lease}`;
  return h(
    'li',
    {},
    h('span', { class: 'key-name' }, key),
    now === undefined ? null : h('span', { class: 'key-value' }, `= ${now.value}`),
    h('span', { class: 'quiet' }, words),
    h('span', { class: 'generations' }, ...generations.map(generation)),
  );
}

function generation({ revisions, ended }: GenerationLook): HTMLElement {
  const shown = revisions.slice(-revisionsMax);
  const more = revisions.length - shown.length;
  const cells = shown.map((revision, i) => {
    const tombstone = ended && i === shown.length - 1;
    return h(
      'span',
      { class: tombstone ? 'revision tombstone' : 'revision', title: tombstone ? 'tombstone' : 'put' },
      tombstone ? `\u2020${revision}` : revision,
    );
  });
  return h(
    'span',
    { class: 'generation' },
    more > 0 ? h('span', { class: 'quiet' }, `${more} before`) : null,
    ...cells,
  );
}
