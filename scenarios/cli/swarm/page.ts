import type { FailureGroup, GoalTally, ScenarioTally } from '../../../sim/swarm/tally.ts';
import { grouped, plural } from '../format.ts';
import { type Collected, againLine } from './collected.ts';
import { leftText } from './progress.ts';
import { scenarioRow } from './summary.ts';

const linesShown = 10;

const style = `
:root { color-scheme: light dark; --line: #ddd; --soft: #f6f8fa; --dim: #666; --good: #1a7f37; --bad: #c62828; --warn: #9a6700; --bar: #c8dcf5; }
@media (prefers-color-scheme: dark) {
  :root { --line: #333; --soft: #1c2128; --dim: #999; --good: #57c26f; --bad: #ff7b72; --warn: #d9a53a; --bar: #25456b; }
}
body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; margin-bottom: 0.25rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
td, th { text-align: right; padding: 0.25rem 0.6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td:first-child, th:first-child, .text td, .text th { text-align: left; }
th { color: var(--dim); font-weight: 500; }
pre { background: var(--soft); padding: 0.6rem; overflow-x: auto; }
.good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; } .warn { color: var(--warn); } .dim { color: var(--dim); }
.bar { display: inline-block; height: 0.7rem; background: var(--bar); }
.figures { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; } .figures b { display: block; font-size: 1.3rem; font-weight: 600; }`;

/** A swarm's results as one page that needs nothing else, light or dark as its reader likes it. */
export function swarmPage(collected: Collected): string {
  const { counted, build } = collected;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>detcd swarm</title>
<style>${style}</style></head><body>
<h1>detcd swarm <span class="dim">build ${escaped(build)}</span></h1>
${verdict(collected)}
${figures(collected)}
<h2>Scenarios</h2>
${scenarioTable(counted.scenarios)}
${counted.groups.length === 0 ? '' : `<h2>Failures</h2>\n${counted.groups.map((group) => failure(group, collected)).join('\n')}`}
<h2>Goals</h2>
${goalTable(collected)}
<h2>Faults</h2>
${countTable('kind of fault', counted.faults)}
${Object.keys(counted.failpoints).length === 0 ? '' : `<h2>Failpoints</h2>\n${countTable('failpoint', counted.failpoints)}`}
</body></html>
`;
}

function verdict({ red, counted }: Collected): string {
  if (red.length === 0)
    return `<p class="good">GREEN: every guarantee held in ${plural(counted.runs, 'run')}</p>`;
  return `<p class="bad">RED</p><ul>${red.map((reason) => `<li>${escaped(reason)}</li>`).join('')}</ul>`;
}

function figures({ counted, seedsPerMinute, elapsedMs }: Collected): string {
  const { canary, goals } = {
    canary: counted.canary,
    goals: counted.scenarios.flatMap((each) => each.goals),
  };
  const canaryText = canary.runs === 0 ? 'none' : `${canary.found} of ${canary.runs}`;
  const all: readonly (readonly [string, string])[] = [
    ['runs', grouped(counted.runs)],
    ['failed', grouped(counted.failedRuns)],
    ['seeds per minute', grouped(Math.round(seedsPerMinute))],
    ['real time', leftText(elapsedMs)],
    ['virtual time', leftText(counted.virtualNs / 1e6)],
    ['goals reached', `${goals.filter(({ reached }) => reached > 0).length} of ${goals.length}`],
    [`canary found (${canary.bug})`, canaryText],
  ];
  const each = all.map(([name, value]) => `<span><b>${escaped(value)}</b>${escaped(name)}</span>`);
  return `<p class="figures">${each.join('')}</p>`;
}

function scenarioTable(scenarios: readonly ScenarioTally[]): string {
  const names = ['scenario', 'runs', 'failed', 'runs/min', 'virtual', 'times real', 'events/s', 'goals'];
  const head = names.map((name) => `<th>${name}</th>`).join('');
  const rows = scenarios.map((scenario) => {
    const cells = scenarioRow(scenario).map((cell, at) => {
      const bad = at === 2 && scenario.failedRuns > 0 ? ' class="bad"' : '';
      return `<td${bad}>${escaped(cell)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table><tr>${head}</tr>\n${rows.join('\n')}\n</table>\n<p class="dim">Speeds are of one thread.</p>`;
}

function failure({ signature, example, runs }: FailureGroup, { sources }: Collected): string {
  const lines = runs.slice(0, linesShown).map((run) => againLine(run, sources));
  const more = runs.length - lines.length;
  const why = example.lines.length === 0 ? '' : `<pre>${escaped(example.lines.join('\n'))}</pre>`;
  return `<section><h3><span class="bad">${plural(runs.length, 'run')}</span> ${escaped(example.check)}</h3>
<p>${escaped(example.sentence)}</p>${why}
<pre>${escaped(lines.join('\n'))}${more > 0 ? `\nand ${plural(more, 'more seed')}` : ''}</pre>
<p class="dim">${escaped(signature)}</p></section>`;
}

function goalTable({ counted, goalRuns }: Collected): string {
  const rows = counted.scenarios.flatMap(({ scenario, goals }) =>
    goals.map((goal) => goalRow(scenario, goal, goalRuns)),
  );
  if (rows.length === 0) return '<p class="dim">none</p>';
  return `<table class="text"><tr><th>scenario</th><th>goal</th><th>reached in</th></tr>\n${rows.join('\n')}\n</table>`;
}

function goalRow(scenario: string, { goal, reached, of }: GoalTally, goalRuns: number): string {
  const judged = goalRuns > 0 && of >= goalRuns;
  const mark = reached > 0 ? 'good' : judged ? 'bad' : 'warn';
  return `<tr><td>${escaped(scenario)}</td><td>${escaped(goal)}</td><td class="${mark}">${reached} of ${plural(of, 'run')}</td></tr>`;
}

function countTable(what: string, counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts);
  if (rows.length === 0) return '<p class="dim">none</p>';
  const most = Math.max(1, ...rows.map(([, count]) => count));
  const lines = rows.map(([name, count]) => {
    const percent = Math.round((count * 100) / most);
    const mark = count === 0 ? ' class="warn"' : '';
    return `<tr><td>${escaped(name)}</td><td${mark}>${grouped(count)}</td><td style="width: 60%"><span class="bar" style="width: ${percent}%"></span></td></tr>`;
  });
  return `<table class="text"><tr><th>${what}</th><th>times</th><th></th></tr>\n${lines.join('\n')}\n</table>`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
