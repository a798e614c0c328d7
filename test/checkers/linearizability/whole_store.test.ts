import { describe, expect, it } from 'vitest';
import type { EtcdOperation, EtcdResponse } from '../../../sim/checkers/history/etcd_operation.ts';
import { checkWholeStore } from '../../../sim/checkers/linearizability/whole_store.ts';
import { isJudgedByValues } from '../../../sim/checkers/linearizability/store_model.ts';
import { checkStore } from '../../../sim/checkers/store/index.ts';
import { hasStoreOrder } from '../store/naive_store.ts';
import { realStoreHistory } from '../store/real_store.ts';
import { mutate } from '../store/mutate.ts';
import { drawFrom } from './histories.ts';

const runs = Number(process.env['DETCD_RUNS'] ?? 250);

/** Without anything that tells of revisions. */
function silent(output: EtcdResponse): EtcdResponse {
  const { revision: _, ...rest } = output;
  const bare = <Each extends object>(pair: Each): Each => {
    const {
      modRevision: _mod,
      createRevision: _create,
      lease: _lease,
      ...left
    } = pair as Each & {
      modRevision?: number;
      createRevision?: number;
      lease?: string;
    };
    return left as unknown as Each;
  };
  if (rest.kind === 'range') return { ...rest, kvs: rest.kvs.map(bare) };
  if (rest.kind === 'txn') return { ...rest, results: rest.results.map(silent) };
  if (rest.kind === 'put' && rest.prevKv) return { ...rest, prevKv: bare(rest.prevKv) };
  if (rest.kind === 'deleteRange' && rest.prevKvs !== undefined)
    return { ...rest, prevKvs: rest.prevKvs.map(bare) };
  return rest;
}

function history(seed: number): EtcdOperation[] {
  const draw = drawFrom(seed);
  const shape = {
    operations: 3 + draw(10),
    clients: 1 + draw(4),
    keys: 1 + draw(4),
    unknownPer1000: draw(2) * 150,
    values: draw(3),
    puts: 30,
    gets: 20,
    swaps: 0,
    deletes: 15,
    rich: true,
  };
  return realStoreHistory(shape, draw).filter(({ input }) => isJudgedByValues(input));
}

const without = (operations: readonly EtcdOperation[]): EtcdOperation[] =>
  operations.map((each) =>
    each.outcome.status === 'ok'
      ? { ...each, outcome: { status: 'ok', output: silent(each.outcome.output) } }
      : each,
  );

describe('the whole store by values', () => {
  it('accepts what the store did, and rejects only what no order explains', () => {
    const seen = { linearizable: 0, violation: 0, unknown: 0 };
    for (let seed = 1; seed <= runs; seed++) {
      const real = history(seed);
      if (real.length === 0) continue;
      const verdict = checkWholeStore(without(real), { stepsMax: 100_000 })?.verdict ?? 'unknown';
      const byRevisions = checkStore({ operations: real, watches: [] }, { stepsMax: 10_000 }).verdict;
      // What revisions accept, values do.
      if (byRevisions === 'linearizable') expect(verdict, `seed ${seed}`).toBe('linearizable');
      const lied = without(mutate(real, drawFrom(seed)));
      const found = checkWholeStore(lied, { stepsMax: 100_000 })?.verdict ?? 'unknown';
      if (lied.length <= 7)
        expect(found, `seed ${seed}`).toBe(hasStoreOrder(lied, silent) ? 'linearizable' : 'violation');
      seen[found]++;
    }
    expect(seen.violation).toBeGreaterThan(runs / 20);
    expect(seen.linearizable).toBeGreaterThan(runs / 20);
  });

  it('explains a txn that saw half of another', () => {
    const at = (id: number, input: EtcdOperation['input'], output: EtcdResponse): EtcdOperation => ({
      id,
      process: id,
      input,
      callNs: 10 * id,
      callSequence: 0,
      returnNs: 10 * id + 5,
      returnSequence: 0,
      outcome: { status: 'ok', output },
    });
    const both: EtcdOperation['input'] = {
      kind: 'txn',
      compares: [],
      success: [
        { kind: 'put', key: 'a', value: '1' },
        { kind: 'put', key: 'b', value: '1' },
      ],
      failure: [],
    };
    const half = [
      at(1, both, { kind: 'txn', succeeded: true, results: [{ kind: 'put' }, { kind: 'put' }] }),
      at(
        2,
        { kind: 'range', key: 'a', rangeEnd: 'c' },
        { kind: 'range', kvs: [{ key: 'a', value: '1' }], count: 1 },
      ),
      at(3, { kind: 'put', key: 'z', value: '1' }, { kind: 'put' }),
    ];
    const report = checkWholeStore(half, { stepsMax: 1000 });
    expect(report?.verdict).toBe('violation');
    expect(report?.explanations[0]?.culprit).toBe(2);
    // The part of z is not concerned.
    expect(report?.linearizations.map(({ key }) => key)).toEqual(['a, b', 'z']);
    const lease: EtcdOperation = at(
      4,
      { kind: 'leaseGrant', lease: '1' },
      { kind: 'leaseGrant', lease: '1' },
    );
    expect(checkWholeStore([...half, lease], { stepsMax: 1000 })).toBeNull();
  });
});
