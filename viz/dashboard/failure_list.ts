import { h } from '../page/dom.ts';
import type { FailedRun, FailureRow } from './report.ts';
import { failedRunAddress } from './run_address.ts';

const runsShown = 12;

/** Failures of one cause together, the most frequent first, each with what makes it again. */
export function failureList(failures: readonly FailureRow[]): HTMLElement {
  return h('ol', { class: 'failures' }, ...failures.map(group));
}

function group({ check, sentence, lines, runs, signature }: FailureRow): HTMLElement {
  const [first] = runs;
  const more = runs.length - runsShown;
  return h(
    'li',
    { class: 'failure' },
    h('h3', {}, h('span', { class: 'failure-count' }, `${runs.length} \u00d7`), check),
    h('p', {}, sentence),
    lines.length === 0
      ? null
      : h('details', {}, h('summary', {}, 'Why'), h('ul', {}, ...lines.map((line) => h('li', {}, line)))),
    first === undefined ? null : h('pre', {}, first.again),
    h(
      'ul',
      { class: 'failed-runs', 'aria-label': `Runs that failed so: ${signature}` },
      ...runs.slice(0, runsShown).map(runLink),
    ),
    more > 0 ? h('p', { class: 'quiet' }, `and ${more.toLocaleString('en-US')} more seeds`) : null,
  );
}

function runLink(run: FailedRun): HTMLElement {
  const words = `${run.scenario} ${run.seed}`;
  if (!run.known) return h('li', { title: 'Its scenario is a file of its own: use the command' }, words);
  return h('li', {}, h('a', { href: failedRunAddress(run), class: 'seed' }, words));
}
