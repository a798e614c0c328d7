import { assert } from '../base/assert.ts';
import type { KeyRange } from './key_range.ts';
import type { KeyValue } from './key_value.ts';
import { PairReader } from './pair_reader.ts';
import type { StoreState } from './state.ts';

export interface RangeOptions {
  /** Reads as of this revision; 0 or less, or absent, means now. Must be readable: see `checkRevision`. */
  readonly revision?: number;
  /** Largest number of pairs returned; 0 or absent means all. */
  readonly limit?: number;
  /** True: count only, `kvs` stays empty. */
  readonly countOnly?: boolean;
}

export interface RangeResult {
  /** Ascending by key. */
  readonly kvs: KeyValue[];
  /** Keys in the range, whatever the limit. */
  readonly count: number;
  /** The view's present revision, even for a read of an older one. */
  readonly revision: number;
}

/** Something that can be read: the store, or a write transaction that sees its own changes. */
export interface ReadView {
  /** What a read without a revision sees. In a write transaction it moves on by one with the first change. */
  readonly currentRevision: number;
  /** The last compaction; -1 if there was none. Older revisions can't be read, this one can. */
  readonly compactRevision: number;
  range(range: KeyRange, options?: RangeOptions): RangeResult;
}

export type RevisionError = 'compacted' | 'future';

/** Why a revision can't be read, or null. 0 and below stand for now. */
export function checkRevision(view: ReadView, revision: number): RevisionError | null {
  if (revision > view.currentRevision) return 'future';
  return revision > 0 && revision < view.compactRevision ? 'compacted' : null;
}

/** Reads the state as a view that stands at `view.currentRevision`. */
export function readRange(
  state: StoreState,
  view: ReadView,
  range: KeyRange,
  options: RangeOptions,
): RangeResult {
  const wanted = options.revision ?? 0;
  assert(checkRevision(view, wanted) === null, `range: revision ${wanted} can't be read`);
  const atRevision = wanted > 0 ? wanted : view.currentRevision;
  const limit = options.limit ?? 0;
  const pairsMax = options.countOnly === true ? 0 : limit > 0 ? limit : Infinity;
  const kvs: KeyValue[] = [];
  let count = 0;
  const pairs = new PairReader(state);
  state.index.visit(range, atRevision, (_key, revision, index) => {
    count++;
    if (kvs.length < pairsMax) kvs.push(pairs.read(index, revision));
    return true;
  });
  pairs.end();
  return { kvs, count, revision: view.currentRevision };
}
