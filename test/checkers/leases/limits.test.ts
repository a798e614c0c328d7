import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nsPerMs } from '../../../core/limits.ts';
import type {
  EtcdOperation,
  EtcdRequest,
  EtcdResponse,
} from '../../../sim/checkers/history/etcd_operation.ts';
import { checkLeases } from '../../../sim/checkers/leases/index.ts';
import { runs } from '../../runs.ts';
import { type Draw, drawFrom } from '../linearizability/histories.ts';

const electionMs = 1000;
const endMs = 60_000;
const lease = '7';

/** Of one lease under leaders that come and go; all as late as etcd may be. */
interface Told {
  readonly operations: EtcdOperation[];
  /** From when on nothing could have held it, and the leader of that time. */
  readonly goneMs: number;
  readonly reign: Reign;
}

interface Reign {
  readonly term: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

function reignsOf(draw: Draw): Reign[] {
  const reigns: Reign[] = [];
  for (let [fromMs, term] = [0, 1]; fromMs < endMs; term += 1 + draw(2)) {
    const untilMs = draw(3) === 0 ? endMs : Math.min(endMs, fromMs + 500 + draw(30_000));
    reigns.push({ term, fromMs, untilMs });
    fromMs = untilMs + draw(3000);
  }
  return reigns;
}

function told(seed: number): Told {
  const draw = drawFrom(seed);
  const operations: EtcdOperation[] = [];
  const add = (client: string, fromMs: number, input: EtcdRequest, output: EtcdResponse): void => {
    const id = operations.length + 1;
    const [callNs, returnNs] = [fromMs * nsPerMs, (fromMs + 1 + draw(20)) * nsPerMs];
    const when = { callNs, callSequence: 2 * id, returnNs, returnSequence: 2 * id + 1 };
    operations.push({ id, process: 1, client, input, ...when, outcome: { status: 'ok', output } });
  };
  const reigns = reignsOf(draw);
  const ttl = 2 + draw(6);
  const grantMs = 1500 + draw(3000);
  const renewals = Array.from({ length: draw(4) }, (_, at) => grantMs + (at + 1) * (200 + draw(ttl * 700)));
  let dueMs = 0;
  let last = reigns[0] as Reign;
  for (const reign of reigns) {
    const { term, fromMs, untilMs } = reign;
    const isThere = grantMs < untilMs && (dueMs === 0 || dueMs > fromMs);
    // A new leader starts its time anew, and an election's more.
    if (dueMs > 0 && isThere) dueMs = fromMs + 300 + ttl * 1000 + electionMs;
    for (let ms = fromMs + 200; ms < untilMs; ms += 20 + draw(180)) {
      add('c1', ms, { kind: 'put', key: 'other', value: 'v' }, { kind: 'put', revision: 2, term });
    }
    for (let ms = fromMs + 300; ms < untilMs; ms += 1000 + draw(4000)) {
      add('c2', ms, { kind: 'leaseKeepAlive', lease: '8' }, { kind: 'leaseKeepAlive', ttl: 9, term });
    }
    if (grantMs >= fromMs && grantMs < untilMs - 50) {
      add('c3', grantMs, { kind: 'leaseGrant', lease, ttl }, { kind: 'leaseGrant', lease, ttl, term });
      dueMs = grantMs + 25 + ttl * 1000;
    }
    for (const ms of renewals) {
      if (dueMs === 0 || ms < fromMs || ms >= untilMs - 50 || ms >= dueMs) continue;
      add('c3', ms, { kind: 'leaseKeepAlive', lease }, { kind: 'leaseKeepAlive', ttl, term });
      dueMs = Math.max(dueMs, ms + 25 + ttl * 1000);
    }
    if (dueMs > 0 && isThere) last = reign;
    // Its revoke may have been lost once.
    const goneMs = dueMs + 500 + 3000;
    if (dueMs > 0 && goneMs < untilMs) return { operations, goneMs, reign };
  }
  return { operations, goneMs: Math.max(dueMs, last.fromMs), reign: last };
}

function foundAt(ms: number, { operations, reign: { term } }: Told): EtcdOperation[] {
  const id = operations.length + 1;
  const kvs = [{ key: 'k', value: 'v', modRevision: 2, lease }];
  return [
    ...operations,
    {
      id,
      process: 2,
      client: 'c4',
      input: { kind: 'range', key: 'k' },
      callNs: ms * nsPerMs,
      callSequence: 2 * id,
      returnNs: (ms + 5) * nsPerMs,
      returnSequence: 2 * id + 1,
      outcome: { status: 'ok', output: { kind: 'range', kvs, count: 1, revision: 2, term } },
    },
  ];
}

const judge = (operations: readonly EtcdOperation[]): string[] =>
  checkLeases({ operations }, { changes: null }).violations.map(({ guarantee }) => guarantee);

describe('a lease under leaders that come and go', () => {
  const seeds = fc.integer({ min: 1, max: 1_000_000 });

  it('may be there until its leader has revoked it, however late', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const history = told(seed);
        const lastMs = Math.min(history.goneMs - 1, history.reign.untilMs);
        expect(judge(history.operations)).toEqual([]);
        expect(judge(foundAt(lastMs, history))).toEqual([]);
      }),
      { numRuns: runs(60, 5000) },
    );
  });

  it('is immortal if it is still there when a leader had time enough', () => {
    let planted = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const history = told(seed);
        const { goneMs, reign } = history;
        // Ten answers, an old leader's end, a log to apply; then its time, an election, the grace and answers that are a second apart.
        const ripeMs = Math.max(reign.fromMs + 10_000, goneMs) + 7000 + electionMs + 8000;
        if (ripeMs > reign.untilMs - 500) return;
        planted++;
        expect(judge(foundAt(ripeMs, history))).toEqual(['notImmortal']);
      }),
      { numRuns: runs(60, 5000) },
    );
    expect(planted).toBeGreaterThan(0);
  });
});
