import { type Child, h } from '../page/dom.ts';
import { logo } from '../page/header.ts';
import { failureList } from './failure_list.ts';
import { paceChart } from './pace_chart.ts';
import type { ScenarioRow, SwarmReport } from './report.ts';
import { spanText } from './span_text.ts';

const count = (value: number): string => value.toLocaleString('en-US');

/** What a swarm found: its verdict, how fast it went, failures by their signature, goals, failpoints, the canary. */
export function dashboardPage(report: SwarmReport): HTMLElement {
  const { failures, red, green } = report;
  return h(
    'main',
    { class: 'start dashboard' },
    h(
      'div',
      { class: 'wide-card' },
      h('a', { href: '#', class: 'home', 'aria-label': 'detcd: start page' }, logo()),
      h('h1', {}, 'A swarm'),
      h('p', { class: 'quiet' }, `build ${report.build} \u00b7 ${report.files.join(', ')}`),
      h(
        'div',
        { class: `swarm-verdict ${green ? 'passed' : 'violated'}`, role: 'status' },
        h(
          'strong',
          {},
          green ? `\u2713 Green: every guarantee held in ${count(report.runs)} runs` : '\u2717 Red',
        ),
        green ? null : h('ul', {}, ...red.map((reason) => h('li', {}, reason))),
      ),
      figures(report),
      ...titled('Failures', failures.length === 0 ? null : failureList(failures)),
      ...titled('Runs done in each minute', report.pace.length > 1 ? paceChart(report.pace) : null),
      ...titled('Scenarios', scenarioTable(report.scenarios)),
      ...titled('Goals that were to be reached sometimes', goalTable(report)),
      ...titled('Failpoints', failpoints(report)),
      ...titled('Faults done to the world', bars(report.faults)),
    ),
  );
}

function titled(title: string, body: HTMLElement | null): Child[] {
  return body === null ? [] : [h('h2', {}, title), body];
}

function figures({
  runs,
  failedRuns,
  seedsPerMinute,
  elapsedMs,
  virtualNs,
  canary,
  scenarios,
}: SwarmReport): HTMLElement {
  const goals = scenarios.flatMap((scenario) => scenario.goals);
  const each: readonly (readonly [name: string, value: string, mark?: string | undefined])[] = [
    ['runs', count(runs)],
    ['failed', count(failedRuns), failedRuns > 0 ? 'bad' : undefined],
    ['seeds per minute', count(seedsPerMinute)],
    ['real time', spanText(elapsedMs)],
    ['virtual time', spanText(virtualNs / 1e6)],
    ['goals reached', `${goals.filter(({ reached }) => reached > 0).length} of ${goals.length}`],
    [
      `canary found (${canary.bug})`,
      canary.runs === 0 ? 'no canary' : `${canary.found} of ${canary.runs}`,
      canary.runs > 0 && canary.found === 0 ? 'bad' : undefined,
    ],
  ];
  return h(
    'ul',
    { class: 'figures', 'aria-label': 'The swarm in numbers' },
    ...each.map(([name, value, mark]) => h('li', {}, h('b', { class: mark }, value), h('span', {}, name))),
  );
}

function scenarioTable(rows: readonly ScenarioRow[]): HTMLElement {
  const sorted = rows.toSorted((a, b) => b.failedRuns - a.failedRuns || (a.scenario < b.scenario ? -1 : 1));
  return table(
    ['scenario', 'runs', 'failed', 'ms a run', 'virtual time', 'goals'],
    sorted.map(({ scenario, runs, failedRuns, wallMs, virtualNs, goals }) => [
      h('td', {}, scenario),
      h('td', {}, count(runs)),
      h('td', { class: failedRuns > 0 ? 'bad' : undefined }, count(failedRuns)),
      h('td', {}, count(Math.round(wallMs / Math.max(1, runs)))),
      h('td', {}, spanText(virtualNs / 1e6)),
      h('td', {}, `${goals.filter(({ reached }) => reached > 0).length} of ${goals.length}`),
    ]),
  );
}

function goalTable({ scenarios, goalRuns }: SwarmReport): HTMLElement | null {
  const goals = scenarios
    .flatMap(({ scenario, goals: own }) => own.map((goal) => ({ scenario, ...goal })))
    .toSorted((a, b) => a.reached / Math.max(1, a.of) - b.reached / Math.max(1, b.of));
  if (goals.length === 0) return null;
  return table(
    ['goal', 'scenario', 'reached in'],
    goals.map(({ goal, scenario, reached, of }) => {
      const judged = goalRuns > 0 && of >= goalRuns;
      const mark = reached > 0 ? 'good' : judged ? 'bad' : 'warn';
      const never = judged ? ' \u2717 never' : ' (too few runs to judge)';
      return [
        h('td', {}, goal),
        h('td', {}, scenario),
        h('td', { class: mark }, `${count(reached)} of ${count(of)}${reached > 0 ? '' : never}`),
      ];
    }),
    'words',
  );
}

function failpoints({ failpoints: fired, failpointsNeverArmed: never }: SwarmReport): HTMLElement | null {
  const names = Object.entries(fired);
  if (names.length === 0) return null;
  const ended = names.filter(([, times]) => times > 0).length;
  const all = names.length + never.length;
  return h(
    'div',
    {},
    h('p', {}, `${ended} of ${all} places in the code ended a member.`),
    bars(fired),
    never.length === 0 ? null : h('p', { class: 'warn' }, `Never armed: ${never.join(', ')}.`),
  );
}

function bars(counts: Readonly<Record<string, number>>): HTMLElement | null {
  const rows = Object.entries(counts).toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (rows.length === 0) return null;
  const most = Math.max(1, ...rows.map(([, times]) => times));
  return h(
    'ul',
    { class: 'bars' },
    ...rows.map(([name, times]) => {
      const bar = h('span', { class: 'bar', 'aria-hidden': 'true' });
      bar.style.width = `${(times / most) * 100}%`;
      return h(
        'li',
        { class: times === 0 ? 'warn' : undefined },
        h('span', {}, name),
        h('span', { class: 'bar-count' }, count(times)),
        h('span', { class: 'bar-room', 'aria-hidden': 'true' }, bar),
      );
    }),
  );
}

function table(
  heads: readonly string[],
  rows: readonly (readonly HTMLElement[])[],
  kind = 'numbers',
): HTMLElement {
  return h(
    'div',
    { class: 'table-room', tabindex: 0, role: 'group', 'aria-label': `Table: ${heads.join(', ')}` },
    h(
      'table',
      { class: kind },
      h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, ...rows.map((cells) => h('tr', {}, ...cells))),
    ),
  );
}
