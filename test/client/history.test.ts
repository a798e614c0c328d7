import { beforeAll, describe, expect, it } from 'vitest';
import { bytes } from '../../core/client/index.ts';
import { etcdMixes, etcdTraffic, etcdTrafficRange } from '../../scenarios/workloads/etcd_traffic.ts';
import { roles } from '../../scenarios/workloads/roles.ts';
import { watchReaders } from '../../scenarios/workloads/watch_readers.ts';
import type { EtcdResponse } from '../../sim/checkers/history/etcd_operation.ts';
import type { RecordedWatch } from '../../sim/cluster/call_history.ts';
import type { Cluster } from '../../sim/cluster.ts';
import { finale } from '../../sim/finale.ts';
import { etcdHistoryOf, registersOf } from '../../sim/history.ts';
import { eventsOfKind } from '../../sim/trace/trace.ts';
import type { Verdict } from '../../sim/trace/run_info.ts';
import { judge } from '../../sim/verdict.ts';
import { finish, runMs, simulated } from './simulated.ts';

/** A run with every kind of operation; each test lies about another part of what was seen. */
function ended(seed: string): { readonly cluster: Cluster; readonly verdict: () => Verdict } {
  const cluster = simulated(`history/${seed}`, 4);
  const mix = etcdMixes.EtcdPutDeleteLease;
  const workload = roles(
    [{ clients: 1, workload: watchReaders(etcdTrafficRange) }],
    etcdTraffic({ mix, pauseMeanMs: 10 }),
  );
  for (const client of cluster.clients) client.start(workload(client.workloadClient));
  runMs(cluster, 2800);
  const end = finale(cluster);
  return { cluster, verdict: () => judge(cluster, end).verdict };
}

function statuses({ checks }: Verdict): Record<string, string> {
  return Object.fromEntries(checks.map(({ name, status }) => [name, status]));
}

describe('a run with all of etcd’s API', () => {
  let cluster: Cluster;
  let verdict: () => Verdict;
  beforeAll(() => {
    ({ cluster, verdict } = ended('1'));
  });

  it('is judged as a whole, and passes', () => {
    const judged = verdict();
    expect(judged.violations).toEqual([]);
    expect(judged.passed).toBe(true);
    expect(statuses(judged)).toMatchObject({
      linearizability: 'passed',
      'linearizability of the store': 'passed',
      'watch: reliable': 'passed',
      'watch: bookmarkable': 'passed',
      'lease: no early expiry': 'passed',
    });
  });

  it('has recorded every kind of request, answer and watch answer', () => {
    const { operations, watches } = etcdHistoryOf(cluster.history);
    const kinds = new Set(operations.map(({ input }) => input.kind));
    expect([...kinds].sort((a, b) => (a < b ? -1 : 1))).toEqual([
      'deleteRange',
      'leaseGrant',
      'leaseRevoke',
      'put',
      'range',
      'txn',
    ]);
    const heard = new Set(watches.flatMap(({ responses }) => responses.map(({ kind }) => kind)));
    expect([...heard].sort((a, b) => (a < b ? -1 : 1))).toEqual(['created', 'events', 'progress']);
    const ids = operations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });

  it('has no process with two operations open at once', () => {
    const open = new Map<number, number>();
    for (const { process, callSequence, returnSequence } of etcdHistoryOf(cluster.history).operations) {
      expect(callSequence).toBeGreaterThan(open.get(process) ?? -1);
      open.set(process, returnSequence ?? Infinity);
    }
  });

  it('judges single keys only where nobody wrote them in another way', () => {
    const keys = new Set(registersOf(cluster.history).map(({ input }) => input.key));
    expect(keys.has('detcd-final')).toBe(true);
    // Txns of several operations write all keys of the mix.
    expect([...keys].filter((key) => key.startsWith('key'))).toEqual([]);
  });

  it('shows what watchers heard on the timeline', () => {
    const { trace } = cluster.world;
    const rows = eventsOfKind(trace, 'watched');
    const counted = rows.reduce((sum, row) => sum + trace.arg(row, 2), 0);
    const heard = cluster.history.watches.flatMap(({ responses }) => responses);
    expect(counted).toBe(heard.reduce((sum, { events = [] }) => sum + events.length, 0));
    expect(counted).toBeGreaterThan(100);
  });
});

describe('a lie', () => {
  it('about a read is found by the check of the store', () => {
    const { cluster, verdict } = ended('2');
    const read = cluster.history.requests.find(
      ({ request, outcome }) =>
        request.kind === 'range' &&
        outcome.status === 'ok' &&
        outcome.output.kind === 'range' &&
        (outcome.output.kvs[0]?.value ?? '') !== '',
    );
    if (read?.outcome.status !== 'ok' || read.outcome.output.kind !== 'range')
      throw new Error('nothing was read');
    const { output } = read.outcome;
    const kvs = output.kvs.map((pair, i) => (i === 0 ? { ...pair, value: 'never written' } : pair));
    read.outcome = { status: 'ok', output: { ...output, kvs } };
    const judged = verdict();
    expect(judged.passed).toBe(false);
    expect(statuses(judged)['linearizability of the store']).toBe('violated');
    expect(judged.violations[0]?.operations).toContain(read.id);
  });

  it('about an event that was heard is found by the check of watches, as is one that was not', () => {
    const { cluster, verdict } = ended('3');
    const eventsOf = (watch: RecordedWatch): number[] =>
      watch.responses.flatMap(({ kind }, i) => (kind === 'events' ? [i] : []));
    const watch = cluster.history.watches.find((each) => eventsOf(each).length > 3);
    if (watch === undefined) throw new Error('nobody heard of anything');
    const [, second = 0] = eventsOf(watch);
    const [skipped] = watch.responses.splice(second, 1);
    const missed = verdict();
    expect(statuses(missed)['watch: reliable']).toBe('violated');
    if (skipped !== undefined) watch.responses.splice(second, 0, skipped, skipped);
    expect(statuses(verdict())['watch: unique']).toBe('violated');
  });

  it('can’t hide behind a range that sorts, in a txn or not', () => {
    const { cluster, verdict } = ended('4');
    finish(cluster, 1, function* ({ etcd }) {
      const all = { key: bytes('\0'), range_end: bytes('\0') };
      const range = { ...all, sort_order: 'DESCEND' as const, sort_target: 'MOD' as const };
      yield* etcd.txn({ compare: [], success: [{ kind: 'range', range }], failure: [] });
      yield* etcd.range({ ...range, sort_order: 'ASCEND' });
    });
    expect(statuses(verdict())['linearizability of the store']).toBe('passed');
    for (const request of cluster.history.requests.slice(-2)) {
      const { outcome } = request;
      if (outcome.status !== 'ok') throw new Error('expected an answer, found none');
      const { output } = outcome;
      const turned = (answer: EtcdResponse): EtcdResponse =>
        answer.kind === 'range' ? { ...answer, kvs: answer.kvs.toReversed() } : answer;
      request.outcome = {
        status: 'ok',
        output: output.kind === 'txn' ? { ...output, results: output.results.map(turned) } : turned(output),
      };
      expect(statuses(verdict())['linearizability of the store']).toBe('violated');
      request.outcome = outcome;
    }
  });
});
