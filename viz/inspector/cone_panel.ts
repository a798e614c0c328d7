import { countCone } from '../cone/cone.ts';
import { h } from '../page/dom.ts';
import type { Session } from '../timeline/session.ts';
import { facts, section } from './parts.ts';
import { countWords } from '../words/count_words.ts';

const depths = [
  { hops: Infinity, words: 'all', label: 'All that it follows from and leads to' },
  { hops: 1, words: '1', label: 'Up to 1 message away' },
  { hops: 2, words: '2', label: 'Up to 2 messages away' },
  { hops: 4, words: '4', label: 'Up to 4 messages away' },
] as const;

/** How far the cone goes, and what it holds; a button to show it as long as it is not. */
export function coneSection(session: Session): HTMLElement {
  const { cone: shown, model } = session;
  const key = h('kbd', {}, 'C');
  if (shown === null) {
    return section(
      'Causal cone',
      h(
        'button',
        { type: 'button', class: 'plain wide', onclick: () => session.showCone(Infinity) },
        'Dim all that it neither follows from nor leads to ',
        key,
      ),
    );
  }
  const { order, cone } = shown;
  const counts = countCone(model.trace, order, cone);
  return section(
    'Causal cone',
    h(
      'div',
      { class: 'choices', role: 'group', 'aria-label': 'How many messages away the cone ends' },
      h('span', { class: 'quiet' }, 'messages away'),
      ...depths.map(({ hops, words, label }) =>
        h(
          'button',
          {
            type: 'button',
            class: 'plain',
            'aria-label': label,
            'aria-pressed': String(hops === cone.hopsMax),
            onclick: () => session.showCone(hops),
          },
          words,
        ),
      ),
    ),
    facts([
      ['follows from', eventsOn(counts.past, counts.pastLanes)],
      ['leads to', eventsOn(counts.future, counts.futureLanes)],
    ]),
    h(
      'p',
      { class: 'quiet' },
      'A member\u2019s new life follows from the last write that was on its disk, not from what it only remembered.',
    ),
    h(
      'button',
      { type: 'button', class: 'plain wide', onclick: () => session.showCone(null) },
      'Show everything again ',
      key,
    ),
  );
}

function eventsOn(events: number, lanes: number): string {
  if (events === 0) return 'nothing';
  return `${countWords(events)} ${events === 1 ? 'event' : 'events'} on ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`;
}

/** What the live region says when the cone is shown or not any more. */
export function coneWords({ cone, model }: Session): string {
  if (cone === null) return 'Every event is shown again';
  const { past, future } = countCone(model.trace, cone.order, cone.cone);
  return `The causal cone: it follows from ${countWords(past)} events and leads to ${countWords(future)}`;
}
