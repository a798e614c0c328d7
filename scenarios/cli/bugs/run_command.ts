import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { print, printJson } from '../command.ts';
import { execute } from '../execute.ts';
import { type Parsed, flagInteger, flagText, onePositional } from '../flags.ts';
import { styleFor } from '../format.ts';
import { writeHistory } from '../history_file.ts';
import { reproducingLine } from '../report.ts';
import { writeRunFiles } from '../run_files.ts';
import { UsageError, exitCodes } from '../usage_error.ts';
import { bugsNamed, scriptOf } from './chosen.ts';
import { bugStory } from './story.ts';

/** Does a bug's script. Found is what is wanted: exit code 0. */
export function runBug(parsed: Parsed): number {
  const name = onePositional('bugs run', parsed, "a bug's name or code");
  const [bug, ...more] = bugsNamed(name);
  if (bug === undefined || more.length > 0) {
    const ids = [bug, ...more].flatMap((each) => (each === undefined ? [] : [each.id]));
    throw new UsageError(`detcd bugs run: ${name} stands for several bugs: name one of ${ids.join(', ')}.`);
  }
  const script = scriptOf(bug);
  const seed = String(flagInteger(parsed, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? script.seed);
  const json = parsed.values['json'] === true;
  const request = { scenario: script.scenario, seed, bugs: [bug.id] };
  const { file } = execute(request, !json);
  const directory = flagText(parsed, 'out') ?? join('runs', `bug-${bug.id}`);
  const written = parsed.values['no-out'] === true ? null : writeRunFiles(directory, file);
  const history = flagText(parsed, 'history');
  if (history !== undefined) writeHistory(history, request);
  const caught = file.info.verdict.checks.some(
    (check) => check.name === bug.check && check.status === 'violated',
  );
  const again = reproducingLine(file.info);
  if (json)
    printJson({ bug, schedule: script.schedule, caught, ...file.info, files: written, reproduce: again });
  else {
    print(bugStory(bug, script, file.info, styleFor(process.stdout)));
    print('');
    if (written !== null) print(`  trace       ${written.trace}`);
    const timeline = written?.timeline ?? null;
    if (timeline !== null) print(`  timeline    ${pathToFileURL(timeline).href}`);
    print(`  again       ${again}`);
  }
  if (parsed.values['open'] === true) openTimeline(written?.timeline ?? null);
  return caught ? exitCodes.passed : exitCodes.violation;
}

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

function openTimeline(timeline: string | null): void {
  if (timeline === null) throw new UsageError('--open: there is no timeline to open.');
  const [program = 'xdg-open', ...args] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, timeline], { stdio: 'ignore', detached: true });
  child.on('error', () =>
    process.stderr.write(`--open: there is no ${program} here: open ${timeline} yourself\n`),
  );
  child.unref();
}
