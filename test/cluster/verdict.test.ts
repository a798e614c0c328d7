import { describe, expect, it } from 'vitest';
import type { BugId } from '../../core/bugs.ts';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import { powerFailure } from '../../scenarios/stories/power_failure.ts';
import { Cluster } from '../../sim/cluster.ts';
import { finale } from '../../sim/finale.ts';
import { defaultLinks } from '../../sim/limits.ts';
import { runScenario } from '../../sim/run.ts';
import { judge } from '../../sim/verdict.ts';
import { runs } from '../runs.ts';

function loaded(bugs: readonly BugId[] = []): Cluster {
  const cluster = new Cluster({
    seed: 'verdict',
    members: 3,
    clients: 2,
    links: defaultLinks,
    bugs: new Set(bugs),
  });
  cluster.bootAll();
  const workload = registers({ ...mixedRegisters, pauseMeanMs: 10 });
  for (const client of cluster.clients) client.start(workload(client.workloadClient));
  cluster.run(3_000_000_000);
  return cluster;
}

function statuses(cluster: Cluster): Record<string, string> {
  const { verdict } = judge(cluster, finale(cluster));
  return Object.fromEntries(verdict.checks.map(({ name, status }) => [name, status]));
}

describe('the verdict', () => {
  it('passes a quiet run, and every check has looked', () => {
    const cluster = loaded();
    const { verdict } = judge(cluster, finale(cluster));
    expect(verdict.passed).toBe(true);
    expect(verdict.checks.length).toBeGreaterThanOrEqual(9);
    for (const check of verdict.checks) expect([check.name, check.status]).toEqual([check.name, 'passed']);
    for (const { guarantee } of verdict.checks) expect(guarantee.length).toBeGreaterThan(20);
    for (const times of Object.values(cluster.world.invariants.looked)) expect(times).toBeGreaterThan(0);
  });

  it('a cluster that makes no progress after healing is red: two of three logs are damaged, and nobody knows', () => {
    const cluster = loaded();
    for (const member of [1, 2]) {
      const log = cluster
        .disk(member)
        .durableFiles()
        .find(({ path }) => path.endsWith('.wal'));
      expect(cluster.disk(member).flipBit(log?.path ?? '', 8 * 300)).toBe(true);
      cluster.intervene({ kind: 'crash', member, mode: 'drop' });
    }
    expect(statuses(cluster)).toMatchObject({
      'progress after healing': 'violated',
      'members agree in the end': 'violated',
    });
  });

  it('a lie of the history is red, and is told first', () => {
    const cluster = loaded();
    const end = finale(cluster);
    const read = cluster.history.calls.find(
      ({ call, answer }) => call.kind === 'get' && typeof answer?.value === 'string',
    );
    if (read?.answer === null || read === undefined) throw new Error('the workload reads');
    read.answer = { ...read.answer, value: 'never written' };
    const { verdict } = judge(cluster, end);
    expect(verdict.passed).toBe(false);
    expect(verdict.violations[0]?.operations).toContain(read.id);
    expect(verdict.violations[0]?.sentence).toContain('never written');
  });

  it('a member that panics is red, and the run goes on to its end', () => {
    const cluster = loaded();
    const [first] = cluster.processes;
    first?.requireMember().onDisk(99_999, null);
    cluster.world.invariants.onPanic(1, 'made up');
    cluster.run(cluster.world.scheduler.nowNs + 1_000_000_000);
    expect(statuses(cluster)).toMatchObject({
      'no member panics': 'violated',
      'progress after healing': 'unknown',
    });
  });

  it('shows the planted bug in terms of a client, in one of a few seeds', () => {
    const infos = Array.from({ length: runs(4, 60) }, (_, i) => {
      return runScenario({ scenario: powerFailure, seed: String(i + 1), bugs: ['respond-before-fsync'] })
        .info;
    });
    expect(infos.filter(({ verdict }) => verdict.passed)).toEqual([]);
    for (const { verdict } of infos) {
      const marked = verdict.violations.flatMap(({ events }) => events);
      expect(new Set(marked).size).toBe(marked.length);
    }
    const told = infos.filter(({ verdict }) => verdict.violations[0]?.check === 'linearizability');
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]?.verdict.violations[0]?.operations.length).toBeGreaterThan(0);
  });
});
