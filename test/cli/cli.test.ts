import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Ran, bin, detcdHere, detcdIn } from './run_here.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'detcd-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function detcd(...args: string[]): Ran {
  return detcdIn(folder, ...args);
}

const short = ['--members', '3', '--clients', '2', '--duration', '3s'];

describe('detcd', () => {
  it('helps: alone, with --help, and per command', () => {
    expect(detcd().code).toBe(2);
    expect(detcdHere('--help')).toMatchObject({ code: 0, err: '' });
    for (const command of [
      'list',
      'run',
      'replay',
      'swarm',
      'report',
      'diff',
      'check',
      'dump-logs',
      'dump-db',
      'export',
      'import',
    ]) {
      const { code, out } = detcdHere(command, '--help');
      expect(code).toBe(0);
      expect(out).toContain(`usage: detcd ${command}`);
    }
    expect(detcd('--version').out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('lists at least six scenarios, for people and as JSON', () => {
    const names = (JSON.parse(detcdHere('list', '--json').out) as { name: string }[]).map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(6);
    const { out } = detcdHere('list');
    for (const name of names) expect(out).toContain(name);
  });

  it('runs, writes a trace and a timeline, and prints how to do it again', () => {
    const { code, out, err } = detcd('run', 'leader-isolated', '--seed', '3', ...short, '--out', 'first');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('PASSED');
    const again = /again\s+npx detcd (.*)/.exec(out)?.[1] ?? '';
    const digest = /digest ([0-9a-f]{16})/.exec(out)?.[1] ?? 'none';
    const repeated = detcd(...again.split(' '), '--no-out', '--json');
    expect((JSON.parse(repeated.out) as { digest: string }).digest).toBe(digest);
    const page = readFileSync(join(folder, 'first', 'timeline.html'), 'utf8');
    expect(page).toContain(readFileSync(join(folder, 'first', 'trace.detcd')).toString('base64'));
  });

  it('finds the planted bug, says so in words, and the printed line and the trace are red again', () => {
    const first = detcd(
      'run',
      'power-failure',
      '--seed',
      '12',
      '--bug',
      'respond-before-fsync',
      '--out',
      'red',
    );
    expect(first.code).toBe(1);
    expect(first.out).toMatch(/VIOLATED {2}linearizability/);
    // However the lines break.
    const said = first.out.replaceAll(/\s+/g, ' ');
    expect(said).toMatch(/get\(key\d\) = .* by c\d began at [\d.]+ ms, after .* had returned at/);
    const again = /again\s+npx detcd (.*)/.exec(first.out)?.[1] ?? '';
    const second = detcdHere(...again.split(' '), '--no-out');
    expect(second.code).toBe(1);
    const digest = /digest ([0-9a-f]{16})/;
    expect(digest.exec(second.out)?.[1]).toBe(digest.exec(first.out)?.[1]);
    const replayed = detcdHere('replay', join(folder, 'red', 'trace.detcd'));
    expect(replayed.code).toBe(1);
    expect(replayed.out).toContain('SAME');
  });

  it('replays a trace to the same digest, gzipped or not', () => {
    detcd('run', 'rolling-restart', ...short, '--out', 'replayed');
    const trace = join(folder, 'replayed', 'trace.detcd');
    const { code, out } = detcd('replay', trace);
    expect(out).toContain('SAME');
    expect(code).toBe(0);
    writeFileSync(join(folder, 'raw.detcd'), gunzipSync(readFileSync(trace)));
    expect(
      (JSON.parse(detcdHere('replay', join(folder, 'raw.detcd'), '--json').out) as { same: boolean }).same,
    ).toBe(true);
  });

  it('checks determinism in one process and across two', () => {
    const { code, out } = detcd('check', '--determinism', 'crash-storm', '--seed', '5', ...short, '--json');
    expect(code).toBe(0);
    const { same, digests } = JSON.parse(out) as { same: boolean; digests: Record<string, string> };
    expect(same).toBe(true);
    expect(new Set(Object.values(digests)).size).toBe(1);
  });

  it('ends quietly when whoever reads its output has seen enough', () => {
    // More than a pipe holds.
    expect(detcdHere('bugs', '--json').out.length).toBeGreaterThan(70_000);
    const line = `"${process.execPath}" "${bin}" bugs --json | head -c 1`;
    const { stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: '{', stderr: '' });
  });

  it.each([
    [['frobnicate'], 'there is no command "frobnicate"'],
    [['run'], 'expected the name of a scenario, got nothing'],
    [['run', 'leader-isolate'], 'there is no scenario "leader-isolate". Did you mean leader-isolated?'],
    [['run', 'nonsense'], 'there is no scenario "nonsense". `detcd list` shows all of them.'],
    [['run', 'split-vote', 'split-vote'], 'got also "split-vote"'],
    [['run', 'split-vote', '--sed', '3'], 'unknown flag --sed'],
    [['run', 'split-vote', '--seed'], '--seed needs a value'],
    [['run', 'split-vote', '--json=yes'], '--json takes no value'],
    [['run', 'split-vote', '--seed', '-4'], '--seed'],
    [
      ['run', 'split-vote', '--seed', 'x'],
      '--seed: expected a whole number from 0 to 9007199254740991, got "x"',
    ],
    [['run', 'split-vote', '--members', '0'], '--members: expected a whole number from 1 to 51, got "0"'],
    [
      ['run', 'split-vote', '--members', '1000'],
      '--members: expected a whole number from 1 to 51, got "1000"',
    ],
    [['run', 'split-vote', '--clients', '1e9'], '--clients: expected a whole number'],
    [['run', 'split-vote', '--duration', '30'], '--duration: expected a time from 1s to 24h'],
    [['run', 'split-vote', '--duration', '999h'], '--duration: expected a time from 1s to 24h'],
    [
      ['run', 'split-vote', '--bug', 'gremlin'],
      'there is no planted bug "gremlin". Known: index-before-data',
    ],
    [['list', 'extra'], 'expected no arguments, got "extra"'],
    [['check', 'split-vote'], 'say what to check: --determinism'],
    [['replay'], 'expected a trace file, got nothing'],
    [['replay', 'missing.detcd'], "missing.detcd: can't read it: no such file or directory"],
    [['replay', '.'], '.: expected a trace file, found a directory'],
  ])('answers %j with a sentence and exit code 2', (args, sentence) => {
    const { code, out, err } = detcdHere(...args);
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/\n\s+at /);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  it('names a damaged or foreign file, what was expected and what was found', () => {
    detcd('run', 'split-vote', ...short, '--out', 'sound');
    const sound = gunzipSync(readFileSync(join(folder, 'sound', 'trace.detcd')));
    const damaged = Buffer.from(sound);
    const inRunInfo = 200;
    damaged[inRunInfo] = (damaged[inRunInfo] as number) ^ 0x10;
    const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
      [
        'bits.detcd',
        gzipSync(damaged),
        /^bits\.detcd: damaged in section "run info": expected crc [0-9a-f]+, found [0-9a-f]+\n$/,
      ],
      ['cut.detcd', sound.subarray(0, 100), /^cut\.detcd: cut short in section/],
      ['gzip.detcd', gzipSync(sound).subarray(0, 200), /^gzip\.detcd: damaged: expected a whole gzip stream/],
      [
        'foreign.png',
        Buffer.from('\u0089PNG\r\n'),
        /^foreign\.png: not a detcd trace: expected it to begin with "detcdtrc"/,
      ],
      ['empty', Buffer.alloc(0), /^empty: not a detcd trace: .* found an empty file/],
    ];
    for (const [name, bytes, message] of cases) {
      writeFileSync(join(folder, name), bytes);
      const { code, err } = detcdHere('replay', join(folder, name));
      expect(err.replace(`${folder}/`, '')).toMatch(message);
      expect(code).toBe(2);
    }
  });

  it('says why it can not write', () => {
    writeFileSync(join(folder, 'in-the-way'), '');
    const { code, err } = detcd('run', 'split-vote', ...short, '--out', 'in-the-way');
    expect(err).toMatch(/^--out in-the-way: can't write there: /);
    expect(code).toBe(2);
  });
});
