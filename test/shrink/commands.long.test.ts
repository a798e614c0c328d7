import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeRunFile, encodeRunFile } from '../../sim/trace/codec.ts';
import { detcdHere } from '../cli/run_here.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'detcd-shrink-'));
  detcdHere('run', 'power-failure', '--seed', '30', ...small, ...bug, '--out', join(folder, 'red'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const small = ['--members', '3', '--clients', '2', '--duration', '3s'];
const bug = ['--bug', 'respond-before-fsync'];

function read(path: string) {
  return decodeRunFile(gunzipSync(readFileSync(path)));
}

describe('detcd shrink', () => {
  it('makes a trace smaller, says what is left, and writes a file that replays', () => {
    const red = join(folder, 'red', 'trace.detcd');
    const out = join(folder, 'small');
    const shrunk = detcdHere('shrink', red, '--time', '6s', '--out', out);
    expect(shrunk).toMatchObject({ code: 0, err: '' });
    expect(shrunk.out).toMatch(/before {2}9 interventions, 3 members, 2 clients, 3s/);
    expect(shrunk.out).toMatch(/tried {3}[\d,]+ runs? in [\d.]+ s, [\d,]+ of them with the same violation/);
    expect(shrunk.out).toMatch(/(Nothing more|time was up)/);
    expect(shrunk.out).toContain(`again   npx detcd replay ${join(out, 'trace.detcd')}`);
    const { info } = read(join(out, 'trace.detcd'));
    expect(info.interventions.length).toBeLessThan(read(red).info.interventions.length);
    const again = detcdHere('replay', join(out, 'trace.detcd'));
    expect(again.code).toBe(1);
    expect(again.out).toContain('SAME');
  });

  it('takes a scenario and a seed, and prints JSON', () => {
    const args = ['shrink', 'power-failure', '--seed', '30', ...small, ...bug];
    const { code, out } = detcdHere(...args, '--time', '1s', '--no-out', '--json');
    expect(code).toBe(0);
    const told = JSON.parse(out) as {
      before: object;
      left: string[];
      violation: { check: string };
      files: null;
    };
    expect(told.before).toEqual({ members: 3, clients: 2, durationMs: 3000, interventions: 9 });
    expect(told.violation.check).toBe('linearizability');
    expect(told.files).toBe(null);
  });

  it('finds the same in one thread and in three', { timeout: 1_200_000 }, () => {
    const shrunk = (jobs: string) => {
      const args = ['shrink', 'power-failure', '--seed', '30', ...small, ...bug, '--time', '20m'];
      const { code, out } = detcdHere(...args, '--no-out', '--json', '--jobs', jobs);
      expect(code).toBe(0);
      return JSON.parse(out) as { tried: number; accepted: number; info: { digest: string } };
    };
    const [one, three] = [shrunk('1'), shrunk('3')];
    expect(three.info.digest).toBe(one.info.digest);
    expect([three.tried, three.accepted]).toEqual([one.tried, one.accepted]);
  });

  it('has nothing to do for a run that passes', () => {
    const { code, err } = detcdHere(
      'shrink',
      'split-vote',
      '--members',
      '1',
      '--clients',
      '1',
      '--duration',
      '1s',
    );
    expect(err).toBe('detcd shrink: the run passes: there is no violation to keep.\n');
    expect(code).toBe(1);
  });
});

describe('detcd fork', () => {
  const crash = ['--intervene', '{"kind":"crash","member":2,"mode":"drop"}'];

  it('goes on otherwise from a time, and writes a file that replays', () => {
    const args = [
      'fork',
      'rolling-restart',
      ...small,
      '--at',
      '1.5s',
      ...crash,
      '--out',
      join(folder, 'fork'),
    ];
    const { out } = detcdHere(...args, '--intervene', '{"kind":"note","text":"later","atMs":2000.5}');
    expect(out).toMatch(/fork {8}fork-1\.5s, at 1\.500 s of the run with digest [0-9a-f]{16}/);
    expect(out).toContain('1.500000 s world intervene text={"kind":"crash","member":2,"mode":"drop"}');
    const { info } = read(join(folder, 'fork', 'trace.detcd'));
    expect(info.interventions).toContainEqual({
      atNs: 1_500_000_000,
      kind: 'crash',
      member: 2,
      mode: 'drop',
    });
    expect(info.interventions).toContainEqual({ atNs: 2_000_500_000, kind: 'note', text: 'later' });
    expect(detcdHere('replay', join(folder, 'fork', 'trace.detcd')).out).toContain('SAME');
  });

  it('is the run itself without a change', () => {
    const args = ['fork', 'rolling-restart', ...small, '--at', '1s', '--no-out'];
    for (const rest of ['recorded', 'nemesis']) {
      expect(detcdHere(...args, '--rest', rest).out).toContain('nowhere: it is the same run');
    }
    expect(detcdHere(...args, '--rest', 'nothing').out).toMatch(/differs {5}from event \d+ on/);
  });
});

describe('a list that was written by hand', () => {
  it('is refused in a sentence if it names a member that is not there', () => {
    const { info, trace } = read(join(folder, 'red', 'trace.detcd'));
    const interventions = [{ atNs: 5, kind: 'pause', member: 4 } as const, ...info.interventions];
    const path = join(folder, 'written.detcd');
    writeFileSync(path, encodeRunFile({ info: { ...info, interventions }, trace }));
    for (const command of ['replay', 'shrink']) {
      const { code, err, out } = detcdHere(command, path);
      expect(err).toContain(
        'pause: expected member to be the number of a member (the run has members 1 to 3), got 4',
      );
      expect({ code, out }).toEqual({ code: 2, out: '' });
    }
  });
});

it.each([
  [['shrink'], 'expected a trace file or the name of a scenario, got nothing'],
  [['shrink', 'missing.detcd'], "missing.detcd: can't read it: no such file or directory"],
  [['shrink', 'nonsense'], 'there is no scenario "nonsense"'],
  [['shrink', './x.detcd', '--seed', '3'], '--seed: ./x.detcd is a trace, which says itself which run it is'],
  [['shrink', 'split-vote', '--time', 'soon'], '--time: expected a time'],
  [['shrink', 'split-vote', '--import', 'x'], '--import: only with a trace that was recorded on directories'],
  [['fork', 'split-vote'], '--at: expected the virtual time of the fork'],
  [['fork', 'split-vote', '--at', 'end'], '--at: expected the virtual time of the fork'],
  [['fork', 'split-vote', '--at', '99h'], 'the load goes on from 1 ns to'],
  [
    ['fork', 'split-vote', '--at', '1s', '--rest', 'all'],
    '--rest: expected one of recorded, nothing, nemesis',
  ],
  [
    ['fork', 'split-vote', '--at', '1s', '--name', 'a/b'],
    "--name: expected letters, digits, '-', '_' and '.'",
  ],
  [['fork', 'split-vote', '--at', '1s', '--intervene', '{'], '--intervene: expected JSON such as'],
  [['fork', 'split-vote', '--at', '1s', '--intervene', '[]'], '--intervene: expected JSON such as'],
  [
    ['fork', 'split-vote', '--at', '1s', '--intervene', '{"kind":"zap"}'],
    'expected kind to be one of crash,',
  ],
  [
    ['fork', 'split-vote', '--duration', '2s', '--at', '1s', '--intervene', '{"kind":"heal","atMs":3}'],
    'a fork at 1000000000 ns changes nothing before its own time',
  ],
  [['explore', 'split-vote'], 'expected only flags, got "split-vote"'],
  [['explore', '--members', '9'], '--members: expected a whole number from 1 to 4, got "9"'],
  [['explore', '--bug', 'gremlin'], 'there is no planted bug "gremlin"'],
  [['explore', '--runs', '3'], '--runs: only with --guided SCENARIO'],
  [['explore', '--guided', 'split-vote', '--depth', '3'], '--depth: not with --guided'],
])('answers %j with a sentence and exit code 2', (args, sentence) => {
  const { code, out, err } = detcdHere(...args);
  expect(err).toContain(sentence);
  expect(err).not.toMatch(/\n\s+at /);
  expect({ code, out }).toEqual({ code: 2, out: '' });
});

describe('detcd explore', () => {
  it('tells how far it looked', () => {
    const { code, out } = detcdHere('explore', '--depth', '4');
    expect(code).toBe(0);
    expect(out).toContain('HOLDS  on every path of 4 actions');
    expect(out).toMatch(/states {6}\d+ different ones/);
  });

  it('tells the shortest way to a violation', () => {
    const { code, out } = detcdHere('explore', '--bug', 'respond-before-fsync', '--proposals', '0');
    expect(code).toBe(1);
    expect(out).toMatch(/VIOLATED {2}election safety: n\d and n\d lead in term 2\n {4}1 {2}n\d campaigns\n/);
  });

  it('compares runs that were led with runs of new seeds', () => {
    const args = ['explore', '--guided', 'crash-storm', '--runs', '3', ...small];
    const { code, out } = detcdHere(...args, '--json');
    expect(code).toBe(0);
    const { parts } = JSON.parse(out) as { parts: { part: string; runs: number; states: number }[] };
    expect(parts.map(({ part, runs }) => [part, runs])).toEqual([
      ['guided', 3],
      ['new seeds', 3],
    ]);
    for (const { states } of parts) expect(states).toBeGreaterThan(10);
    expect(detcdHere(...args, '--json').out).toBe(out);
  });
});
