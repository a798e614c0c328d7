import { failpointSites } from '../../../core/server/failpoints.ts';
import type { FailureGroup, ScenarioTally, SwarmTally } from '../../../sim/swarm/tally.ts';
import { type Style, grouped, plural, wrapped } from '../format.ts';
import { type Collected, againLine } from './collected.ts';
import { leftText } from './progress.ts';

const groupsShown = 20;
const linesShown = 3;

/** What a person reads after a swarm, and of its results later. */
export function summary(collected: Collected, style: Style): string {
  const { counted } = collected;
  const out = [...verdictLines(collected, style), '', ...table(counted.scenarios, style)];
  if (counted.groups.length > 0) out.push('', ...failureLines(collected, style));
  out.push('', ...goalLines(collected, style), ...canaryLines(counted, style), ...numberLines(collected));
  return out.join('\n');
}

function verdictLines({ red, counted }: Collected, style: Style): string[] {
  if (red.length === 0) {
    return [style(`GREEN  every guarantee held in ${plural(counted.runs, 'run')}`, 'green')];
  }
  return [style('RED', 'red'), ...red.map((reason) => wrapped(reason, '  '))];
}

/** Columns as wide as they must be: the first to the left, the others to the right. */
function table(scenarios: readonly ScenarioTally[], style: Style): string[] {
  const rows = [
    ['scenario', 'runs', 'failed', 'runs/min', 'virtual', 'times real', 'events/s', 'goals'],
    ...scenarios.map(scenarioRow),
  ];
  const widths = (rows[0] as string[]).map((_, at) =>
    Math.max(...rows.map((row) => (row[at] as string).length)),
  );
  return rows.map((row, number) => {
    const cells = row.map((cell, at) => {
      const width = widths[at] as number;
      return at === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    const line = `  ${cells.join('  ')}`;
    if (number === 0) return style(line, 'dim');
    return (scenarios[number - 1]?.failedRuns ?? 0) > 0 ? style(line, 'red') : line;
  });
}

/** Speeds are of one thread. */
export function scenarioRow(counted: ScenarioTally): string[] {
  const { scenario, runs, failedRuns, virtualNs, traceEvents, goals } = counted;
  const wallMs = Math.max(1, counted.wallMs);
  return [
    scenario,
    grouped(runs),
    grouped(failedRuns),
    grouped(Math.round((runs * 60_000) / wallMs)),
    leftText(virtualNs / 1e6),
    grouped(Math.round(virtualNs / 1e6 / wallMs)),
    grouped(Math.round((traceEvents * 1000) / wallMs)),
    `${goals.filter(({ reached }) => reached > 0).length}/${goals.length}`,
  ];
}

function failureLines(collected: Collected, style: Style): string[] {
  const { groups } = collected.counted;
  const out = [style(`failures, in ${plural(groups.length, 'group')}`, 'bold')];
  for (const group of groups.slice(0, groupsShown)) out.push('', ...groupLines(group, collected, style));
  if (groups.length > groupsShown) {
    out.push('', `  and ${plural(groups.length - groupsShown, 'more group')}; --json has all of them`);
  }
  return out;
}

function groupLines({ example, runs }: FailureGroup, { sources }: Collected, style: Style): string[] {
  const shown = runs.slice(0, linesShown).map((run) => `    ${againLine(run, sources)}`);
  const more = runs.length - shown.length;
  return [
    style(`  ${plural(runs.length, 'run')}: ${example.check}`, 'red'),
    wrapped(example.sentence, '    '),
    ...example.lines.slice(0, linesShown).map((line) => style(wrapped(line, '      '), 'dim')),
    ...shown,
    ...(more > 0 ? [`    and ${plural(more, 'more seed')}: ${seedList(runs.slice(linesShown))}`] : []),
  ];
}

const seedsShown = 12;

function seedList(runs: FailureGroup['runs']): string {
  const names = runs.slice(0, seedsShown).map(({ scenario, seed }) => `${scenario} ${seed}`);
  return names.join(', ') + (runs.length > seedsShown ? ', ...' : '');
}

function goalLines({ counted, goalRuns }: Collected, style: Style): string[] {
  const goals = counted.scenarios.flatMap(({ scenario, goals: own }) =>
    own.map((goal) => ({ scenario, ...goal })),
  );
  if (goals.length === 0) return [];
  const never = goals.filter(({ reached }) => reached === 0);
  const head = `goals       ${goals.length - never.length} of ${goals.length} reached at least once`;
  const judged = goalRuns === 0 ? 'not judged here' : `judged from ${goalRuns} runs on`;
  return [
    `  ${head}`,
    ...never.map(({ scenario, goal, of }) => {
      const red = goalRuns > 0 && of >= goalRuns;
      const line = `              not in ${plural(of, 'run')} of ${scenario} (${judged}): ${goal}`;
      return red ? style(line, 'red') : style(line, 'yellow');
    }),
  ];
}

function canaryLines({ canary: { bug, runs, found } }: SwarmTally, style: Style): string[] {
  if (runs === 0) return ['  canary      none'];
  const line = `  canary      ${bug} was found in ${found} of ${plural(runs, 'run')}`;
  return [found === 0 ? style(line, 'red') : line];
}

function numberLines({ counted, seedsPerMinute, elapsedMs }: Collected): string[] {
  const { faults, failpoints, virtualNs } = counted;
  const speed = `${grouped(Math.round(seedsPerMinute))} seeds/min`;
  const out = [
    `  took        ${leftText(elapsedMs)}, ${speed}, ${leftText(virtualNs / 1e6)} of virtual time`,
  ];
  const kinds = Object.entries(faults).map(([kind, count]) => `${kind} ${grouped(count)}`);
  out.push(wrapped(`faults      ${kinds.join(', ') || 'none'}`, '  ').replaceAll('\n  ', '\n              '));
  const sites = Object.entries(failpoints);
  if (sites.length > 0) {
    const fired = sites.filter(([, count]) => count > 0).length;
    const silent = sites.filter(([, count]) => count === 0).map(([site]) => site);
    const known = `${fired} of ${failpointSites.length} ended a member`;
    const never = failpointSites.filter((site) => failpoints[site] === undefined);
    const vain = silent.length > 0 ? `; armed in vain: ${silent.join(', ')}` : '';
    const unarmed = never.length > 0 ? `; never armed: ${never.join(', ')}` : '';
    const line = `failpoints  ${known}${vain}${unarmed}`;
    out.push(wrapped(line, '  ').replaceAll('\n  ', '\n              '));
  }
  return out;
}
