import { join } from 'node:path';
import { type BugId, isBugId, plantedBugs } from '../../../core/bugs.ts';
import { type Explored, explore } from '../../../sim/explore/exhaustive.ts';
import { type Covered, exploreGuided } from '../../../sim/explore/guided.ts';
import type { ExploreBounds } from '../../../sim/explore/state.ts';
import type { RunFile } from '../../../sim/trace/codec.ts';
import { Budget } from '../budget.ts';
import { type Command, print, printJson } from '../command.ts';
import {
  type Parsed,
  flagDurationMs,
  flagInteger,
  flagText,
  parseFlags,
  runChoice,
  scenarioChosen,
} from '../flags.ts';
import { grouped, plural, styleFor } from '../format.ts';
import { durationText, replayingLine } from '../report.ts';
import { writeRunFiles } from '../run_files.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

const defaultBudgetMs = 60_000;
const exploredMembersMax = 4;
const defaultStates = 200_000;

export const exploreCommand: Command = {
  name: 'explore',
  summary: 'search beyond chance: every order of events in a small cluster, or runs that reach new states',
  help: `usage: detcd explore [--members 3] [--depth N] [options]
       detcd explore --guided SCENARIO [--time 1m] [options]

The first form follows everything that can happen to a small raft cluster (the core's own raft, each member with a disk that loses what
was not synced): messages in any order, or never; elections, writes, power losses. States that differ only in the members' numbers count
as one. Every state is judged by the safety properties of the Raft paper; the first violation is told with the shortest way to it.

  --members N       1 to ${exploredMembersMax} (default 3)
  --depth N         actions on a path (default 10)
  --timeouts N      elections that begin by themselves, at most (default 2)
  --proposals N     writes, at most (default 1)
  --crashes N       power losses, at most (default 1)
  --duplicates N    messages that arrive once more, at most (default 0)
  --states N        stop at so many different states (default ${grouped(defaultStates)})
  --no-symmetry     count states with other numbers of members as different

The second form runs a scenario again and again, keeps the runs that reach states no run has reached, and changes their faults. It then
does as many runs of new seeds, to say what was won.

  --guided SCENARIO
  --runs N          runs in place of a time; then the result is the same every time
  --plain           only runs of new seeds
  --out DIR         folder for the traces of runs that failed (default runs/guided-SCENARIO)
  --no-out          write no files
  --seed, --members, --clients, --duration
                    as for \`detcd run\`; the seed is the search's

  --bug ID[,ID]     switch a planted bug on
  --time T          stop after this long (default 60s), in the second form half of it for each part
  --json            print the result as JSON
  --help            show this text

exit codes: 0 nothing broke, 1 a violation was found, 2 a mistake on the command line`,
  run(args) {
    const parsed = parseFlags('explore', args, {
      members: string,
      clients: string,
      duration: string,
      seed: string,
      bug: string,
      time: string,
      depth: string,
      timeouts: string,
      proposals: string,
      crashes: string,
      duplicates: string,
      states: string,
      guided: string,
      runs: string,
      'no-symmetry': { type: 'boolean' },
      plain: { type: 'boolean' },
      out: string,
      'no-out': { type: 'boolean' },
    });
    if (parsed.positionals.length > 0)
      throw new UsageError(`detcd explore: expected only flags, got "${parsed.positionals.join(' ')}".`);
    const guided = flagText(parsed, 'guided');
    refuseFlags(parsed, guided === undefined ? guidedFlags : exhaustiveFlags, guided !== undefined);
    return guided === undefined ? exhaustive(parsed) : guidedBy(parsed, guided);
  },
};

const string = { type: 'string' } as const;
const guidedFlags = ['runs', 'plain', 'out', 'no-out', 'clients', 'duration', 'seed'];
const exhaustiveFlags = ['depth', 'timeouts', 'proposals', 'crashes', 'duplicates', 'states', 'no-symmetry'];

function refuseFlags(parsed: Parsed, flags: readonly string[], isGuided: boolean): void {
  const given = flags.find((flag) => parsed.values[flag] !== undefined);
  if (given === undefined) return;
  throw new UsageError(
    `detcd explore: --${given}: ${isGuided ? 'not with --guided' : 'only with --guided SCENARIO'}.`,
  );
}

function bugsIn(parsed: Parsed): ReadonlySet<BugId> {
  const names = flagText(parsed, 'bug')?.split(',') ?? [];
  return new Set(
    names.map((name) => {
      if (isBugId(name)) return name;
      const known = plantedBugs.map(({ id }) => id).join(', ');
      throw new UsageError(`--bug: there is no planted bug "${name}". Known: ${known}.`);
    }),
  );
}

// --- everything that can happen

function exhaustive(parsed: Parsed): number {
  const json = parsed.values['json'] === true;
  const count = (flag: string, fallback: number, low = 0): number =>
    flagInteger(parsed, flag, low, 1000) ?? fallback;
  const bounds: ExploreBounds = {
    timeouts: count('timeouts', 2),
    proposals: count('proposals', 1),
    crashes: count('crashes', 1),
    duplicates: count('duplicates', 0),
  };
  const members = flagInteger(parsed, 'members', 1, exploredMembersMax) ?? 3;
  const depth = count('depth', 10, 1);
  const statesMax = flagInteger(parsed, 'states', 1, 10_000_000) ?? defaultStates;
  const bugs = bugsIn(parsed);
  const budget = new Budget(flagDurationMs(parsed, 'time') ?? defaultBudgetMs, 'explore', !json);
  const found = explore({
    members,
    depth,
    bounds,
    bugs,
    statesMax,
    symmetry: parsed.values['no-symmetry'] !== true,
    goOn: () => budget.goesOn,
    onDepth: (so) => budget.show(`depth ${so.depth}, ${plural(so.states, 'state')}`),
  });
  budget.clear();
  const wallMs = Math.round(budget.elapsedMs);
  if (json) printJson({ members, depthMax: depth, bounds, bugs: [...bugs], ...found, wallMs });
  else printExplored(found, { members, depth, statesMax, wallMs });
  return found.violation === null ? exitCodes.passed : exitCodes.violation;
}

function printExplored(
  found: Explored,
  {
    members,
    depth,
    statesMax,
    wallMs,
  }: { members: number; depth: number; statesMax: number; wallMs: number },
): void {
  const style = styleFor(process.stdout);
  const { violation, states, transitions, duplicates } = found;
  if (violation !== null) {
    print(style(`VIOLATED  ${violation.sentence}`, 'red'));
    violation.path.forEach((action, i) => print(`  ${String(i + 1).padStart(3)}  ${action}`));
  } else if (found.frontier === 0)
    print(style('HOLDS  in everything that can happen within these bounds', 'green'));
  else if (found.depth === depth) print(style(`HOLDS  on every path of ${plural(depth, 'action')}`, 'green'));
  else {
    const why = states >= statesMax ? 'there were too many states' : 'the time was up';
    print(
      style(
        `HOLDS  as far as was looked, on every path of ${plural(found.depth, 'action')}; then ${why}`,
        'yellow',
      ),
    );
  }
  print('');
  print(`  members     ${members}`);
  print(`  depth       ${found.depth} whole, of ${depth}`);
  print(`  states      ${grouped(states)} different ones, ${grouped(found.frontier)} of them at that depth`);
  print(
    `  actions     ${grouped(transitions)}, of which ${grouped(duplicates)} led to a state that was known`,
  );
  print(`  took        ${(wallMs / 1000).toFixed(1)} s`);
}

// --- runs that reach new states

function guidedBy(parsed: Parsed, name: string): number {
  const json = parsed.values['json'] === true;
  const { seed, ...choice } = runChoice(parsed);
  const request = { ...scenarioChosen(name), ...choice, seed };
  const runsMax = flagInteger(parsed, 'runs', 1, 1_000_000);
  const budgetMs = flagDurationMs(parsed, 'time') ?? defaultBudgetMs;
  const search = (guided: boolean, runs: number | undefined): Covered => {
    const budget = new Budget(
      runs === undefined ? budgetMs / 2 : Infinity,
      guided ? 'guided' : 'new seeds',
      !json,
    );
    const covered = exploreGuided(request, {
      seed,
      guided,
      goOn: (done) => (runs === undefined ? budget.goesOn : done < runs),
      onRun: (so) => budget.show(`${plural(so.runs, 'run')}, ${plural(so.states, 'state')}`),
    });
    budget.clear();
    return covered;
  };
  const guided = parsed.values['plain'] === true ? null : search(true, runsMax);
  // As many runs, so that the two can be compared.
  const plain = search(false, runsMax ?? guided?.runs);
  const parts = [...(guided === null ? [] : [['guided', guided] as const]), ['new seeds', plain] as const];
  const failures = new Map(parts.flatMap(([, { failures: found }]) => [...found]));
  const traces = writeTraces(failures, parsed, request.scenario.name);
  if (json) {
    const told = parts.map(([part, { runs, mutants, states, kept }]) => ({
      part,
      runs,
      mutants,
      states,
      kept: kept.length,
    }));
    const found = [...failures.keys()].map((signature) => ({
      signature,
      trace: traces.get(signature) ?? null,
    }));
    printJson({ scenario: request.scenario.name, seed, parts: told, failures: found });
  } else {
    const style = styleFor(process.stdout);
    print(
      style(
        `${request.scenario.name}  ${durationText(choice.durationMs ?? request.scenario.durationMs)}`,
        'bold',
      ),
    );
    for (const [part, { runs, mutants, states, kept }] of parts) {
      print(
        `  ${part.padEnd(10)}  ${plural(runs, 'run')} (${grouped(mutants)} with changed faults), ${plural(states, 'state')} reached, ${plural(kept.length, 'run')} with something new`,
      );
    }
    for (const [signature, { info }] of failures) {
      print('');
      print(style(`VIOLATED  ${signature}`, 'red'));
      print(`  seed ${info.seed}, ${plural(info.interventions.length, 'intervention')}`);
      const path = traces.get(signature);
      if (path !== undefined) print(`  again   ${replayingLine(path)}`);
    }
  }
  return failures.size === 0 ? exitCodes.passed : exitCodes.violation;
}

/** Changed faults have no seed, so the runs that failed are written down. By signature: the trace's path. */
function writeTraces(
  failures: ReadonlyMap<string, RunFile>,
  parsed: Parsed,
  scenario: string,
): ReadonlyMap<string, string> {
  if (parsed.values['no-out'] === true) return new Map();
  const directory = flagText(parsed, 'out') ?? join('runs', `guided-${scenario}`);
  return new Map(
    [...failures].map(([signature, file], i) => [
      signature,
      writeRunFiles(join(directory, String(i + 1)), file).trace,
    ]),
  );
}
