import { compareStrings } from '../../core/base/bytes.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import { noLease, rangeCovers } from '../../core/mvcc/index.ts';
import type { KeyRange, KeyValue, LeaseId, MvccStore } from '../../core/mvcc/index.ts';

export type Change =
  | {
      readonly kind: 'put';
      readonly key: ByteString;
      readonly value: ByteString;
      readonly lease?: LeaseId;
    }
  | { readonly kind: 'delete'; readonly range: KeyRange };

/** What a watcher would be told: a null pair is a delete. */
export interface ModelChange {
  readonly main: number;
  readonly key: ByteString;
  readonly kv: KeyValue | null;
}

/** The naive store: every revision as a whole, sorted list of pairs. */
export class Model {
  states: (readonly KeyValue[])[] = [[], []];
  changes: ModelChange[] = [];
  compactRevision = -1;

  get revision(): number {
    return this.states.length - 1;
  }

  at(revision: number): readonly KeyValue[] {
    return this.states[revision] ?? [];
  }

  apply(changes: readonly Change[]): void {
    const main = this.states.length;
    let pairs = this.at(main - 1);
    const told: ModelChange[] = [];
    for (const one of changes) {
      if (one.kind === 'put') {
        pairs = putInto(pairs, one, main);
        const kv = pairs.find(({ key }) => key === one.key) ?? null;
        told.push({ main, key: one.key, kv });
        continue;
      }
      for (const { key } of pairs) if (rangeCovers(one.range, key)) told.push({ main, key, kv: null });
      pairs = pairs.filter((kv) => !rangeCovers(one.range, kv.key));
    }
    if (told.length === 0) return;
    this.states.push(pairs);
    this.changes.push(...told);
  }

  /** Forgets everything after a revision, as a crash may. */
  cutAfter(revision: number): void {
    this.states.length = revision + 1;
    this.changes = this.changes.filter(({ main }) => main <= revision);
  }
}

function putInto(
  pairs: readonly KeyValue[],
  put: Extract<Change, { kind: 'put' }>,
  main: number,
): KeyValue[] {
  const before = pairs.find((kv) => kv.key === put.key);
  const after: KeyValue = {
    key: put.key,
    create_revision: before?.create_revision ?? main,
    mod_revision: main,
    version: (before?.version ?? 0) + 1,
    value: put.value,
    lease: put.lease ?? noLease,
  };
  const others = pairs.filter((kv) => kv.key !== put.key);
  return [...others, after].sort((a, b) => compareStrings(a.key, b.key));
}

export function applyTo(store: MvccStore, changes: readonly Change[]): void {
  const txn = store.write();
  for (const one of changes) {
    if (one.kind === 'put') txn.put(one.key, one.value, one.lease);
    else txn.deleteRange(one.range);
  }
  txn.end();
}
