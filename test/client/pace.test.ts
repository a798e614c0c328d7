import { describe, expect, it } from 'vitest';
import { hotKeys } from '../../scenarios/stories/hot_keys.ts';
import { etcdMixes, etcdTraffic } from '../../scenarios/workloads/etcd_traffic.ts';
import { kubernetesMixes, kubernetesTraffic } from '../../scenarios/workloads/kubernetes_traffic.ts';
import { judgeMultiKeyTxns, multiKeyTxns } from '../../scenarios/workloads/multi_key_txns.ts';
import { turnedAwayTopic } from '../../scenarios/workloads/pace.ts';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import { RandomStream } from '../../sim/random.ts';
import { openRun, runScenario } from '../../sim/run.ts';
import type { Observed, Scenario, Workload } from '../../sim/scenario.ts';
import { Kind, argument, statusNames } from '../../sim/trace/kinds.ts';
import type { Trace } from '../../sim/trace/trace.ts';

const calm: Scenario = {
  name: 'paced',
  sentence: 'Nothing goes wrong.',
  members: 1,
  clients: 2,
  durationMs: 10_000,
  workload: () => (function* () {})(),
  *nemesis() {},
  sometimes: [],
};

const seconds = 1_000_000_000;

/** Rows of a kind from 4 s on. */
function lateRows(trace: Trace, kind: number): number[] {
  const rows = Array.from({ length: trace.length }, (_, row) => row);
  return rows.filter((row) => trace.kinds[row] === kind && (trace.timesNs[row] as number) > 4 * seconds);
}

/** How many operations began from 4 s on; `slow`: with disks that take 200 ms a write from then on. */
function lateCalls(workload: Workload, slow: boolean): number {
  const scenario: Scenario = {
    ...calm,
    workload,
    *nemesis(story) {
      yield* story.sleep(4000);
      if (slow) for (const member of story.members) story.slowDisk(member, { syncMinMs: 200, syncMeanMs: 1 });
    },
  };
  const run = openRun({ scenario, seed: '1' });
  run.runUntil(10 * seconds);
  return lateRows(run.cluster.world.trace, Kind.invoke).length;
}

const mixes = {
  registers: (loop: 'open' | 'closed') => registers({ ...mixedRegisters, loop, pauseMeanMs: 100 }),
  etcd: (loop: 'open' | 'closed') => etcdTraffic({ mix: etcdMixes.EtcdDelete, loop, pauseMeanMs: 100 }),
  'multi-key': (loop: 'open' | 'closed') => multiKeyTxns({ mix: { write: 1 }, loop, pauseMeanMs: 100 }),
};

describe.each(Object.entries(mixes))('%s', (_name, mixed) => {
  it('asks a slow cluster less in a closed loop, and more in an open one', () => {
    const [closedWell, closedSlow] = [lateCalls(mixed('closed'), false), lateCalls(mixed('closed'), true)];
    expect(closedSlow).toBeLessThan(0.6 * closedWell);
    const [openWell, openSlow] = [lateCalls(mixed('open'), false), lateCalls(mixed('open'), true)];
    // What it can't take for want of time is all that is missing: two clients, one at a time.
    expect(openSlow).toBeGreaterThan(closedSlow);
    expect(openWell).toBeGreaterThan(0.8 * 120);
    expect(openWell).toBeLessThan(1.2 * 120);
  });
});

describe('an open loop', () => {
  const arrivals = (waitingMax: number): Scenario => ({
    ...calm,
    clients: 1,
    durationMs: 8000,
    workload: registers({ ...mixedRegisters, get: 0, loop: 'open', pauseMeanMs: 20, waitingMax }),
    *nemesis(story) {
      yield* story.sleep(4000);
      for (const member of story.members) story.slowDisk(member, { syncMinMs: 150, syncMeanMs: 1 });
    },
    sometimes: [
      {
        goal: 'turned away',
        when: (_facts, { notes }) => notes.some(({ topic }) => topic === turnedAwayTopic),
      },
    ],
  });

  it('turns arrivals away when too many wait, and not before', () => {
    const reached = (waitingMax: number): boolean =>
      runScenario({ scenario: arrivals(waitingMax), seed: '1' }).info.sometimes[0]?.reached === true;
    expect(reached(10)).toBe(true);
    expect(reached(100_000)).toBe(false);
  });

  it('has gaps of the mean that it was given: an exponential one, over 100,000 draws', () => {
    const random = new RandomStream('arrivals');
    const gaps = Array.from({ length: 100_000 }, () => random.exponential(40_000));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    expect(Math.abs(mean / 40_000 - 1)).toBeLessThan(0.02);
    // The share of an exponential distribution above its mean, and above twice its mean.
    for (const [times, share] of [
      [1, Math.exp(-1)],
      [2, Math.exp(-2)],
    ] as const) {
      const above = gaps.filter((gap) => gap > times * 40_000).length / gaps.length;
      expect(Math.abs(above - share)).toBeLessThan(0.01);
    }
  });
});

describe('keys of a mix', () => {
  /** The share of the hottest key among the operations of a run. */
  const shareOfFirst = (workload: Workload): number => {
    const run = openRun({ scenario: { ...calm, clients: 3, workload }, seed: '2' });
    run.runUntil(10 * seconds);
    const { trace } = run.cluster.world;
    const texts = lateRows(trace, Kind.invoke).map((row) => trace.text(row, argument('invoke', 'text')));
    expect(texts.length).toBeGreaterThan(300);
    return texts.filter((text) => /\bkey0\b/.test(text)).length / texts.length;
  };

  it('are those that were chosen: a hot spot, and its absence', () => {
    const mix = { put: 1 };
    const options = { mix, keys: 10, pauseMeanMs: 20 };
    const hotSpot = { kind: 'hotSpot', hotKeys: 1, hotPercent: 90 } as const;
    expect(shareOfFirst(etcdTraffic({ ...options, keyChoice: hotSpot }))).toBeGreaterThan(0.85);
    expect(shareOfFirst(etcdTraffic(options))).toBeLessThan(0.2);
  });

  it('of Kubernetes too: the first objects are touched more often than the last', () => {
    const workload = kubernetesTraffic({
      mix: kubernetesMixes.Kubernetes,
      keyChoice: { kind: 'zipfian' },
      pauseMeanMs: 20,
    });
    const { verdict, summary } = runScenario({
      scenario: { ...calm, workload, durationMs: 4000 },
      seed: '1',
    }).info;
    expect(verdict.violations).toEqual([]);
    expect(summary.operations.ok).toBeGreaterThan(50);
  });
});

describe('txns over several keys', () => {
  it('are judged: a group of which a part was written is told', () => {
    const observed: Observed = {
      notes: [
        { client: 1, ns: 5, topic: 'groups-read', data: { count: 25 } },
        { client: 2, ns: 7, topic: 'mixed-group', data: { group: 3, values: ['c1.1', '', 'c1.1'] } },
      ],
      clients: 2,
      healedNs: 0,
      woundDown: true,
    };
    const [check] = judgeMultiKeyTxns(observed);
    expect(check?.violations).toEqual([
      { sentence: 'c2 read parts of several writes in group 3: c1.1, nothing, c1.1', atNs: 7 },
    ]);
    expect(check?.detail).toBe('more than 25 reads of whole groups');
  });

  it('are done, nested ones too', () => {
    const workload = multiKeyTxns({ pauseMeanMs: 10 });
    const scenario = { ...calm, workload, durationMs: 6000, judge: judgeMultiKeyTxns };
    const { info, trace } = runScenario({ scenario, seed: '1' });
    expect(info.verdict.violations).toEqual([]);
    const status = argument('return', 'status');
    const statuses = lateRows(trace, Kind.return).map((row) => statusNames[trace.arg(row, status)]);
    expect(statuses.length).toBeGreaterThan(100);
    // A few must fail, and as a whole: they name a lease that nobody granted.
    const failed = statuses.filter((each) => each !== 'ok').length;
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThan(statuses.length / 20);
  });
});

it('whoever leads is hunted: hot keys have many leaders', () => {
  const { summary, verdict } = runScenario({
    scenario: hotKeys,
    seed: '1',
    members: 3,
    durationMs: 10_000,
  }).info;
  expect(verdict.violations).toEqual([]);
  expect(summary.elections).toBeGreaterThan(3);
});
