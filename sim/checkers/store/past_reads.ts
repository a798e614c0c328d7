import type { WatchRecord } from '../history/etcd_history.ts';
import type {
  EtcdRequest,
  EtcdResponse,
  Pair,
  RangeRequest,
  RangeResponse,
  TxnOperation,
} from '../history/etcd_operation.ts';
import type { Slots } from './slots.ts';

/** Somebody told what the store held at a revision, which may be older than the answer that tells it. */
export interface PastRead {
  /** The operation that was answered; -1 for a watcher. */
  readonly by: number;
  readonly revision: number;
  readonly request: RangeRequest;
  readonly response: RangeResponse;
}

/** In the order in which a replay comes by. */
export function comparePastReads(a: PastRead, b: PastRead): number {
  return a.revision - b.revision || a.by - b.by;
}

/** Adds the reads of certain revisions in an answer: the request itself, or those of the branches that a txn took. */
export function addPastReads(
  by: number,
  input: EtcdRequest | TxnOperation,
  output: EtcdResponse,
  into: PastRead[],
): void {
  if (input.kind === 'range') {
    const revision = input.revision ?? 0;
    if (revision > 0 && output.kind === 'range')
      into.push({ by, revision, request: input, response: output });
  } else if (input.kind === 'txn' && output.kind === 'txn') {
    const operations = output.succeeded ? input.success : input.failure;
    for (let n = 0; n < operations.length; n++) {
      const result = output.results[n];
      if (result !== undefined) addPastReads(by, operations[n] as TxnOperation, result, into);
    }
  }
}

/**
 * What watchers told beyond the changes themselves: the pair before a change, and how often the key had been written. Only where
 * an open slot may have to do with it. That they were told no pair says nothing, for it may have been compacted.
 */
export function watchReads(watches: readonly WatchRecord[], slots: Slots): PastRead[] {
  const found: PastRead[] = [];
  const add = (at: number, pair: Pair): void => {
    const oldest = Math.min(pair.createRevision ?? 0, pair.modRevision ?? 0);
    if (!slots.openBetween(oldest - slots.initial, at - slots.initial)) return;
    const request: RangeRequest = { kind: 'range', key: pair.key };
    found.push({ by: -1, revision: at, request, response: { kind: 'range', kvs: [pair] } });
  };
  for (const { responses } of watches) {
    for (const { events } of responses) {
      for (const { type, key, value, modRevision, createRevision, version, lease, prevKv } of events ?? []) {
        if (prevKv) add(modRevision - 1, prevKv);
        if (type === 'delete' || (createRevision === undefined && version === undefined)) continue;
        const told = { key, value, modRevision };
        add(modRevision, {
          ...told,
          ...(createRevision === undefined ? {} : { createRevision }),
          ...(version === undefined ? {} : { version }),
          ...(lease === undefined ? {} : { lease }),
        });
      }
    }
  }
  return found;
}
