import type { RunFile } from '../../../sim/trace/codec.ts';
import { describeEvent } from '../../../sim/trace/describe.ts';
import type { RunInfo } from '../../../sim/trace/run_info.ts';
import { type Command, print, printJson } from '../command.ts';
import { type Parsed, flagInteger, parseFlags } from '../flags.ts';
import { grouped, styleFor } from '../format.ts';
import { replayingLine } from '../report.ts';
import { readRunFile } from '../run_files.ts';
import { firstDifferentEvent } from '../trace_difference.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

const rowsDefault = 5;
const rowsMax = 1000;

export const diff: Command = {
  name: 'diff',
  summary: 'find the first event in which two runs differ',
  help: `usage: detcd diff A B [--rows N] [--json]

Compares two traces that \`detcd run\` wrote event by event (by binary search over their digests), and shows the first event in which
they differ, those before it, and what follows on both sides.

  --rows N          events shown before it, and of it on on each side (default ${rowsDefault})
  --json            print the result as JSON
  --help            show this text

exit codes: 0 the same run; 1 they differ; 2 a mistake on the command line, or a file that is no trace`,
  run(args) {
    const parsed = parseFlags('diff', args, { rows: { type: 'string' } });
    const rows = flagInteger(parsed, 'rows', 1, rowsMax) ?? rowsDefault;
    const paths = twoPaths(parsed);
    const [a, b] = [readRunFile(paths[0]), readRunFile(paths[1])];
    const found = compare(a, b, rows);
    if (parsed.values['json'] === true) printJson(found);
    else printComparison(found, a, b, paths);
    return found.event === null ? exitCodes.passed : exitCodes.violation;
  },
};

function twoPaths({ positionals }: Parsed): readonly [string, string] {
  const [a, b, ...more] = positionals;
  if (a === undefined || b === undefined) {
    const got = a === undefined ? 'nothing' : `only "${a}"`;
    throw new UsageError(`detcd diff: expected two trace files, got ${got}.`);
  }
  if (more.length > 0) {
    throw new UsageError(`detcd diff: expected only two trace files, got also "${more.join(' ')}".`);
  }
  return [a, b];
}

interface Comparison {
  /** Index of the first event that differs; null if none does. */
  readonly event: number | null;
  readonly before: readonly string[];
  /** From that event on; empty for a trace that ends there. */
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly events: readonly [number, number];
  /** What of the runs' heads differs, a sentence each. */
  readonly heads: readonly string[];
}

function compare(a: RunFile, b: RunFile, rows: number): Comparison {
  const event = firstDifferentEvent(a, b);
  const at = event ?? 0;
  const words = (file: RunFile, from: number, to: number): string[] => {
    const out: string[] = [];
    for (let i = Math.max(0, from); i < Math.min(to, file.trace.length); i++)
      out.push(describeEvent(file, i));
    return out;
  };
  return {
    event,
    before: event === null ? [] : words(a, at - rows, at),
    a: event === null ? [] : words(a, at, at + rows),
    b: event === null ? [] : words(b, at, at + rows),
    events: [a.trace.length, b.trace.length],
    heads: headDifferences(a.info, b.info),
  };
}

function headDifferences(a: RunInfo, b: RunInfo): string[] {
  const out: string[] = [];
  const say = (what: string, left: string, right: string): void => {
    if (left !== right) out.push(`${what}: ${left} and ${right}`);
  };
  say('build', a.build, b.build);
  say('scenario', a.scenario, b.scenario);
  say('seed', a.seed, b.seed);
  for (const option of ['members', 'clients', 'durationMs', 'bugs', 'imported', 'source'] as const) {
    say(option, shown(a.options[option]), shown(b.options[option]));
  }
  const [left, right] = [a.interventions, b.interventions];
  const at = left.findIndex((one, i) => JSON.stringify(one) !== JSON.stringify(right[i]));
  const first = at < 0 && right.length > left.length ? left.length : at;
  if (first >= 0) say(`intervention ${first + 1}`, shown(left[first]), shown(right[first]));
  return out;
}

function shown(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}

function printComparison(
  { event, before, a, b, events, heads }: Comparison,
  left: RunFile,
  right: RunFile,
  paths: readonly [string, string],
): void {
  const style = styleFor(process.stdout);
  for (const [name, { info }, path] of [
    ['A', left, paths[0]],
    ['B', right, paths[1]],
  ] as const) {
    print(`${name}  ${info.scenario}  seed ${info.seed}  ${replayingLine(path)}`);
  }
  for (const line of heads) print(`  ${line}`);
  print('');
  if (event === null) {
    print(`${style('SAME', 'green')}  ${grouped(events[0])} events, digest ${left.info.digest}`);
    return;
  }
  print(
    `${style('DIFFERENT', 'red')}  from event ${event} on, of ${grouped(events[0])} in A and ${grouped(events[1])} in B`,
  );
  print('');
  for (const line of before) print(`    ${style(line, 'dim')}`);
  for (const [name, side] of [
    ['A', a],
    ['B', b],
  ] as const) {
    if (side.length === 0) print(`  ${name} ends here`);
    side.forEach((line, i) => print(`  ${name} ${i === 0 ? style(line, 'bold') : line}`));
  }
}
