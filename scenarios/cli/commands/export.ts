import { version } from '../../../core/version.ts';
import { type DiskImage, imageAfterCrash } from '../../../sim/disk/image.ts';
import { RandomStream } from '../../../sim/random.ts';
import { type OpenRun, openRun } from '../../../sim/run.ts';
import { firstDifference } from '../../../sim/trace/compare.ts';
import type { RunFile } from '../../../sim/trace/codec.ts';
import { type Command, print, printJson } from '../command.ts';
import { mustBeFree, writeImage } from '../export_files.ts';
import { type Parsed, flagText, parseFlags } from '../flags.ts';
import { plural, seconds, styleFor } from '../format.ts';
import { importFlag, importsFor, splitImports } from '../imports.ts';
import { requestOf, scenarioFlag, scenarioHelp } from '../recorded_run.ts';
import { readRunFile } from '../run_files.ts';
import { flagTimeNs } from '../time_flag.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

const name = 'export';

export const exportMember: Command = {
  name,
  summary: "write a simulated member's directory as it was at a virtual time",
  help: `usage: detcd export RUN --member n2 --at TIME DIR [options]

RUN is a trace that \`detcd run\` wrote. It is run again up to TIME, and what the member's disk would then hold after a power loss is
written to DIR, which must be empty or missing. A real etcd can be started on it.

  --member nN       whose disk
  --at TIME         a virtual time such as 12.5s or 800ms, or end (after the last reads)
  --crash MODE      what the power loss does to what was written and not synced: keep (default), drop, or tear (each 512-byte
                    sector, size and name on its own)
  --clean           no power loss: the process ends as etcd does after SIGTERM, with all that it had applied on its disk
  --import DIR...   the directories that RUN was recorded on (\`detcd import\`); they must be unchanged
${scenarioHelp}
  --json            print the result as JSON

exit codes: 0 written, 1 this build does not repeat the recorded run, or the member can't end cleanly, 2 a mistake on the command line`,
  run(args) {
    const parsed = parseFlags(name, args, {
      ...scenarioFlag,
      member: { type: 'string' },
      at: { type: 'string' },
      crash: { type: 'string' },
      clean: { type: 'boolean' },
      ...importFlag,
    });
    const { own, directories } = splitImports(parsed, 2);
    const { runPath, directory } = twoPaths(own);
    const recorded = readRunFile(runPath);
    const member = memberNumber(parsed, recorded.info.options.members);
    const mode = imageMode(parsed);
    const at = flagTimeNs(parsed, 'at');
    if (at === undefined) throw new UsageError(`detcd ${name}: say when: --at TIME, such as 12.5s or end.`);
    mustBeFree(directory);
    const imports = importsFor(name, runPath, recorded.info.options, directories);
    const run = openRun(requestOf(recorded.info, runPath, imports, flagText(parsed, 'scenario')));
    advance(run, at, recorded);
    if (!repeats(run, recorded, runPath)) return exitCodes.violation;
    const { world, processes } = run.cluster;
    const atNs = world.scheduler.nowNs;
    const process = processes[member - 1] as (typeof processes)[number];
    const wasUp = process.isUp;
    if (mode === 'clean' && wasUp && !endsCleanly(run, member)) return exitCodes.violation;
    const random = new RandomStream(`export/${recorded.info.digest}/n${member}/${atNs}`);
    const image = imageAfterCrash(process.disk, mode === 'clean' ? 'keep' : mode, random);
    writeImage(directory, image);
    const result = { member, mode, atNs, wasUp, directory, image };
    if (parsed.values['json'] === true) printJson(asJson(result));
    else printResult(result, recorded);
    return exitCodes.passed;
  },
};

type ImageMode = 'keep' | 'drop' | 'tear' | 'clean';
const crashModes: readonly ImageMode[] = ['keep', 'drop', 'tear'];

function twoPaths({ positionals }: Parsed): { readonly runPath: string; readonly directory: string } {
  const [runPath, directory, ...more] = positionals;
  if (runPath === undefined || directory === undefined) {
    const got = runPath === undefined ? 'nothing' : `only "${runPath}"`;
    throw new UsageError(`detcd ${name}: expected a trace file and a directory to write to, got ${got}.`);
  }
  if (more.length > 0) {
    throw new UsageError(
      `detcd ${name}: expected only a trace file and a directory, got also "${more.join(' ')}".`,
    );
  }
  return { runPath, directory };
}

function memberNumber(parsed: Parsed, members: number): number {
  const given = flagText(parsed, 'member');
  if (given === undefined) throw new UsageError(`detcd ${name}: say whose disk: --member n1 to n${members}.`);
  const number = Number(/^n(\d+)$/.exec(given)?.[1] ?? NaN);
  if (number >= 1 && number <= members) return number;
  throw new UsageError(`--member: expected n1 to n${members}, got "${given}".`);
}

function imageMode(parsed: Parsed): ImageMode {
  const given = flagText(parsed, 'crash');
  const clean = parsed.values['clean'] === true;
  if (clean && given !== undefined)
    throw new UsageError('--clean: means that there is no --crash; give one of them.');
  if (clean) return 'clean';
  const mode = crashModes.find((known) => known === (given ?? 'keep'));
  if (mode === undefined) throw new UsageError(`--crash: expected ${crashModes.join(', ')}, got "${given}".`);
  return mode;
}

function advance(run: OpenRun, at: number | 'end', { info }: RunFile): void {
  if (at === 'end') {
    run.finish();
    return;
  }
  const reached = run.runUntil(at);
  if (reached < at) {
    const after = `What follows, to ${seconds(info.summary.virtualNs)}, is healing and the last reads: --at end is after it.`;
    throw new UsageError(`--at: the run's load ended at ${seconds(reached)}. ${after}`);
  }
}

function repeats({ cluster }: OpenRun, recorded: RunFile, path: string): boolean {
  const { trace } = cluster.world;
  const same = firstDifference(recorded.trace, trace);
  if (same === trace.length) return true;
  const builds =
    recorded.info.build === version
      ? ''
      : ` It was recorded by build ${recorded.info.build}; this is ${version}.`;
  process.stderr.write(
    `detcd ${name}: ${path}: running it again gives another run from event ${same} on; nothing was written.${builds}\n`,
  );
  return false;
}

function endsCleanly(run: OpenRun, member: number): boolean {
  if (run.terminate(member)) return true;
  process.stderr.write(
    `detcd ${name}: n${member} can't end cleanly, its disk fails or completes nothing; nothing was written. --crash MODE works.\n`,
  );
  return false;
}

interface Exported {
  readonly member: number;
  readonly mode: ImageMode;
  readonly atNs: number;
  /** False: the member was down, so its disk is as its last crash had left it. */
  readonly wasUp: boolean;
  readonly directory: string;
  readonly image: DiskImage;
}

function asJson({ member, mode, atNs, wasUp, directory, image }: Exported): unknown {
  const files = image.files.map(({ path, bytes }) => ({ path, bytes: bytes.length }));
  return { member: `n${member}`, mode, atNs, wasUp, directory, files };
}

const modeWords: Readonly<Record<ImageMode, string>> = {
  keep: 'as a power loss leaves it that keeps what was written',
  drop: 'as a power loss leaves it that drops what was not synced',
  tear: 'as a power loss leaves it that tears what was not synced',
  clean: 'as a clean stop leaves it',
};

function printResult({ member, mode, atNs, wasUp, directory, image }: Exported, { info }: RunFile): void {
  const style = styleFor(process.stdout);
  const when = `${info.scenario} seed ${info.seed} at ${seconds(atNs)}`;
  print(`${style(`n${member} of ${when}`, 'bold')}, ${modeWords[mode]}${wasUp ? '' : ' (it was down)'}`);
  const width = Math.max(0, ...image.files.map(({ path }) => path.length));
  for (const { path, bytes } of image.files)
    print(`  ${path.padEnd(width)}  ${plural(bytes.length, 'byte')}`);
  if (image.files.length === 0) print('  nothing: the disk was empty');
  print('');
  print(`  wrote       ${plural(image.files.length, 'file')} to ${directory}`);
  print(`  look at it  npx detcd dump-logs ${directory}`);
  // Without a database there is nothing that a real etcd could go on from.
  if (image.files.some(({ path }) => path === 'member/snap/db')) {
    print(`  start it    etcd --data-dir ${directory} --force-new-cluster`);
  }
}
