import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareStrings } from '../../core/base/bytes.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import { keyRange, MvccStore, noLease, rangeCovers } from '../../core/mvcc/index.ts';
import type { KeyRange, KeyValue } from '../../core/mvcc/index.ts';
import { addPair, digestNumber, hashPair, newStateDigest } from '../../core/mvcc/digest.ts';

type Change =
  | { readonly kind: 'put'; readonly key: ByteString; readonly value: ByteString }
  | { readonly kind: 'delete'; readonly range: KeyRange };

const key = fc.constantFrom(...(['a', 'a\0', 'b', 'ba', 'c', '\xff'] as ByteString[]));
const end = fc.constantFrom(undefined, ...(['', '\0', 'a\0', 'b', 'c', '\xff'] as ByteString[]));
const range = fc.tuple(key, end).map(([low, high]) => keyRange(low, high));
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('put'), key, value: key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete'), range }) },
);
const history = fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 25 });

/** The naive store: every revision as a whole, sorted list of pairs. */
class Model {
  readonly states: (readonly KeyValue[])[] = [[], []];

  get revision(): number {
    return this.states.length - 1;
  }

  apply(changes: readonly Change[]): void {
    const main = this.states.length;
    let pairs: readonly KeyValue[] = this.states[main - 1] ?? [];
    let changed = false;
    for (const one of changes) {
      const next = one.kind === 'put' ? putInto(pairs, one, main) : removeFrom(pairs, one.range);
      changed ||= one.kind === 'put' || next.length < pairs.length;
      pairs = next;
    }
    if (changed) this.states.push(pairs);
  }
}

function putInto(
  pairs: readonly KeyValue[],
  put: { readonly key: ByteString; readonly value: ByteString },
  main: number,
): KeyValue[] {
  const before = pairs.find((kv) => kv.key === put.key);
  const after: KeyValue = {
    key: put.key,
    create_revision: before?.create_revision ?? main,
    mod_revision: main,
    version: (before?.version ?? 0) + 1,
    value: put.value,
    lease: noLease,
  };
  const others = pairs.filter((kv) => kv.key !== put.key);
  return [...others, after].sort((a, b) => compareStrings(a.key, b.key));
}

function removeFrom(pairs: readonly KeyValue[], gone: KeyRange): KeyValue[] {
  return pairs.filter((kv) => !rangeCovers(gone, kv.key));
}

function applyTo(store: MvccStore, changes: readonly Change[]): void {
  const txn = store.write();
  for (const one of changes) {
    if (one.kind === 'put') txn.put(one.key, one.value);
    else txn.deleteRange(one.range);
  }
  txn.end();
}

describe('mvcc store against the list of all states', () => {
  it('reads every range at every revision alike', () => {
    fc.assert(
      fc.property(
        history,
        fc.array(range, { minLength: 1, maxLength: 4 }),
        fc.nat(3),
        (txns, ranges, limit) => {
          const store = new MvccStore();
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
      fc.property(history, (txns) => {
        const store = new MvccStore();
        const model = new Model();
        for (const changes of txns) {
          applyTo(store, changes);
          model.apply(changes);
          const rebuilt = newStateDigest();
          for (const kv of model.states[model.revision] ?? []) addPair(rebuilt, hashPair(kv));
          expect(store.digest).toBe(digestNumber(rebuilt));
        }
      }),
    );
  });

  it('tells two histories apart by it exactly if their live pairs differ', () => {
    const run = (txns: readonly (readonly Change[])[]): { digest: number; live: string } => {
      const store = new MvccStore();
      for (const changes of txns) applyTo(store, changes);
      const live = store.range(keyRange('\0' as ByteString, '\0' as ByteString)).kvs;
      return {
        digest: store.digest,
        live: JSON.stringify(live.map((kv) => ({ ...kv, lease: Number(kv.lease) }))),
      };
    };
    fc.assert(
      fc.property(history, history, (one, other) => {
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
