import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nsPerSecond } from '../../core/limits.ts';
import type { EtcdOperation, EtcdRequest, EtcdResponse } from '../../sim/checkers/history/etcd_operation.ts';
import type { WatchRecord, WatchResponse } from '../../sim/checkers/history/etcd_history.ts';
import { checkLeases } from '../../sim/checkers/leases/index.ts';
import { type Hold, checkExclusion } from '../../sim/checkers/recipes/mutual_exclusion.ts';
import { checkQueue } from '../../sim/checkers/recipes/queue.ts';
import type { QueueOperation } from '../../sim/checkers/recipes/queue_operation.ts';
import { checkSessions } from '../../sim/checkers/sessions.ts';
import { checkStore } from '../../sim/checkers/store/index.ts';
import { checkWatches } from '../../sim/checkers/watch/index.ts';
import { drawFrom } from './linearizability/histories.ts';
import { realStoreHistory } from './store/real_store.ts';
import { watchedHistory } from './watch/real_watches.ts';

const numRuns = Number(process.env['DETCD_RUNS'] ?? 40);
const seeds = fc.integer({ min: 1, max: 100_000 });

describe('sessions', () => {
  const shape = {
    operations: 60,
    clients: 3,
    keys: 3,
    unknownPer1000: 30,
    values: 0,
    puts: 40,
    gets: 40,
    swaps: 5,
    deletes: 5,
    rich: true,
  };
  const revisionOf = ({ input, outcome }: EtcdOperation): number =>
    outcome.status !== 'ok' || outcome.output.kind === 'error' || input.kind === 'compact'
      ? 0
      : (outcome.output.revision ?? 0);

  it('of real histories are accepted, and rejected where an answer is from before the last one', () => {
    let planted = 0;
    const property = fc.property(seeds, fc.nat(), (seed, pick) => {
      const history = realStoreHistory(shape, drawFrom(seed));
      expect(checkSessions(history).violations).toEqual([]);
      const later = history.filter((each) =>
        history.some(
          (other) =>
            other.process === each.process &&
            (other.returnNs ?? Infinity) < each.callNs &&
            revisionOf(each) > 0 &&
            revisionOf(other) > 1,
        ),
      );
      const victim = later[pick % Math.max(1, later.length)];
      if (victim?.outcome.status !== 'ok') return;
      const { output } = victim.outcome;
      const back = { ...victim, outcome: { status: 'ok' as const, output: { ...output, revision: 1 } } };
      const { violations } = checkSessions(history.map((each) => (each === victim ? back : each)));
      expect(violations[0]?.operations).toContain(victim.id);
      planted++;
    });
    fc.assert(property, { numRuns });
    expect(planted).toBeGreaterThan(numRuns / 2);
  });
});

describe('leases', () => {
  const operation = (
    id: number,
    fromMs: number,
    toMs: number,
    input: EtcdRequest,
    output: EtcdResponse,
  ): EtcdOperation => ({
    id,
    process: 1,
    input,
    callNs: fromMs * 1_000_000,
    callSequence: 2 * id,
    returnNs: toMs * 1_000_000,
    returnSequence: 2 * id + 1,
    outcome: { status: 'ok', output },
  });
  /** Granted for 5 s, renewed `gaps` ms after each other, then left alone: what somebody finds `afterMs` after the last. */
  const life = (gaps: readonly number[], afterMs: number, alive: boolean): EtcdOperation[] => {
    const grant: EtcdRequest = { kind: 'leaseGrant', lease: '7', ttl: 5 };
    const out = [operation(1, 0, 10, grant, { kind: 'leaseGrant', lease: '7', ttl: 5, revision: 1 })];
    let now = 0;
    for (const gap of gaps) {
      now += gap;
      const renew: EtcdRequest = { kind: 'leaseKeepAlive', lease: '7' };
      out.push(operation(out.length + 1, now, now + 10, renew, { kind: 'leaseKeepAlive', ttl: 5 }));
    }
    const put: EtcdRequest = { kind: 'put', key: 'k', value: 'v', lease: '7' };
    const answer: EtcdResponse = alive
      ? { kind: 'put', revision: 2 }
      : { kind: 'error', error: 'leaseNotFound' };
    return [...out, operation(out.length + 1, now + afterMs, now + afterMs + 10, put, answer)];
  };
  const broken = (operations: EtcdOperation[]): string[] =>
    checkLeases({ operations }, { changes: null, graceNs: 2 * nsPerSecond }).violations.map(
      ({ guarantee }) => guarantee,
    );
  const gaps = fc.array(fc.integer({ min: 100, max: 4900 }), { maxLength: 6 });

  it('live for their time, and not much longer, whatever renewed them', () => {
    fc.assert(
      fc.property(
        gaps,
        fc.integer({ min: 20, max: 4980 }),
        fc.integer({ min: 7030, max: 60_000 }),
        (g, soon, late) => {
          expect(broken(life(g, soon, true))).toEqual([]);
          expect(broken(life(g, late, false))).toEqual([]);
          expect(broken(life(g, soon, false))).toEqual([
            g.length === 0 ? 'notEarly' : expect.stringMatching(/renewed|notEarly/),
          ]);
          expect(broken(life(g, late, true))).toEqual(['notImmortal']);
        },
      ),
      { numRuns },
    );
  });
});

describe('watches', () => {
  const heardMost = (watches: readonly WatchRecord[]): WatchRecord => {
    const count = ({ responses }: WatchRecord): number =>
      responses.reduce((sum, { events }) => sum + (events?.length ?? 0), 0);
    return [...watches].sort((a, b) => count(b) - count(a) || a.id - b.id)[0] as WatchRecord;
  };
  const broken = (
    seed: number,
    change: (watch: WatchRecord, pick: number) => WatchRecord | null,
    pick: number,
  ) => {
    const history = watchedHistory(seed, 120, 3);
    const store = checkStore({ operations: history.operations, watches: [] }, { stepsMax: 10_000 });
    const watch = change(heardMost(history.watches), pick);
    if (watch === null) return null;
    return checkWatches({ ...history, watches: [watch] }, store.changes()).violations.map(
      ({ guarantee }) => guarantee,
    );
  };

  it('are rejected where a revision is split over two responses', () => {
    let planted = 0;
    const split = (watch: WatchRecord, pick: number): WatchRecord | null => {
      const places = watch.responses.flatMap(({ events }, at) =>
        (events ?? []).flatMap((event, n) =>
          n > 0 && events?.[n - 1]?.modRevision === event.modRevision ? [[at, n]] : [],
        ),
      );
      const [at = 0, n = 0] = places[pick % Math.max(1, places.length)] ?? [];
      const response = watch.responses[at];
      if (places.length === 0 || response?.events === undefined) return null;
      const [first, second]: WatchResponse[] = [
        { ...response, events: response.events.slice(0, n) },
        { ...response, events: response.events.slice(n) },
      ] as WatchResponse[];
      return {
        ...watch,
        responses: watch.responses.flatMap((each, i) =>
          i === at ? [first, second] : [each],
        ) as WatchResponse[],
      };
    };
    fc.assert(
      fc.property(seeds, fc.nat(1000), (seed, pick) => {
        const found = broken(seed, split, pick);
        if (found === null) return;
        expect(found).toContain('atomic');
        planted++;
      }),
      { numRuns },
    );
    expect(planted).toBeGreaterThan(numRuns / 8);
  });

  it('are rejected where they hear what was before the revision they asked for', () => {
    let planted = 0;
    const later = (watch: WatchRecord): WatchRecord | null => {
      const first = watch.responses.find(({ events }) => (events?.length ?? 0) > 0)?.events?.[0];
      if (first === undefined) return null;
      return { ...watch, request: { ...watch.request, startRevision: first.modRevision + 1 } };
    };
    fc.assert(
      fc.property(seeds, (seed) => {
        const found = broken(seed, later, 0);
        if (found === null) return;
        expect(found).toContain('notBefore');
        planted++;
      }),
      { numRuns },
    );
    expect(planted).toBeGreaterThan(numRuns / 2);
  });
});

describe('recipes', () => {
  it('a queue that is right is accepted; taken twice, lost, invented or out of order is not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 20 }),
        fc.nat(),
        fc.constantFrom('twice', 'lost', 'invented', 'order'),
        (size, pick, lie) => {
          const put = (n: number): QueueOperation => ({
            kind: 'enqueue',
            value: `v${n}`,
            callNs: 10 * n,
            returnNs: 10 * n + 5,
          });
          const take = (n: number, value = `v${n}`): QueueOperation => ({
            kind: 'dequeue',
            value,
            callNs: 1000 + 10 * n,
            returnNs: 1005 + 10 * n,
          });
          const all = Array.from({ length: size }, (_, n) => n);
          const good = [...all.map(put), ...all.map((n) => take(n))];
          expect(checkQueue(good, true)).toEqual([]);
          const n = pick % (size - 1);
          const takes = all.map((each) => take(each));
          if (lie === 'twice') takes.push(take(size, `v${n}`));
          else if (lie === 'lost') takes.splice(n, 1);
          else if (lie === 'invented') takes[n] = take(n, 'other');
          else [takes[n], takes[n + 1]] = [take(n, `v${n + 1}`), take(n + 1, `v${n}`)];
          expect(checkQueue([...all.map(put), ...takes], true).length).toBeGreaterThan(0);
        },
      ),
      { numRuns },
    );
  });

  it('a lock whose tokens grow is accepted; one token twice, or two the wrong way round, is not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.nat(), fc.boolean(), (size, pick, same) => {
        const hold = (n: number, token: number): Hold => ({
          resource: 'l',
          owner: `o${n}`,
          token,
          callNs: 10 * n,
          returnNs: 10 * n + 2,
          releasedNs: 10 * n + 8,
        });
        const holds = Array.from({ length: size }, (_, n) => hold(n, 5 * n));
        expect(checkExclusion(holds, [])).toEqual({ violations: [], overlaps: 0 });
        const n = pick % (size - 1);
        const lied = holds.map((each, at) => (at === n + 1 ? hold(at, same ? 5 * n : 5 * n - 1) : each));
        expect(checkExclusion(lied, []).violations.length).toBeGreaterThan(0);
      }),
      { numRuns },
    );
  });
});
