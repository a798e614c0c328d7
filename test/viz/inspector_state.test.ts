import { describe, expect, it } from 'vitest';
import { fromText, toText } from '../../core/base/bytes.ts';
import { keyRange } from '../../core/mvcc/index.ts';
import { openRun, runScenario } from '../../sim/run.ts';
import type { MemberLook } from '../../viz/inspector/member_look.ts';
import { clockAt, isTrue } from '../../viz/model/clocks.ts';
import { prefixSum } from '../../viz/model/prefix_sum.ts';
import { requestOf } from '../../viz/worker/request_of.ts';
import { stateAt } from '../../viz/worker/state_at.ts';
import { StateDesk } from '../../viz/worker/state_desk.ts';
import type { RunSpec } from '../../viz/worker_protocol.ts';

const second = 1_000_000_000;

function spec(scenario: string, durationMs: number, seed = '1'): RunSpec {
  return { scenario, seed, options: { durationMs } };
}

describe('a member’s state, read from a run that is run again', () => {
  it('is the engine’s, key for key and watcher for watcher', () => {
    const run = openRun(requestOf(spec('slow-readers', 4000)));
    run.runUntil(3.5 * second);
    for (const process of run.cluster.processes) {
      const look = stateAt(run, process.number, 3.5 * second);
      const { state } = process.requireMember();
      expect(state).not.toBeNull();
      if (state === null) continue;
      const { store, watches } = state;
      expect(look.store?.revision).toBe(store.currentRevision);
      const all = store.range(keyRange(fromText('\0'), fromText('\0'))).kvs;
      const shown = look.store?.keys.filter(({ now }) => now !== undefined) ?? [];
      expect(shown.map(({ key }) => key)).toEqual(all.slice(0, shown.length).map(({ key }) => toText(key)));
      expect(shown.length).toBeGreaterThan(0);
      for (const [i, { now, generations }] of shown.entries()) {
        expect([now?.version, now?.modified]).toEqual([all[i]?.version, all[i]?.mod_revision]);
        expect(generations.at(-1)?.revisions.at(-1)?.split('.')[0]).toBe(String(all[i]?.mod_revision));
      }
      expect([
        look.watches?.synced.length,
        look.watches?.unsynced.length,
        look.watches?.victims.length,
      ]).toEqual([watches.syncedCount, watches.unsyncedCount, watches.victimCount]);
    }
  });

  it('has what raft knows: the leader’s progress of each member, and one leader for all', () => {
    const run = openRun(requestOf(spec('calm-days', 3000)));
    run.runUntil(3 * second);
    const looks = run.cluster.processes.map(({ number }) => stateAt(run, number, 3 * second));
    const leaders = looks.filter(({ raft }) => raft?.role === 'leader');
    expect(leaders).toHaveLength(1);
    const [leader] = leaders as [MemberLook];
    for (const { raft } of looks) expect(raft?.leader).toBe(leader.member);
    expect(leader.raft?.progress.map(({ member }) => member)).toEqual(looks.map(({ member }) => member));
    for (const { member, match } of leader.raft?.progress ?? []) {
      expect(match).toBeLessThanOrEqual(looks[member - 1]?.raft?.last ?? -1);
    }
  });

  it('has the leases, with the time left where it runs', () => {
    const run = openRun(requestOf(spec('lease-holders', 5000)));
    run.runUntil(4 * second);
    const looks = run.cluster.processes.map(({ number }) => stateAt(run, number, 4 * second));
    for (const [i, { leases }] of looks.entries()) {
      const { lessor } = run.cluster.processes[i]?.requireMember().state ?? {};
      expect(leases?.list.map(({ id }) => id)).toEqual(lessor?.list().map(({ id }) => id.toString(16)));
      expect(leases?.list.every(({ leftMs }) => (leftMs !== null) === lessor?.isPrimary)).toBe(true);
    }
    const [lease] = looks.find(({ leases }) => leases?.primary)?.leases?.list ?? [];
    expect(lease?.leftMs).toBeGreaterThan(0);
    expect(lease?.leftMs).toBeLessThanOrEqual((lease?.grantedSeconds ?? 0) * 1000 + 2000);
  });

  it('does not disturb the run, and names its events', () => {
    const request = requestOf(spec('leader-isolated', 3000, '2'));
    const file = runScenario(request);
    const run = openRun(request);
    for (let atNs = second / 2; atNs <= 3 * second; atNs += second / 2) {
      run.runUntil(atNs);
      const look = stateAt(run, 1, atNs);
      expect(look.sum).toBe(prefixSum(file.trace, look.events));
    }
    expect(run.close().info.digest).toBe(file.info.digest);
  });

  it('answers for any time, back and forth, and for a member that is down', () => {
    const desk = new StateDesk();
    const { info } = runScenario(requestOf(spec('majority-crash', 6000)));
    const crash = info.interventions.find(({ kind }) => kind === 'crash');
    expect(crash?.kind).toBe('crash');
    if (crash?.kind !== 'crash') return;
    const of = { ...spec('majority-crash', 6000), interventions: info.interventions };
    const ask = (atNs: number): MemberLook =>
      desk.look({ type: 'look', spec: of, member: crash.member, atNs });
    const after = ask(crash.atNs + 1);
    expect([after.process, after.raft, after.store]).toEqual(['down', null, null]);
    const before = ask(crash.atNs - 1);
    expect(before.process).toBe('up');
    expect(desk.prepare()).toBe(true);
    expect(ask(crash.atNs + 1)).toEqual(after);
    expect(() => desk.look({ type: 'look', spec: spec('no-such', 1000), member: 1, atNs: 0 })).toThrow(
      'there is no scenario "no-such"',
    );
  });
});

describe('a member’s clock, from the faults of the run', () => {
  it.each(['clock-drift', 'clock-steps'])('is the machine’s own: %s', (scenario) => {
    const request = requestOf(spec(scenario, 6000));
    const { interventions } = runScenario(request).info;
    const run = openRun(request);
    let touched = 0;
    for (let atNs = 777_777_777; atNs <= 6 * second; atNs += 777_777_777) {
      run.runUntil(atNs);
      for (const { number } of run.cluster.processes) {
        const clock = clockAt(interventions, number, atNs);
        expect(clock).toEqual(stateAt(run, number, atNs).clock);
        if (!isTrue(clock)) touched++;
      }
    }
    expect(touched).toBeGreaterThan(0);
  });
});
