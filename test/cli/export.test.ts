import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noSnapshot, verifyWal } from '../../core/wal/index.ts';
import { ReadOnlyDisk } from '../../core/node/read_only_disk.ts';
import { findScenario } from '../../scenarios/catalogue.ts';
import { examine } from '../../scenarios/cli/import_directory.ts';
import { requestOf } from '../../scenarios/cli/recorded_run.ts';
import { readRunFile } from '../../scenarios/cli/run_files.ts';
import { encodeRunFile } from '../../sim/trace/codec.ts';
import { imageAfterCrash } from '../../sim/disk/image.ts';
import { RandomStream } from '../../sim/random.ts';
import { openRun, runScenario } from '../../sim/run.ts';
import { firstDifference } from '../../sim/trace/compare.ts';
import { detcdHere } from './run_here.ts';

let folder = '';
let trace = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'detcd-export-'));
  const sizes = ['--members', '3', '--clients', '2', '--duration', '4s'];
  detcdHere('run', 'rolling-restart', '--seed', '3', ...sizes, '--out', join(folder, 'run'));
  trace = join(folder, 'run', 'trace.detcd');
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

function exported(
  name: string,
  ...options: string[]
): { readonly files: Map<string, Uint8Array>; readonly out: string } {
  const { code, out, err } = detcdHere('export', trace, ...options, at(name));
  expect(err).toBe('');
  expect(code).toBe(0);
  const files = new Map<string, Uint8Array>();
  for (const [, path = ''] of out.matchAll(/^ {2}(member\/\S+)/gm))
    files.set(path, readFileSync(join(at(name), path)));
  return { files, out };
}

const request = () => {
  const scenario = findScenario('power-failure');
  if (scenario === undefined) throw new Error('no such scenario');
  return { scenario, seed: '5', members: 3, clients: 2, durationMs: 4000 };
};

describe('a run that is opened', () => {
  it('is the run: at any time its events are the first ones of the whole run', () => {
    const whole = runScenario(request());
    const run = openRun(request());
    for (const atNs of [0, 700_000_001, 700_000_001, 2_345_678_901, 4_000_000_000]) {
      expect(run.runUntil(atNs)).toBe(atNs);
      const { trace: part } = run.cluster.world;
      expect(firstDifference(whole.trace, part)).toBe(part.length);
    }
    expect(run.runUntil(5_000_000_000)).toBe(4_000_000_000);
    run.finish();
    const { trace: end, scheduler } = run.cluster.world;
    expect(firstDifference(whole.trace, end)).toBe(end.length);
    expect(scheduler.nowNs).toBe(whole.info.summary.virtualNs);
  });

  it('is not disturbed by looking at a disk', () => {
    const [plain, watched] = [openRun(request()), openRun(request())];
    for (let atNs = 0; atNs <= 3_000_000_000; atNs += 150_000_000) {
      plain.runUntil(atNs);
      watched.runUntil(atNs);
      for (const mode of ['keep', 'drop', 'tear'] as const) {
        imageAfterCrash(
          (watched.cluster.processes[1] as (typeof watched.cluster.processes)[0]).disk,
          mode,
          new RandomStream('look'),
        );
      }
    }
    expect(watched.cluster.world.trace.digestText).toBe(plain.cluster.world.trace.digestText);
  });
});

describe('detcd export', () => {
  it("writes a member's directory that opens, with modes that etcd accepts, the same every time", () => {
    const first = exported('first', '--member', 'n2', '--at', '2.5s');
    expect(first.out).toContain('n2 of rolling-restart seed 3 at 2.500 s');
    expect([...first.files.keys()].some((path) => path.endsWith('.wal'))).toBe(true);
    const mode = (path: string) => statSync(join(at('first'), path)).mode & 0o777;
    expect(['', 'member', 'member/wal'].map(mode)).toEqual([0o700, 0o700, 0o700]);
    for (const path of first.files.keys()) expect(mode(path)).toBe(0o600);
    expect(verifyWal(new ReadOnlyDisk(at('first')), 'member/wal', noSnapshot).entryCount).toBeGreaterThan(3);
    const dumped = detcdHere('dump-logs', at('first'));
    expect(dumped.code).toBe(0);
    expect(dumped.out).toContain('put "key');
    const second = exported('second', '--member', 'n2', '--at', '2500ms', '--crash', 'keep');
    expect(second.files).toEqual(first.files);
  });

  it('follows time: a later log goes on from an earlier one, to the end of the run', () => {
    const entries = (name: string) =>
      (
        JSON.parse(detcdHere('dump-logs', at(name), '--json').out) as {
          entries: { index: number; term: number }[];
        }
      ).entries;
    exported('early', '--member', 'n1', '--at', '1s');
    exported('late', '--member', 'n1', '--at', '3.75s');
    exported('end', '--member', 'n1', '--at', 'end');
    const [early, late, end] = [entries('early'), entries('late'), entries('end')];
    expect(late.length).toBeGreaterThan(early.length);
    expect(end.length).toBeGreaterThan(late.length);
    expect(detcdHere('dump-logs', at('end')).out).toContain('put "detcd-final"');
  });

  it('loses what the way of the crash loses', () => {
    const run = openRun(requestOf(readRunFile(trace).info, trace, []));
    const { disk } = run.cluster.processes[0] as (typeof run.cluster.processes)[0];
    let ms = 1000;
    while (!disk.hasUnsynced() && ms < 4000) run.runUntil(++ms * 1_000_000);
    const bytes = (name: string, ...how: string[]) => {
      const { files } = exported(name, '--member', 'n1', '--at', `${ms}ms`, ...how);
      return [...files.values()].reduce((sum, file) => sum + file.length, 0);
    };
    const kept = bytes('keep', '--crash', 'keep');
    expect(bytes('drop', '--crash', 'drop')).toBeLessThan(kept);
    expect(bytes('tear', '--crash', 'tear')).toBeLessThanOrEqual(kept);
  });

  it('with --clean leaves what etcd leaves after SIGTERM: the database holds all that was applied', () => {
    const run = openRun(requestOf(readRunFile(trace).info, trace, []));
    const process = run.cluster.processes[0] as (typeof run.cluster.processes)[0];
    const savedOf = (name: string) => examine(new ReadOnlyDisk(at(name))).appliedIndex ?? 0;
    // Soon after it has applied something, which the backend commits some time later.
    let ms = 1500;
    run.runUntil(ms * 1_000_000);
    const { appliedIndex } = process.requireMember();
    const applied = (): number => process.member?.appliedIndex ?? 0;
    while (applied() <= appliedIndex && ms < 4000) run.runUntil(++ms * 1_000_000);
    const when = ['--member', 'n1', '--at', `${ms}ms`];
    exported('kept', ...when, '--crash', 'keep');
    const { out } = exported('cleaned', ...when, '--clean');
    expect(out).toContain(', as a clean stop leaves it');
    expect(savedOf('kept')).toBeLessThan(applied());
    expect(savedOf('cleaned')).toBe(applied());
  });

  it('refuses to run a trace that this build does not repeat', () => {
    const file = readRunFile(trace);
    const other = { ...file, info: { ...file.info, seed: '4', build: '0.0.1' } };
    writeFileSync(at('other.detcd'), encodeRunFile(other));
    const { code, err, out } = detcdHere(
      'export',
      at('other.detcd'),
      '--member',
      'n1',
      '--at',
      '1s',
      at('none'),
    );
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(
      /running it again gives another run from event \d+ on; nothing was written\. It was recorded by build 0\.0\.1/,
    );
    expect(() => statSync(at('none'))).toThrow('ENOENT');
  });

  it('says in a sentence what is wrong', () => {
    mkdirSync(at('full/inside'), { recursive: true });
    const good = ['--member', 'n1', '--at', '1s'];
    const cases: readonly (readonly [readonly string[], string])[] = [
      [[at('new')], 'say whose disk: --member n1 to n3'],
      [['--member', 'n4', '--at', '1s', at('new')], '--member: expected n1 to n3, got "n4"'],
      [['--member', '1', '--at', '1s', at('new')], '--member: expected n1 to n3, got "1"'],
      [['--member', 'n1', at('new')], 'say when: --at TIME'],
      [['--member', 'n1', '--at', 'noon', at('new')], '--at: expected a virtual time such as 12.5s'],
      [['--member', 'n1', '--at', '1.5', at('new')], '--at: expected a virtual time'],
      [['--member', 'n1', '--at', '5s', at('new')], "--at: the run's load ended at 4.000 s"],
      [[...good, '--crash', 'burn', at('new')], '--crash: expected keep, drop, tear, got "burn"'],
      [[...good, '--crash', 'drop', '--clean', at('new')], '--clean: means that there is no --crash'],
      [[...good, at('full')], 'full: is not empty'],
      [[...good, trace], 'expected a directory, found a file'],
    ];
    for (const [options, sentence] of cases) {
      const { code, out, err } = detcdHere('export', trace, ...options);
      expect(err).toContain(sentence);
      expect(err).not.toMatch(/\n\s+at /);
      expect(out).toBe('');
      expect(code).toBe(2);
    }
  });

  it('says it as JSON', () => {
    const { out } = detcdHere('export', trace, '--member', 'n3', '--at', '1.25s', at('json'), '--json');
    expect(JSON.parse(out)).toMatchObject({
      member: 'n3',
      mode: 'keep',
      atNs: 1_250_000_000,
      directory: at('json'),
    });
  });
});
