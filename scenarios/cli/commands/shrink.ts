import { join } from 'node:path';
import { InterventionError } from '../../../sim/faults/intervention_form.ts';
import { type ShrinkCase, activeClients, isWord } from '../../../sim/shrink/case.ts';
import { ShrinkError, type Shrunk, shrink } from '../../../sim/shrink/shrink.ts';
import { leftInWords, loadCalls } from '../../../sim/shrink/words.ts';
import type { RunFile } from '../../../sim/trace/codec.ts';
import { Budget } from '../budget.ts';
import { type Command, print, printJson } from '../command.ts';
import { type Parsed, flagDurationMs, flagInteger, flagText, parseFlags } from '../flags.ts';
import { grouped, plural, styleFor, wrapped } from '../format.ts';
import { scenarioHelp } from '../recorded_run.ts';
import { durationText, replayingLine } from '../report.ts';
import { writeRunFiles } from '../run_files.ts';
import { type LoadedScenario, loadScenario, namesFile } from '../scenario_file.ts';
import { ShrinkThreads } from '../shrink/threads.ts';
import { runMeant, whichRunFlags } from '../trace_or_scenario.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

const defaultBudgetMs = 60_000;
const jobsMax = 1024;

export const shrinkCommand: Command = {
  name: 'shrink',
  summary: 'make a failing run smaller while its violation stays',
  help: `usage: detcd shrink FILE [options]
       detcd shrink SCENARIO --seed N [options]

Takes a run that violates a guarantee, from a trace or by its scenario and seed, and leaves out faults, client operations, clients,
members and time, and makes parameters plainer, as long as the same violation stays: of the same check, with the same words but for
names and numbers. Writes the smallest run as a trace that replays, and says what is left of it.

  --time T          stop after this long (default 60s); what was found by then is written
  --jobs J          worker threads that try candidates side by side (default 1); it pays where a run takes a second or more. What is
                    found does not depend on it, but for the time
  --check NAME      keep the violation of this check (default: the first that the run tells)
  --out DIR         folder for trace.detcd and timeline.html (default runs/shrunk-SCENARIO-SEED)
  --no-out          write no files
  --seed, --members, --clients, --duration, --bug
                    which run, as for \`detcd run\`; only with a scenario
  --import DIR...   the directories that the trace was recorded on; they must be unchanged
${scenarioHelp}
  --json            print the result as JSON
  --help            show this text

exit codes: 0 the violation stays in what was written, 1 there is no violation to keep, 2 a mistake on the command line`,
  run(args) {
    const parsed = parseFlags('shrink', args, {
      ...whichRunFlags,
      out: { type: 'string' },
      'no-out': { type: 'boolean' },
      time: { type: 'string' },
      jobs: { type: 'string' },
      check: { type: 'string' },
    });
    const request = runMeant('shrink', parsed);
    const jobs = flagInteger(parsed, 'jobs', 1, jobsMax) ?? 1;
    const json = parsed.values['json'] === true;
    const budget = new Budget(flagDurationMs(parsed, 'time') ?? defaultBudgetMs, 'shrink', !json);
    const check = flagText(parsed, 'check');
    const threads = jobs === 1 ? null : new ShrinkThreads(jobs, request, ownFile(parsed));
    try {
      const shrunk = shrink(request, {
        ...(threads === null ? {} : { atOnce: threads }),
        ...(check === undefined ? {} : { check }),
        goOn: () => budget.goesOn,
        onRun: ({ tried, pass, current }) =>
          budget.show(`${sizeText(current)}, ${pass}, ${plural(tried, 'run')}`),
      });
      budget.clear();
      return finish(shrunk, parsed, budget.elapsedMs);
    } catch (error) {
      budget.clear();
      if (error instanceof InterventionError) throw new UsageError(`detcd shrink: ${error.message}.`);
      if (!(error instanceof ShrinkError)) throw error;
      process.stderr.write(`detcd shrink: ${error.message}.\n`);
      return exitCodes.violation;
    } finally {
      void threads?.close();
    }
  },
};

/** The file that the scenario is from, if it is none of the catalogue. */
function ownFile(parsed: Parsed): (LoadedScenario & { readonly path: string }) | null {
  const path = flagText(parsed, 'scenario') ?? parsed.positionals[0] ?? '';
  const isScenario = flagText(parsed, 'scenario') !== undefined || !path.endsWith('.detcd');
  return isScenario && namesFile(path) ? { ...loadScenario(path), path } : null;
}

function finish(shrunk: Shrunk, parsed: Parsed, wallMs: number): number {
  const { file, tried, accepted, exhausted, before, after, violation } = shrunk;
  const { scenario, seed, options } = file.info;
  const directory =
    flagText(parsed, 'out') ?? join('runs', ['shrunk', scenario, seed, ...options.bugs].join('-'));
  const written = parsed.values['no-out'] === true ? null : writeRunFiles(directory, file);
  const left = leftInWords(file, after);
  if (parsed.values['json'] === true) {
    const search = { tried, accepted, exhausted, wallMs: Math.round(wallMs) };
    printJson({
      ...search,
      before: sizes(before),
      after: { ...sizes(after), operations: loadCalls(file).length },
      left,
      violation,
      info: file.info,
      files: written,
    });
    return exitCodes.passed;
  }
  const style = styleFor(process.stdout);
  print(style(`${scenario}  seed ${seed}`, 'bold'));
  print(style(wrapped(violation.sentence, ''), 'red'));
  print('');
  print(`  before  ${sizeText(before)}`);
  print(
    `  after   ${sizeText(after)}, ${plural(loadCalls(file).length, 'operation')}, ${plural(file.trace.length, 'event')}`,
  );
  print(
    `  tried   ${plural(tried, 'run')} in ${(wallMs / 1000).toFixed(1)} s, ${grouped(accepted)} of them with the same violation`,
  );
  print(`  ${outcomeText(shrunk)}`);
  print('');
  for (const line of left) print(`  ${line}`);
  print('');
  print(told(written, file));
  return exitCodes.passed;
}

function told(written: ReturnType<typeof writeRunFiles> | null, { info }: RunFile): string {
  if (written === null) return `  digest  ${info.digest}`;
  return `  trace   ${written.trace}\n  again   ${replayingLine(written.trace)}`;
}

/** What the search came to, honestly. */
function outcomeText({ exhausted, accepted }: Shrunk): string {
  if (exhausted && accepted === 0) return 'It could not get smaller: nothing of it can be left out alone.';
  if (exhausted) return 'Nothing more of it can be left out.';
  return accepted === 0
    ? 'The time was up before anything could be left out; a longer --time may help.'
    : 'The time was up; a longer --time may make it smaller.';
}

function sizes(from: ShrinkCase) {
  const interventions = from.interventions.filter((each) => !isWord(each)).length;
  const { members, durationMs } = from;
  return { members, clients: activeClients(from).length, durationMs, interventions };
}

function sizeText(from: ShrinkCase): string {
  const { members, clients, durationMs, interventions } = sizes(from);
  const world = `${plural(members, 'member')}, ${plural(clients, 'client')}`;
  return `${plural(interventions, 'intervention')}, ${world}, ${durationText(durationMs)}`;
}
