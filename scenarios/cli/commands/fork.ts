import { join } from 'node:path';
import { InterventionError, interventionsFrom } from '../../../sim/faults/intervention_form.ts';
import { type RunRequest, runScenario } from '../../../sim/run.ts';
import { ForkError, type Rest } from '../../../sim/timeline/fork.ts';
import { forkRun } from '../../../sim/timeline/timeline.ts';
import type { RunFile } from '../../../sim/trace/codec.ts';
import { firstDifference } from '../../../sim/trace/compare.ts';
import { describeEvent } from '../../../sim/trace/describe.ts';
import type { Intervention, RunInfo } from '../../../sim/trace/run_info.ts';
import { type Command, print, printJson } from '../command.ts';
import { type Parsed, flagText, flagTexts, parseFlags } from '../flags.ts';
import { seconds, styleFor } from '../format.ts';
import { scenarioHelp } from '../recorded_run.ts';
import { replayingLine, report } from '../report.ts';
import { writeRunFiles } from '../run_files.ts';
import { flagTimeNs } from '../time_flag.ts';
import { runMeant, whichRunFlags } from '../trace_or_scenario.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

const rests: readonly Rest[] = ['recorded', 'nothing', 'nemesis'];

export const forkCommand: Command = {
  name: 'fork',
  summary: 'continue a run from any virtual time under other faults',
  help: `usage: detcd fork FILE --at T [options]
       detcd fork SCENARIO --seed N --at T [options]

Goes on otherwise: until the time T everything is as it was, event by event, and from then on the given faults happen, too. The result
is an ordinary trace with its own list of faults, which replays.

  --at T            virtual time of the fork, such as 12.5s or 800ms
  --intervene JSON  a fault, such as '{"kind":"crash","member":2,"mode":"drop"}'; with "atMs" it happens at that virtual time, else at T.
                    May be given several times. docs/FAULTS.md has all kinds
  --rest WHAT       what follows beside these: \`recorded\`, the run's other faults as they were (default); \`nothing\`; or \`nemesis\`, the
                    scenario's own script, which may now do something else
  --name NAME       names the fork; its folder is runs/SCENARIO-SEED-NAME (default fork-T)
  --out DIR         folder for trace.detcd and timeline.html
  --no-out          write no files
  --seed, --members, --clients, --duration, --bug
                    which run, as for \`detcd run\`; only with a scenario
  --import DIR...   the directories that the trace was recorded on; they must be unchanged
${scenarioHelp}
  --json            print the result as JSON
  --help            show this text

exit codes: 0 every guarantee held in the fork, 1 a violation was found, 2 a mistake on the command line`,
  run(args) {
    const parsed = parseFlags('fork', args, {
      ...whichRunFlags,
      at: { type: 'string' },
      intervene: { type: 'string', multiple: true },
      rest: { type: 'string' },
      name: { type: 'string' },
      out: { type: 'string' },
      'no-out': { type: 'boolean' },
    });
    const atNs = timeOf(parsed);
    const rest = restOf(parsed);
    const name = nameOf(parsed);
    const request = runMeant('fork', parsed);
    const interventions = interventionsOf(parsed, request, atNs);
    const original = runScenario(request);
    const file = forked(request, original.info, { atNs, rest, interventions });
    return finish(parsed, original, file, { atNs, name });
  },
};

function timeOf(parsed: Parsed): number {
  const atNs = flagTimeNs(parsed, 'at');
  if (typeof atNs === 'number' && atNs > 0) return atNs;
  throw new UsageError('detcd fork: --at: expected the virtual time of the fork, such as 12.5s or 800ms.');
}

function restOf(parsed: Parsed): Rest {
  const given = flagText(parsed, 'rest') ?? 'recorded';
  const rest = rests.find((known) => known === given);
  if (rest === undefined)
    throw new UsageError(`detcd fork: --rest: expected one of ${rests.join(', ')}, got "${given}".`);
  return rest;
}

function nameOf(parsed: Parsed): string {
  const name = flagText(parsed, 'name') ?? `fork-${flagText(parsed, 'at') ?? ''}`;
  if (/^[\w.-]+$/.test(name)) return name;
  throw new UsageError(`detcd fork: --name: expected letters, digits, '-', '_' and '.', got "${name}".`);
}

/** The faults that a person wrote, at times in ns. */
function interventionsOf(
  parsed: Parsed,
  { scenario, members, clients }: RunRequest,
  atNs: number,
): readonly Intervention[] {
  const list = flagTexts(parsed, 'intervene').map((json) => {
    const { atMs, ...given } = objectIn(json);
    if (atMs === undefined) return { atNs, ...given };
    if (typeof atMs !== 'number' || !Number.isSafeInteger(Math.round(atMs * 1_000_000)))
      throw new UsageError(`detcd fork: --intervene: expected atMs to be virtual milliseconds in ${json}.`);
    return { ...given, atNs: Math.round(atMs * 1_000_000) };
  });
  const machines = (members ?? scenario.members) + (scenario.spares ?? 0);
  try {
    return interventionsFrom(list, { machines, clients: clients ?? scenario.clients });
  } catch (error) {
    if (error instanceof InterventionError)
      throw new UsageError(`detcd fork: --intervene: ${error.message}.`);
    throw error;
  }
}

function objectIn(json: string): Readonly<Record<string, unknown>> {
  const example = `'{"kind":"crash","member":2,"mode":"drop"}'`;
  const refuse = (): never => {
    throw new UsageError(`detcd fork: --intervene: expected JSON such as ${example}, got ${json}`);
  };
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : refuse();
  } catch (error) {
    if (error instanceof SyntaxError) return refuse();
    throw error;
  }
}

function forked(request: RunRequest, original: RunInfo, fork: Parameters<typeof forkRun>[2]): RunFile {
  // What the scenario's script did is recorded now; a run from a list has its list.
  const recorded = original.interventions;
  try {
    return forkRun(request, recorded, fork);
  } catch (error) {
    if (error instanceof ForkError) throw new UsageError(`detcd fork: ${error.message}.`);
    throw error;
  }
}

function finish(
  parsed: Parsed,
  original: RunFile,
  file: RunFile,
  { atNs, name }: { readonly atNs: number; readonly name: string },
): number {
  const { scenario, seed, options, verdict } = file.info;
  const directory =
    flagText(parsed, 'out') ?? join('runs', [scenario, seed, ...options.bugs, name].join('-'));
  const written = parsed.values['no-out'] === true ? null : writeRunFiles(directory, file);
  const at = firstDifference(original.trace, file.trace);
  const same = at === file.trace.length && at === original.trace.length;
  const forkOf = { digest: original.info.digest, atNs, name };
  if (parsed.values['json'] === true) {
    printJson({ fork: forkOf, firstDifference: same ? null : at, ...file.info, files: written });
  } else {
    print(report(file.info, styleFor(process.stdout)));
    print('');
    print(`  fork        ${name}, at ${seconds(atNs)} of the run with digest ${original.info.digest}`);
    print(
      same
        ? '  differs     nowhere: it is the same run'
        : `  differs     from event ${at} on: ${at < file.trace.length ? describeEvent(file, at) : 'it ends there'}`,
    );
    if (written !== null) {
      print(`  trace       ${written.trace}`);
      print(`  again       ${replayingLine(written.trace)}`);
    }
  }
  return verdict.passed ? exitCodes.passed : exitCodes.violation;
}
