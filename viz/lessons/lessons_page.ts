import { h } from '../page/dom.ts';
import { logo } from '../page/header.ts';
import { lessons } from './all_lessons.ts';

/** All lessons, in the order in which one should take them. */
export function lessonsPage(): HTMLElement {
  const cards = lessons.map(({ id, title, summary, steps }, at) =>
    h(
      'li',
      {},
      h(
        'a',
        { class: 'lesson-card', href: `#lesson=${id}` },
        h('span', { class: 'lesson-number', 'aria-hidden': 'true' }, String(at + 1)),
        h('span', { class: 'lesson-card-text' }, h('strong', {}, title), h('span', {}, summary)),
        h('span', { class: 'quiet' }, `${steps.length} steps`),
      ),
    ),
  );
  return h(
    'main',
    { class: 'start lessons-page' },
    h(
      'div',
      { class: 'start-card' },
      h('a', { href: '#', class: 'home', 'aria-label': 'detcd: start page' }, logo()),
      h('h1', {}, 'Lessons'),
      h(
        'p',
        { class: 'lead' },
        'Each is a real run of the cluster, made in this page while you wait. It stops where something is about to happen, asks what you expect, and then shows what did.',
      ),
      h('ol', { class: 'lesson-cards' }, ...cards),
    ),
  );
}
