import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestOf } from '../../scenarios/cli/recorded_run.ts';
import { readRunFile } from '../../scenarios/cli/run_files.ts';
import { openRun } from '../../sim/run.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import { memberDirectory } from './member_directory.ts';
import { detcdHere } from './run_here.ts';
import { storeOf, writeImage } from '../storage/directories.ts';

let folder = '';
const at = (name: string): string => join(folder, name);
const short = ['--duration', '3s', '--clients', '2'];

function ran(...args: string[]): string {
  const { code, out, err } = detcdHere(...args);
  expect(err).toBe('');
  expect(code).toBe(0);
  return out;
}

/** The hash that a running member has of what it applied, and its revision. */
interface Held {
  readonly revision: number;
  readonly hashKv: number;
}
const held: Held[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'detcd-import-'));
  ran('run', 'long-way-back', '--seed', '2', '--duration', '4s', '--out', at('source'));
  const trace = at('source/trace.detcd');
  const run = openRun(requestOf(readRunFile(trace).info, trace, []));
  run.finish();
  for (const member of [1, 2, 3]) {
    ran('export', trace, '--member', `n${member}`, '--at', 'end', '--clean', at(`n${member}`));
    const store = storeOf(run.cluster, member);
    held.push({ revision: store.currentRevision, hashKv: store.hashKv().hash });
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

interface ImportedInfo extends RunInfo {
  readonly opened: readonly (Held & { readonly member: string; readonly name: string })[];
}

function imported(...args: string[]): ImportedInfo {
  return JSON.parse(ran('import', ...args, '--json')) as ImportedInfo;
}

describe('detcd import', () => {
  it('opens what an exported member held, alone, runs on it, and a replay on it is the same run', () => {
    const out = ran('import', at('n2'), '--seed', '7', ...short, '--out', at('alone'));
    const { revision, hashKv } = held[1] as Held;
    expect(out).toContain('n1 is member 2 of cluster 1');
    expect(out).toMatch(new RegExp(`opened at .* revision ${revision}\\b`));
    expect(out).toContain(`HashKV ${hashKv}`);
    expect(out).toContain('PASSED');
    expect(out).toContain('goes on     alone');
    const trace = at('alone/trace.detcd');
    expect(ran('replay', trace, '--import', at('n2'))).toContain('SAME');
    const { info } = readRunFile(trace);
    expect(info.options.members).toBe(1);
    expect(info.options.imported).toMatchObject([{ member: '2', cluster: '1' }]);
    expect(JSON.stringify(info)).not.toContain(folder);
    expect(info.summary.revision).toBeGreaterThan(revision);
    const again = /again\s+npx detcd (.*)/.exec(out)?.[1] ?? '';
    const repeated = JSON.parse(ran(...again.split(' '), '--no-out', '--json')) as RunInfo;
    expect(repeated.digest).toBe(info.digest);
  });

  it('opens all members of a cluster together, in whatever order they are named, and nothing in them is changed', () => {
    const names = ['n1', 'n2', 'n3'];
    const before = names.map((name) => filesOf(at(name)));
    const run = imported(at('n3'), at('n1'), at('n2'), ...short, '--out', at('together'));
    expect(run.options.members).toBe(3);
    expect(run.verdict.passed).toBe(true);
    expect(run.opened.map(({ member }) => member)).toEqual(['1', '2', '3']);
    expect(run.opened.map(({ revision, hashKv }) => ({ revision, hashKv }))).toEqual(held);
    expect(imported(...names.map(at), ...short, '--no-out').digest).toBe(run.digest);
    expect(names.map((name) => filesOf(at(name)))).toEqual(before);
    const trace = at('together/trace.detcd');
    expect(ran('replay', '--import', at('n2'), trace, at('n1'), at('n3'))).toContain('SAME');
  });

  it('runs what it is told to, and finds on a directory what it finds without', () => {
    const args = ['--scenario', 'majority-crash', '--no-out', '--json', '--duration', '8s'];
    const found = ['1', '2', '3', '4'].map((seed) => {
      const buggy = ['--bug', 'respond-before-fsync', '--seed', seed];
      const { code, out } = detcdHere('import', at('n1'), ...args, ...buggy);
      const run = JSON.parse(out) as ImportedInfo;
      expect(run.scenario).toBe('majority-crash');
      expect(code).toBe(run.verdict.passed ? 0 : 1);
      return !run.verdict.passed;
    });
    expect(found).toContain(true);
  });

  it('keeps the clients to keys of their own: what a directory holds under theirs is no news to them', () => {
    // The source run wrote key0 to key4, which every workload uses.
    expect(ran('dump-db', at('n1'), 'key')).toContain('"key1"');
    const { verdict, linearizations } = imported(at('n1'), ...short, '--no-out');
    expect(verdict.passed).toBe(true);
    const keys = linearizations.map(({ key }) => key).filter((key) => key !== 'detcd-final');
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key).toMatch(/^detcd\/[0-9a-f]{8}\/key\d$/);
  });

  it('gives directories back: an export of an import can be imported', () => {
    ran('import', at('n3'), ...short, '--out', at('first'));
    const trace = at('first/trace.detcd');
    const { code, err } = detcdHere('export', trace, '--member', 'n1', '--at', '2s', at('second'));
    expect(err).toContain('name them with --import DIR...: member 3 of cluster 1 with');
    expect(code).toBe(2);
    expect(existsSync(at('second'))).toBe(false);
    ran('export', trace, '--member', 'n1', '--at', '2s', at('second'), '--clean', '--import', at('n3'));
    const run = imported(at('second'), ...short, '--no-out');
    expect(run.verdict.passed).toBe(true);
    expect(run.opened[0]?.revision).toBeGreaterThan((held[2] as Held).revision);
  });

  it('with --check says what is there, and why a member could not start', () => {
    const out = ran('import', at('n1'), at('n2'), at('n3'), '--check');
    expect(out.match(/^FIT/gm)).toHaveLength(3);
    expect(out).toContain('members    1 2 3');
    cpSync(at('n1'), at('broken'), { recursive: true });
    rmSync(at('broken/member/snap/db'));
    for (const args of [['--check'], []]) {
      const { code, out: found, err } = detcdHere('import', at('broken'), ...args);
      expect(found).toContain('UNFIT');
      expect(found).toContain('there is no member/snap/db, and the log begins behind a snapshot');
      expect(err).toBe('');
      expect(code).toBe(1);
    }
  });

  it('says in a sentence what is wrong', () => {
    writeImage(memberDirectory(), at('foreign'));
    cpSync(at('n1'), at('twin'), { recursive: true });
    cpSync(at('n1'), at('changed'), { recursive: true });
    const [log = ''] = readdirSync(at('changed/member/wal'));
    writeFileSync(at(`changed/member/wal/${log}`), filesOf(at('n1')).get(`member/wal/${log}`) ?? '');
    rmSync(at('changed/member/snap/db'));
    cpSync(at('n2/member/snap/db'), at('changed/member/snap/db'));
    ran('import', at('n1'), ...short, '--out', at('judged'));
    const trace = at('judged/trace.detcd');
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['import'], 'expected a data directory, got nothing'],
      [['import', at('none')], 'no such file or directory'],
      [['import', at('n1/member')], 'expected the data directory itself, the one that holds member/'],
      [['import', at('n1'), '--members', '3'], 'unknown flag --members'],
      [['import', at('n1'), '--scenario', 'calm'], 'there is no scenario "calm". Did you mean calm-days?'],
      [['import', at('n1'), at('twin')], `${at('n1')} and ${at('twin')} are both of member 1`],
      [['import', at('n1'), at('foreign')], 'expected members of one cluster'],
      [['import', at('n3'), at('n1')], 'or of one that goes on alone; missing: 2'],
      [['replay', trace], 'was recorded on imported directories; name them with --import DIR...: member 1'],
      [['replay', trace, '--import'], '--import needs a value'],
      [['replay', trace, '--import', at('n2')], `${at('n2')} is not what ${trace} was recorded on`],
      [['replay', trace, '--import', at('changed')], 'is not what'],
      [['replay', trace, '--import', at('n1'), at('n2'), at('n3')], 'recorded on 1 directory, got 3'],
      [
        ['replay', at('source/trace.detcd'), '--import', at('n1')],
        'was not recorded on imported directories',
      ],
    ];
    for (const [args, sentence] of cases) {
      const { code, out, err } = detcdHere(...args);
      expect(err).toContain(sentence);
      expect(err).not.toMatch(/\n\s+at /);
      expect(out).toBe('');
      expect(code).toBe(2);
    }
  });
});

function filesOf(directory: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const name of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const path = join(name.parentPath, name.name);
    files.set(path.slice(directory.length + 1), readFileSync(path));
  }
  return files;
}
