import type { CheckResult } from '../../sim/trace/run_info.ts';
import { Kind } from '../../sim/trace/kinds.ts';
import { h } from '../page/dom.ts';
import { momentText } from '../scale/time_format.ts';
import type { Session } from '../timeline/session.ts';
import { damageSections } from './damage_panel.ts';
import { facts, jump, section } from './parts.ts';
import { countWords } from '../words/count_words.ts';

/** What was promised and whether it held, what happened, and what the scenario set out to reach. */
export function runPanel(session: Session, go: (event: number) => void): HTMLElement[] {
  const { info, flags } = session.model;
  const { summary, verdict } = info;
  const checks = verdict.checks.map(checkItem);
  const goals = info.sometimes.map(({ goal, reached }) =>
    h(
      'li',
      { class: reached ? 'goal reached' : 'goal' },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, reached ? '\u2713' : '\u25cb'),
      h('span', {}, goal, h('span', { class: 'quiet' }, reached ? '' : ' (not in this run)')),
    ),
  );
  const { trace } = session.model;
  const done = (event: number): boolean => trace.kinds[event] === Kind.intervene;
  const story = flags.filter(({ kind, event }) => kind !== 'note' || done(event)).slice(0, 60);
  return [
    section(
      'Promises',
      checks.length > 0
        ? h('ul', { class: 'checks' }, ...checks)
        : h('p', {}, session.live ? 'They are checked when the run is finished.' : 'None were checked.'),
    ),
    section(
      'Run',
      facts([
        [
          'operations',
          `${countWords(summary.operations.ok)} ok, ${countWords(summary.operations.fail)} failed, ${countWords(summary.operations.unknown)} unknown`,
        ],
        [
          'messages',
          `${countWords(summary.messages.sent)} sent, ${countWords(summary.messages.dropped)} lost`,
        ],
        ['elections', countWords(summary.elections)],
        ['crashes', countWords(summary.crashes)],
        ['revision', countWords(summary.revision)],
        ['events', countWords(session.model.trace.length)],
        ['bugs on', info.options.bugs.length > 0 ? info.options.bugs.join(', ') : 'none'],
        ['digest', h('code', {}, info.digest)],
        ['build', h('code', {}, info.build)],
      ]),
    ),
    ...damageSections(info),
    ...(goals.length > 0 ? [section('Goals of the scenario', h('ul', { class: 'goals' }, ...goals))] : []),
    section(
      'What was done',
      ...story.map((flag) =>
        jump(flag.words, momentText(Math.round(flag.atNs / 1e6) * 1e6), () => go(flag.event)),
      ),
      story.length === 0
        ? h('p', { class: 'quiet' }, session.live ? 'Nothing yet.' : 'Nothing: all went well by itself.')
        : null,
    ),
  ];
}

const statusMarks = { passed: '\u2713', violated: '\u2717', unknown: '?', 'not promised': '\u2013' } as const;

function checkItem(check: CheckResult): HTMLElement {
  return h(
    'li',
    { class: `check ${check.status.replace(' ', '-')}` },
    h('span', { class: 'mark', 'aria-hidden': 'true' }, statusMarks[check.status]),
    h(
      'div',
      {},
      h('strong', {}, check.name),
      h('span', { class: 'status' }, check.status),
      h('p', {}, check.guarantee),
      h('p', { class: 'quiet' }, check.detail),
    ),
  );
}
