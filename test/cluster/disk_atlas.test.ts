import { describe, expect, it } from 'vitest';
import type { BugId } from '../../core/bugs.ts';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import { Cluster } from '../../sim/cluster.ts';
import type { VirtualDisk } from '../../sim/disk/virtual_disk.ts';
import { type Finale, finale } from '../../sim/finale.ts';
import { defaultLinks } from '../../sim/limits.ts';
import { nsPerMs } from '../../sim/script.ts';
import type { CheckResult, InterventionAction, Verdict } from '../../sim/trace/run_info.ts';
import { judge } from '../../sim/verdict.ts';

interface Bench {
  readonly cluster: Cluster;
  /** Lets the time go on. */
  readonly wait: (ms: number) => void;
  readonly end: () => { readonly end: Finale; readonly verdict: Verdict };
}

function loaded(members: number, bugs: readonly BugId[] = [], seed = 'atlas'): Bench {
  const cluster = new Cluster({ seed, members, clients: 2, links: defaultLinks, bugs: new Set(bugs) });
  cluster.bootAll();
  const workload = registers({ ...mixedRegisters, pauseMeanMs: 10 });
  for (const client of cluster.clients) client.start(workload(client.workloadClient));
  const wait = (ms: number): void => cluster.run(cluster.world.scheduler.nowNs + ms * nsPerMs);
  wait(2000);
  return {
    cluster,
    wait,
    end() {
      const end = finale(cluster);
      return { end, verdict: judge(cluster, end).verdict };
    },
  };
}

const failing = (member: number): InterventionAction => ({
  kind: 'diskFaults',
  member,
  faults: { syncError: true },
});
const good = (member: number): InterventionAction => ({ kind: 'diskFaults', member, faults: {} });
const lying = (member: number): InterventionAction => ({
  kind: 'diskFaults',
  member,
  faults: { lyingSync: true },
});
const crash = (member: number): InterventionAction => ({ kind: 'crash', member, mode: 'drop' });
const restart = (member: number): InterventionAction => ({ kind: 'restart', member });

function statusOf(verdict: Verdict, name: string): CheckResult['status'] | undefined {
  return verdict.checks.find((check) => check.name === name)?.status;
}

describe('the atlas in a cluster', () => {
  it('refuses what is too much: nothing happens and nothing is recorded', () => {
    const { cluster } = loaded(3);
    expect(cluster.intervene(failing(1))).toBe(true);
    const before = cluster.world.trace.length;
    expect(cluster.intervene(failing(2))).toBe(false);
    expect(cluster.intervene(lying(2))).toBe(false);
    expect(cluster.intervene({ kind: 'diskStall', member: 3 })).toBe(false);
    expect(cluster.interventions.record.map(({ kind }) => kind)).toEqual(['diskFaults']);
    expect(cluster.world.trace.length).toBe(before);
    expect(cluster.disk(2).faults.syncError).toBe(false);
  });

  it('counts a member again as soon as it has started on a good disk and caught up, not before', () => {
    const { cluster, wait } = loaded(3);
    cluster.intervene(failing(1));
    wait(500);
    expect(cluster.isUp(1)).toBe(false);
    cluster.intervene(good(1));
    expect(cluster.intervene(failing(2))).toBe(false);
    cluster.intervene(crash(1));
    cluster.intervene(restart(1));
    expect(cluster.intervene(failing(2))).toBe(false);
    wait(2000);
    expect(cluster.intervene(failing(2))).toBe(true);
  });

  it('counts a member again after a fault that never took effect, or a stall, without a start', () => {
    const { cluster, wait } = loaded(3);
    const readError: InterventionAction = { kind: 'diskFaults', member: 1, faults: { readError: true } };
    expect(cluster.intervene(readError)).toBe(true);
    cluster.intervene(good(1));
    wait(100);
    expect(cluster.intervene({ kind: 'diskStall', member: 2 })).toBe(true);
    wait(500);
    expect(cluster.intervene(readError)).toBe(false);
    cluster.intervene({ kind: 'diskRelease', member: 2 });
    wait(1000);
    expect(cluster.intervene(readError)).toBe(true);
  });

  it('starts no process on a page cache that shows what the disk has not got', () => {
    const { cluster, wait } = loaded(3);
    cluster.intervene(failing(1));
    wait(500);
    cluster.intervene(good(1));
    expect(cluster.disk(1).hidesLoss).toBe(true);
    expect(cluster.intervene(restart(1))).toBe(false);
    expect(cluster.intervene(crash(1))).toBe(true);
    expect(cluster.disk(1).hidesLoss).toBe(false);
    expect(cluster.intervene(restart(1))).toBe(true);
  });

  it('a fault on a member that does not exist is a mistake', () => {
    const { cluster } = loaded(3);
    expect(() => cluster.intervene(failing(4))).toThrow('there is no such member');
  });
});

describe('the verdict on damaged disks', () => {
  it('does not excuse a member whose fault has passed: it must come back', () => {
    const { cluster, wait, end } = loaded(3);
    cluster.intervene(failing(1));
    wait(500);
    cluster.intervene(crash(1));
    const disk = cluster.disk(1);
    const log = disk.durableFiles().find(({ path }) => path.endsWith('.wal'));
    expect(disk.flipBit(log?.path ?? '', 8 * 300)).toBe(true);
    const { verdict } = end();
    expect(statusOf(verdict, 'members agree in the end')).toBe('violated');
    expect(statusOf(verdict, 'progress after healing')).toBe('passed');
  });

  it('within the atlas a forgetful member breaks only its own promises, and that is said', () => {
    const { cluster, wait, end } = loaded(4);
    const liar = cluster.members.find((member) => member !== cluster.leader()) ?? 0;
    cluster.intervene(lying(liar));
    wait(1000);
    cluster.intervene(crash(liar));
    cluster.intervene(restart(liar));
    wait(1000);
    const { verdict } = end();
    expect(verdict.passed).toBe(true);
    expect(verdict.violations).toEqual([]);
    expect(statusOf(verdict, 'promises outlive a crash')).toBe('not promised');
    expect(statusOf(verdict, 'no acknowledged write lost')).toBe('passed');
    expect(statusOf(verdict, 'linearizability')).toBe('passed');
    expect(verdict.damage?.expected[0]?.sentence).toMatch(
      /^n\d acknowledged entry .* its disk does not have it$/,
    );
    expect(verdict.damage).toMatchObject({ safetyLostNs: -1, availabilityLost: false });
  });

  it('does not excuse the others for what a forgetful member did', () => {
    const { cluster, wait } = loaded(4);
    cluster.intervene(lying(1));
    const { invariants } = cluster.world;
    const blamed = (): unknown => invariants.violations.map(({ members }) => members);
    // It has not lied yet.
    invariants.onPanic(1, 'made up');
    expect(blamed()).toEqual([[1]]);
    wait(500);
    invariants.onPanic(1, 'made up');
    expect(blamed()).toEqual([[1]]);
    invariants.onPanic(2, 'made up');
    expect(blamed()).toEqual([[1], [2]]);
    expect(invariants.expected).toHaveLength(1);
  });

  it('finds a planted bug on damaged disks all the same', () => {
    const { cluster, wait, end } = loaded(3, ['respond-before-fsync']);
    cluster.intervene({ kind: 'disk', member: 2, syncMinNs: 50_000_000, syncMeanNs: 0, lyingSync: false });
    cluster.intervene({ kind: 'diskStall', member: 2 });
    wait(500);
    cluster.intervene(crash(2));
    cluster.intervene({ kind: 'diskRelease', member: 2 });
    cluster.intervene(restart(2));
    wait(1000);
    const { verdict } = end();
    expect(verdict.passed).toBe(false);
    expect(statusOf(verdict, 'promises outlive a crash')).toBe('violated');
  });
});

describe('without restriction', () => {
  /** Three of five disks lie, and all lose power. */
  function lossOfMajority(): Bench & { readonly lostNs: number } {
    const bench = loaded(5);
    const { cluster, wait } = bench;
    cluster.intervene({ kind: 'atlas', mode: 'unrestricted' });
    const lostNs = cluster.world.scheduler.nowNs;
    const honest = cluster.members.filter((member) => member !== cluster.leader()).slice(0, 2);
    const liars = cluster.members.filter((member) => !honest.includes(member));
    for (const member of liars) cluster.intervene(lying(member));
    // The honest ones are cut off, so that only liars have what clients are told.
    cluster.intervene({ kind: 'cut', from: liars, to: honest });
    wait(1000);
    for (const member of cluster.members) cluster.intervene(crash(member));
    cluster.intervene({ kind: 'heal' });
    for (const member of cluster.members) cluster.intervene(restart(member));
    wait(3000);
    return { ...bench, lostNs };
  }

  it('what is lost is lost as expected, and the verdict says what and since when', () => {
    const { end, lostNs } = lossOfMajority();
    const { verdict } = end();
    expect(verdict.violations).toEqual([]);
    expect(verdict.passed).toBe(true);
    expect(statusOf(verdict, 'no acknowledged write lost')).toBe('not promised');
    expect(statusOf(verdict, 'linearizability')).toBe('not promised');
    expect(verdict.damage).toMatchObject({ mode: 'unrestricted', safetyLostNs: lostNs });
    expect(verdict.damage?.expected.map(({ check }) => check)).toContain('no acknowledged write lost');
  });

  it('what clients saw before is still judged', () => {
    const { cluster, end, lostNs } = lossOfMajority();
    const read = cluster.history.calls.find(
      ({ call, answer, returnNs }) =>
        call.kind === 'get' && typeof answer?.value === 'string' && returnNs < lostNs,
    );
    if (read?.answer === null || read === undefined) throw new Error('the workload reads');
    read.answer = { ...read.answer, value: 'never written' };
    const { verdict } = end();
    expect(verdict.passed).toBe(false);
    expect(statusOf(verdict, 'linearizability')).toBe('violated');
    expect(verdict.violations[0]?.operations).toContain(read.id);
  });

  it('a cluster without a quorum of disks makes no progress, and that was not promised', () => {
    const { cluster, wait, end } = loaded(3);
    cluster.intervene({ kind: 'atlas', mode: 'unrestricted' });
    for (const member of [1, 2]) {
      cluster.intervene(crash(member));
      expect(cluster.intervene({ kind: 'diskWipe', member })).toBe(true);
    }
    wait(500);
    const { verdict } = end();
    expect(verdict.damage).toMatchObject({ safetyLostNs: -1, availabilityLost: true });
    expect(statusOf(verdict, 'progress after healing')).toBe('not promised');
    expect(statusOf(verdict, 'no acknowledged write lost')).toBe('passed');
    expect(verdict.damage?.expected.map(({ check }) => check)).toEqual(['progress after healing']);
  });

  it('a wiped member may start, and then safety is lost', () => {
    const { cluster } = loaded(3);
    cluster.intervene(crash(1));
    expect(cluster.intervene({ kind: 'diskWipe', member: 1 })).toBe(true);
    expect(cluster.intervene(restart(1))).toBe(false);
    cluster.intervene({ kind: 'atlas', mode: 'unrestricted' });
    expect(cluster.interventions.disks.safetyLostNs).toBe(-1);
    expect(cluster.intervene(restart(1))).toBe(true);
    expect(cluster.interventions.disks.safetyLostNs).toBe(cluster.world.scheduler.nowNs);
  });

  it('a member may not begin anew on a disk whose own member had only begun, if one forgets already', () => {
    const { cluster, wait } = loaded(6);
    cluster.intervene(crash(3));
    cluster.intervene({ kind: 'diskWipe', member: 3 });
    expect(cluster.intervene(restart(3))).toBe(true);
    const disk = cluster.processes[2]?.disk as VirtualDisk;
    // Its directory is durable by now, its log not yet.
    while (disk.durableFiles().length === 0) wait(0.1);
    cluster.intervene(crash(3));
    expect(disk.list('').length).toBeGreaterThan(0);
    expect(disk.list('member/wal')).toEqual([]);
    cluster.intervene(crash(1));
    expect(cluster.intervene({ kind: 'diskSwap', members: [1, 3] })).toBe(true);
    expect(cluster.intervene(restart(1))).toBe(false);
  });
});
