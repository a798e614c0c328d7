import { describe, expect, it } from 'vitest';
import { defaultLinks } from '../../sim/limits.ts';
import { type RunRequest, runScenario } from '../../sim/run.ts';
import { renumbered } from '../../sim/shrink/members.ts';
import { targetOf } from '../../sim/shrink/search.ts';
import { ShrinkError, type Shrunk, shrink } from '../../sim/shrink/shrink.ts';
import { plainer } from '../../sim/shrink/simplify.ts';
import { leftInWords, loadCalls } from '../../sim/shrink/words.ts';
import { decodeRunFile, encodeRunFile } from '../../sim/trace/codec.ts';
import type { Intervention, InterventionAction } from '../../sim/trace/run_info.ts';
import { red, tiny } from './tiny.ts';

const failing: RunRequest = { scenario: tiny, seed: '3', bugs: ['respond-before-fsync'] };
const always = { goOn: () => true };

function replayed({ file }: Shrunk) {
  const { info } = decodeRunFile(encodeRunFile(file));
  const { members, clients, durationMs, load } = info.options;
  const { interventions } = info;
  return runScenario({ ...failing, members, clients, durationMs, interventions, load: load ?? [] });
}

/** One of every kind: none of them has to do with the planted bug. */
const everyKind: readonly InterventionAction[] = [
  { kind: 'note', text: 'all sorts of things' },
  { kind: 'goal', goal: 'a goal' },
  { kind: 'pause', member: 2 },
  { kind: 'resume', member: 2 },
  { kind: 'cut', from: [1], to: [2, 3] },
  { kind: 'hold', from: [2], to: [1] },
  { kind: 'mend', from: [2], to: [1] },
  { kind: 'heal' },
  { kind: 'links', ...defaultLinks, duplicatePer10k: 100 },
  { kind: 'disk', member: 3, syncMinNs: 1000, syncMeanNs: 5000, lyingSync: false },
  { kind: 'diskStall', member: 3 },
  { kind: 'diskRelease', member: 3 },
  { kind: 'diskFaults', member: 3, faults: { bytesPerSecond: 1_000_000 } },
  { kind: 'diskFaults', member: 3, faults: {} },
  { kind: 'stop', member: 3 },
  { kind: 'crash', member: 3, mode: 'keep' },
  { kind: 'crash', member: 2, mode: 'keep' },
  { kind: 'atlas', mode: 'recoverable' },
  { kind: 'diskSwap', members: [2, 3] },
  { kind: 'diskSwap', members: [3, 2] },
  { kind: 'restart', member: 3 },
  { kind: 'restart', member: 2 },
  { kind: 'failpoint', member: 3, site: 'raftBeforeSave', skip: 1_000_000 },
  { kind: 'admin', via: 1, request: 'moveLeader', member: 2 },
  { kind: 'hold', from: [1], to: [2, 3], only: ['MsgApp', 'MsgVote'] },
  { kind: 'letThrough', from: [1], to: [2], how: 'reversed', only: ['MsgApp', 'MsgVote'] },
  { kind: 'cut', from: [3], to: [1], only: ['MsgHeartbeatResp'] },
  { kind: 'repeat', from: [1, 2], to: [3], type: 'MsgApp', last: 3 },
  {
    kind: 'link',
    from: [1],
    to: [2],
    settings: { bytesPerSecond: 100_000, queueBytes: 1000, corruptPer10k: 1 },
  },
  { kind: 'clog', from: [1, 2], to: [3], forNs: 1_000_000 },
  { kind: 'slowClient', client: 1, takeEveryMs: 10 },
  { kind: 'call', client: 2, request: { kind: 'grant', lease: 3, ttlSeconds: 9, keep: true } },
  { kind: 'call', client: 1, request: { kind: 'get', key: 'a', serializable: true, via: 3 } },
  { kind: 'call', client: 2, request: { kind: 'stopKeeping', lease: 3 } },
  { kind: 'slowClient', client: 1, takeEveryMs: 0 },
  { kind: 'switchBug', member: 2, bug: 'local-reads', on: true },
  { kind: 'clockDrift', member: 1, ppm: -300_000 },
  { kind: 'clockFreeze', member: 1 },
  { kind: 'clockThaw', member: 1 },
  { kind: 'clockStep', member: 1, byNs: 2_000_000_000_000 },
  { kind: 'disarm', member: 3 },
];

// Many runs each: on a machine that is busy with something else they take their time.
describe('a failing run', { timeout: 120_000 }, () => {
  it('becomes small, keeps its violation, and replays', () => {
    // Its first violation needs no fault at all.
    const check = 'promises outlive a crash';
    const shrunk = shrink(failing, { ...always, check });
    expect(shrunk.exhausted).toBe(true);
    expect(shrunk.before.interventions.length).toBeGreaterThan(3);
    expect(shrunk.after.interventions.length).toBeLessThanOrEqual(4);
    expect(shrunk.after.durationMs).toBeLessThanOrEqual(4000);
    expect(loadCalls(shrunk.file).length).toBeLessThanOrEqual(6);
    const wanted = runScenario(failing).info.verdict.violations.find((each) => each.check === check);
    expect(wanted === undefined ? null : targetOf(wanted)).toEqual(targetOf(shrunk.violation));
    const again = replayed(shrunk);
    expect(again.info.digest).toBe(shrunk.file.info.digest);
    expect(again.info.verdict.violations.map(targetOf)).toContainEqual(targetOf(shrunk.violation));
    const words = leftInWords(shrunk.file, shrunk.after).join('\n');
    expect(words).toMatch(/at \d\.\d{3} s {2}crash n\d/);
    expect(words).toMatch(/at \d\.\d{3} s {2}c\d: (put|compareAndSwap|delete) key\d/);
  });

  it('is the same however often it is shrunk', () => {
    const few = (): (() => boolean) => {
      let left = 25;
      return () => left-- > 0;
    };
    const [one, two] = [few(), few()].map((goOn) => shrink(failing, { goOn }));
    expect(one?.file.info.digest).toBe(two?.file.info.digest);
    expect(one?.after).toEqual(two?.after);
  });

  it('loses every kind of fault that has nothing to do with it, and all other clients and operations', () => {
    const noise = everyKind.map((action, i): Intervention => ({
      atNs: 600_000_000 + i * 1_000_000,
      ...action,
    }));
    const request = { scenario: red, seed: '1', interventions: noise };
    const done = new Set(runScenario(request).info.interventions.map(({ kind }) => kind));
    expect([...done].sort()).toEqual([...new Set(noise.map(({ kind }) => kind))].sort());
    const { after, file } = shrink(request, always);
    expect(after.interventions).toEqual([]);
    expect(after).toMatchObject({ members: 1, clients: 1 });
    expect(loadCalls(file).map(({ line }) => line)).toEqual([expect.stringMatching(/c\d: put a = \d+$/)]);
  });

  it('says when the time was up, and still has a run that fails', () => {
    const shrunk = shrink(failing, { goOn: () => false });
    expect(shrunk).toMatchObject({ tried: 0, accepted: 0, exhausted: false });
    expect(shrunk.after).toEqual(shrunk.before);
    expect(shrunk.file.info.verdict.passed).toBe(false);
  });

  it('keeps the violation of the check that was asked for', () => {
    const { verdict } = runScenario(failing).info;
    const last = verdict.violations.at(-1)?.check ?? '';
    let left = 5;
    const shrunk = shrink(failing, { goOn: () => left-- > 0, check: last });
    expect(shrunk.violation.check).toBe(last);
    expect(() => shrink(failing, { ...always, check: 'no such' })).toThrow(ShrinkError);
  });

  it('that passes can not be shrunk', () => {
    expect(() => shrink({ ...failing, bugs: [], durationMs: 1000 }, always)).toThrow('the run passes');
  });
});

describe('plainer parameters', () => {
  it('come to an end for every kind: no action becomes itself again', () => {
    const actions: readonly InterventionAction[] = [
      ...everyKind,
      { kind: 'crash', member: 1, mode: 'random' },
      { kind: 'disk', member: 1, syncMinNs: 1, syncMeanNs: 1, lyingSync: true },
      { kind: 'diskFaults', member: 1, faults: { syncError: true, lostRename: true, lyingSync: true } },
      { kind: 'diskRot', member: 1, file: 'x', bits: [1, 2, 3] },
      { kind: 'failpoint', member: 1, site: 'raftBeforeSave', skip: 3 },
    ];
    for (const action of actions) {
      const seen = new Set([JSON.stringify(action)]);
      let front = [action];
      for (let depth = 0; front.length > 0; depth++) {
        expect(depth).toBeLessThan(10);
        front = front.flatMap(plainer);
        for (const each of front) expect(JSON.stringify(each)).not.toBe(JSON.stringify(action));
        front = front.filter((each) => !seen.has(JSON.stringify(each)));
        for (const each of front) seen.add(JSON.stringify(each));
      }
    }
  });
});

describe('a world of fewer endpoints', () => {
  it('moves the numbers, and leaves out what is gone', () => {
    const numbers = new Map([
      [1, 1],
      [3, 2],
      [4, 3],
    ]);
    const list: Intervention[] = [
      { atNs: 1, kind: 'crash', member: 2, mode: 'drop' },
      { atNs: 2, kind: 'crash', member: 3, mode: 'drop' },
      { atNs: 3, kind: 'cut', from: [1, 2], to: [3, 4] },
      { atNs: 4, kind: 'cut', from: [2], to: [1] },
      { atNs: 5, kind: 'diskSwap', members: [1, 2] },
      { atNs: 6, kind: 'diskSwap', members: [3, 1] },
      { atNs: 7, kind: 'admin', via: 3, request: 'moveLeader', member: 1 },
      { atNs: 8, kind: 'heal' },
      { atNs: 9, kind: 'slowClient', client: 2, takeEveryMs: 5 },
      { atNs: 9, kind: 'repeat', from: [2, 3], to: [1], type: 'MsgApp', last: 1 },
    ];
    const clients = new Map([[2, 1]]);
    expect(renumbered(list, numbers, clients).at(-2)).toEqual({ ...list[8], client: 1 });
    expect(renumbered(list, numbers, new Map([[1, 1]])).some(({ kind }) => kind === 'slowClient')).toBe(
      false,
    );
    expect(renumbered(list, numbers)).toEqual([
      { atNs: 2, kind: 'crash', member: 2, mode: 'drop' },
      { atNs: 3, kind: 'cut', from: [1], to: [2, 3] },
      { atNs: 6, kind: 'diskSwap', members: [2, 1] },
      { atNs: 7, kind: 'admin', via: 2, request: 'moveLeader', member: 1 },
      { atNs: 8, kind: 'heal' },
      { atNs: 9, kind: 'slowClient', client: 2, takeEveryMs: 5 },
      { atNs: 9, kind: 'repeat', from: [2], to: [1], type: 'MsgApp', last: 1 },
    ]);
  });
});
