import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EtcdOperation, EtcdRequest } from '../../../sim/checkers/history/etcd_operation.ts';
import { checkLinearizability } from '../../../sim/checkers/linearizability/index.ts';
import { toEtcdOperation } from '../../../sim/checkers/history/kv_conversion.ts';
import { checkStore } from '../../../sim/checkers/store/index.ts';
import { runs } from '../../runs.ts';
import { drawFrom, realHistory } from '../linearizability/histories.ts';
import { lies } from '../linearizability/lies.ts';
import { expectAgreement } from './agreement.ts';
import { realStoreHistory } from './real_store.ts';
import { storeLies } from './store_lies.ts';

const histories = runs(1000, 20_000);

describe('small histories of the whole store', () => {
  it('are judged as the definition says', () => {
    const seen = expectAgreement(1, histories);
    // Neither verdict may be so rare that agreement on it means nothing.
    expect(seen.linearizable).toBeGreaterThan(histories / 20);
    expect(seen.violation).toBeGreaterThan(histories / 20);
  });

  it('are judged as the definition says where ranges sort and filter', () => {
    const count = runs(200, 20_000);
    const seen = expectAgreement(1, count, true);
    expect(seen.linearizable).toBeGreaterThan(count / 20);
    expect(seen.violation).toBeGreaterThan(count / 20);
  });
});

const shape = {
  operations: 3000,
  clients: 10,
  keys: 8,
  unknownPer1000: 20,
  values: 0,
  puts: 25,
  gets: 30,
  swaps: 10,
  deletes: 5,
  rich: true,
};

describe('histories with a real order behind them', () => {
  it('are accepted, with leases, compactions, ranges and lost answers', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const operations = realStoreHistory(shape, drawFrom(seed));
      const report = checkStore({ operations, watches: [] }, { stepsMax: 200_000 });
      expect(report.verdict, `seed ${seed}: ${report.violation?.sentence}`).toBe('linearizable');
    }
  });

  it.each(Object.keys(storeLies))('are rejected with one lie in them: %s', (name) => {
    const tries = runs(8, 100);
    let planted = 0;
    const property = fc.property(
      fc.integer({ min: 1, max: 2 ** 30 }),
      fc.integer({ min: 1, max: 10 }),
      (seed, clients) => {
        const draw = drawFrom(seed);
        const real = realStoreHistory({ ...shape, operations: 600, clients, unknownPer1000: 0 }, draw);
        const operations = storeLies[name]?.(real, draw) ?? null;
        if (operations === null) return;
        planted++;
        const { verdict, violation } = checkStore({ operations, watches: [] }, { stepsMax: 200_000 });
        expect(verdict).toBe('violation');
        expect(violation?.sentence).not.toBe('');
        expect(violation?.contradiction.length).toBeGreaterThan(0);
      },
    );
    fc.assert(property, { numRuns: tries, seed: 1 });
    expect(planted).toBeGreaterThan(tries / 4);
  });
});

describe('revisions that nobody says they made', () => {
  it.each([
    [5, 1],
    [20, 10],
    [50, 100],
  ])('are filled almost without a search: %i clients, %i keys', (clients, keys) => {
    for (let seed = 1; seed <= 3; seed++) {
      const size = {
        ...shape,
        operations: 6000,
        clients,
        keys,
        unknownPer1000: 50,
        puts: 35,
        gets: 45,
        rich: false,
      };
      const operations = realStoreHistory(size, drawFrom(seed));
      const report = checkStore({ operations, watches: [] }, { stepsMax: 2000 });
      expect(report.verdict, `seed ${seed}: ${report.violation?.sentence}`).toBe('linearizable');
    }
  });

  it('are filled with what the disks hold, whatever kind of request it is', () => {
    const put = (id: number, ns: number, key: string, revision: number | null): EtcdOperation => ({
      id,
      process: id,
      input: { kind: 'put', key, value: 'v' },
      callNs: ns,
      callSequence: 0,
      returnNs: revision === null ? null : ns + 1,
      returnSequence: revision === null ? null : 0,
      outcome:
        revision === null ? { status: 'unknown' } : { status: 'ok', output: { kind: 'put', revision } },
    });
    const remove: EtcdOperation = { ...put(2, 10, 'a', null), input: { kind: 'deleteRange', key: 'a' } };
    const operations = [put(1, 0, 'a', 2), remove, put(3, 10, 'b', null), put(4, 20, 'c', 4)];
    const order = (request: EtcdRequest): readonly number[] =>
      checkStore({ operations, watches: [], persisted: [{ request, revision: 3 }] }, { stepsMax: 100 }).order;
    expect(order({ kind: 'deleteRange', key: 'a' })).toEqual([1, 2, 4]);
    expect(order({ kind: 'put', key: 'b', value: 'v' })).toEqual([1, 3, 4]);
    expect(order({ kind: 'put', key: 'z', value: 'v' })).toEqual([]);
  });
});

describe('histories of single keys with revisions', () => {
  it('are judged alike by values and by revisions', () => {
    const seen = { linearizable: 0, violation: 0 };
    for (let seed = 1; seed <= 60; seed++) {
      const draw = drawFrom(seed);
      const size = {
        operations: 200,
        clients: 5,
        keys: 3,
        unknownPer1000: draw(3) * 20,
        values: 0,
        revisions: true,
      };
      const real = realHistory(size, draw);
      const lie = Object.values(lies)[draw(10)];
      const history = lie === undefined ? real : (lie(real, draw) ?? real);
      const wanted = checkLinearizability(history, { stepsMax: 1_000_000 }).verdict;
      const report = checkStore(
        { operations: history.map(toEtcdOperation), watches: [] },
        { stepsMax: 100_000 },
      );
      // The planted reads and writes carry no revisions: then only values can tell.
      if (report.verdict === 'inapplicable') continue;
      expect(report.verdict, `seed ${seed}`).toBe(wanted);
      seen[wanted as keyof typeof seen]++;
    }
    expect(seen.linearizable).toBeGreaterThan(20);
  });
});
