import { describe, expect, it } from 'vitest';
import { crashStorm } from '../../scenarios/stories/crash_storm.ts';
import { compactor } from '../../scenarios/workloads/compactor.ts';
import { etcdMixes, etcdTraffic, etcdTrafficRange } from '../../scenarios/workloads/etcd_traffic.ts';
import {
  kubernetesMixes,
  kubernetesRange,
  kubernetesTraffic,
} from '../../scenarios/workloads/kubernetes_traffic.ts';
import { roles } from '../../scenarios/workloads/roles.ts';
import { watchReaders } from '../../scenarios/workloads/watch_readers.ts';
import { pickWeighted } from '../../scenarios/workloads/weighted.ts';
import { RandomStream } from '../../sim/random.ts';
import { openRun, runScenario } from '../../sim/run.ts';
import type { Scenario, Workload } from '../../sim/scenario.ts';

type Range = typeof etcdTrafficRange;

const traffics: readonly (readonly [string, Range, Workload])[] = [
  ...Object.entries(etcdMixes).map(([name, mix]) => [name, etcdTrafficRange, etcdTraffic({ mix })] as const),
  ...Object.entries(kubernetesMixes).map(
    ([name, mix]) => [name, kubernetesRange, kubernetesTraffic({ mix })] as const,
  ),
];

function stormy(range: Range, traffic: Workload): Scenario {
  const workload = roles(
    [
      { clients: 1, workload: compactor() },
      { clients: 2, workload: watchReaders(range) },
    ],
    traffic,
  );
  return { ...crashStorm, name: 'stormy', clients: 6, durationMs: 4000, workload };
}

describe.each(traffics)('%s in a storm of crashes', (_name, range, traffic) => {
  const scenario = stormy(range, traffic);

  it('passes, and gives the same run for the same seed', () => {
    const first = runScenario({ scenario, seed: '1' }).info;
    expect(first.verdict.violations).toEqual([]);
    expect(first.verdict.passed).toBe(true);
    expect(runScenario({ scenario, seed: '1' }).info.digest).toBe(first.digest);
    expect(first.summary.operations.ok).toBeGreaterThan(30);
  });
});

describe('the readers of watches', () => {
  it('begin before, at and behind the present revision, and meet compactions and breaks', () => {
    const run = openRun({
      scenario: stormy(etcdTrafficRange, etcdTraffic({ mix: etcdMixes.EtcdPut })),
      seed: '2',
      durationMs: 12_000,
    });
    run.finish();
    const { watches } = run.cluster.history;
    const starts = watches.map(({ request }) => request.startRevision ?? 0);
    expect(starts).toContain(0);
    expect(Math.max(...starts)).toBeGreaterThan(50);
    const kinds = new Set(watches.flatMap(({ responses }) => responses.map(({ kind }) => kind)));
    for (const kind of ['created', 'events', 'progress', 'canceled'] as const) expect(kinds).toContain(kind);
    expect(run.cluster.world.facts.watchesResumed).toBeGreaterThan(0);
  });
});

it('weights say how often something is chosen', () => {
  const random = new RandomStream('weights');
  const counts = { often: 0, seldom: 0, never: 0 };
  for (let i = 0; i < 1000; i++) counts[pickWeighted(random, { often: 9, seldom: 1, never: 0 })]++;
  expect(counts.never).toBe(0);
  expect(counts.seldom).toBeGreaterThan(50);
  expect(counts.often).toBeGreaterThan(800);
});
