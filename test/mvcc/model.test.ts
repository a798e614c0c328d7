import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteString } from '../../core/base/bytes.ts';
import { keyRange, rangeCovers } from '../../core/mvcc/index.ts';
import type { KeyValue } from '../../core/mvcc/index.ts';
import { digestNumber, hashPair } from '../../core/mvcc/digest.ts';
import { digestOf, historyOfWrites, rangeOfKeys } from './arbitraries.ts';
import { applyTo, Model, type Change } from './model.ts';
import { newStore } from './support.ts';

describe('mvcc store against the list of all states', () => {
  it('reads every range at every revision alike', () => {
    fc.assert(
      fc.property(
        historyOfWrites,
        fc.array(rangeOfKeys, { minLength: 1, maxLength: 4 }),
        fc.nat(3),
        (txns, ranges, limit) => {
          const store = newStore();
          const model = new Model();
          for (const changes of txns) {
            applyTo(store, changes);
            model.apply(changes);
          }
          expect(store.currentRevision).toBe(model.revision);
          for (const [revision, pairs] of model.states.entries()) {
            for (const wanted of ranges) {
              const inRange = pairs.filter((kv) => rangeCovers(wanted, kv.key));
              const found = store.range(wanted, { revision: revision || 1, limit });
              expect(found.kvs).toEqual(limit === 0 ? inRange : inRange.slice(0, limit));
              expect(found.count).toBe(inRange.length);
              expect(found.revision).toBe(model.revision);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('keeps a digest that equals one built from the live pairs', () => {
    fc.assert(
      fc.property(historyOfWrites, (txns) => {
        const store = newStore();
        const model = new Model();
        for (const changes of txns) {
          applyTo(store, changes);
          model.apply(changes);
          expect(store.digest).toBe(digestNumber(digestOf(model.at(model.revision))));
        }
      }),
    );
  });

  it('tells two histories apart by it exactly if their live pairs differ', () => {
    const run = (txns: readonly (readonly Change[])[]): { digest: number; live: string } => {
      const store = newStore();
      for (const changes of txns) applyTo(store, changes);
      const live = store.range(keyRange('\0' as ByteString, '\0' as ByteString)).kvs;
      return {
        digest: store.digest,
        live: JSON.stringify(live.map((kv) => ({ ...kv, lease: Number(kv.lease) }))),
      };
    };
    fc.assert(
      fc.property(historyOfWrites, historyOfWrites, (one, other) => {
        const first = run(one);
        const second = run(other);
        expect(first.digest === second.digest).toBe(first.live === second.live);
      }),
    );
  });

  it('notices every field of a pair', () => {
    const pair: KeyValue = {
      key: 'k' as ByteString,
      create_revision: 3,
      mod_revision: 5,
      version: 2,
      value: 'v' as ByteString,
      lease: 9n,
    };
    const variants: KeyValue[] = [
      pair,
      { ...pair, key: 'l' as ByteString },
      { ...pair, create_revision: 3 + 2 ** 32 },
      { ...pair, mod_revision: 4 },
      { ...pair, version: 3 },
      { ...pair, value: 'w' as ByteString },
      { ...pair, lease: 8n },
      { ...pair, lease: 9n + (1n << 40n) },
      { ...pair, key: 'kv' as ByteString, value: '' as ByteString },
    ];
    for (const lane of ['low', 'high'] as const) {
      const hashes = variants.map((kv) => hashPair(kv)[lane]);
      expect(new Set(hashes).size).toBe(variants.length);
    }
  });
});
