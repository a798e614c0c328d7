import { h, replaceChildren } from '../page/dom.ts';
import { type Answer, Answers } from './answers.ts';
import type { LiveRun } from './live_run.ts';

/** So many are enough to see what came of what one has just asked. */
const shownMax = 6;

const hint =
  'Nobody has asked for anything yet: \u201cPut, get \u2026\u201d (P) asks a client, and its answer stands here.';

/** What clients were asked for by hand and what came of it, below the live run's bar. A click selects the event. */
export function answerList(live: LiveRun, go: (event: number) => void): HTMLElement {
  const answers = new Answers();
  const list = h('ol');
  const place = { class: 'answers', role: 'log', 'aria-label': 'What clients were asked for', tabindex: 0 };
  const nothing = h('li', { class: 'quiet' }, hint);
  const shown = new Map<string, HTMLElement>();
  const render = (): void => {
    const rows = answers.of(live.model, shownMax).map((answer) => {
      const key = `${answer.event} ${answer.words} ${answer.result}`;
      const row = shown.get(key) ?? answerRow(answer, go);
      shown.set(key, row);
      return row;
    });
    const wanted = rows.length === 0 ? [nothing] : rows;
    // What has not changed is not read out again.
    const same =
      wanted.length === list.children.length && wanted.every((row, at) => list.children[at] === row);
    if (!same) replaceChildren(list, ...wanted);
  };
  live.onChange((change) => {
    if (change === 'model') render();
  });
  render();
  return h('div', place, list);
}

function answerRow({ event, words, result, state }: Answer, go: (event: number) => void): HTMLElement {
  const button = h(
    'button',
    {
      type: 'button',
      class: `answer ${state}`,
      title: `${words}: ${result}. Show it on the timeline`,
      onclick: () => go(event),
    },
    h('b', {}, words),
    h('span', {}, result),
  );
  return h('li', {}, button);
}
