import { ProtobufWriter } from '../base/protobuf.ts';
import type { Backend, BatchTx } from '../backend/index.ts';
import type { Failpoint } from '../base/failpoint.ts';
import type { BugSwitches } from '../bugs.ts';
import type { Compaction } from './compaction.ts';
import type { StateDigest } from './digest.ts';
import { newStateDigest } from './digest.ts';
import type { KvHash } from './hash_kv.ts';
import type { LeaseAttachments } from './lease_attachments.ts';
import { PairCache } from './pair_cache.ts';
import { firstRevision, notCompacted } from './revision.ts';
import type { CompactionSite } from './sites.ts';
import { TreeIndex } from './tree_index.ts';

/** What the store and its parts share. */
export interface StoreState {
  readonly backend: Backend;
  readonly leases: LeaseAttachments;
  readonly pass: Failpoint<CompactionSite>;
  readonly bugs: BugSwitches;
  /** The last finished write transaction that changed something. */
  revision: number;
  /** Older revisions can't be read, this one can. */
  compactRevision: number;
  /** The last compaction whose removals are done; below `compactRevision` while there is work left. */
  finishedCompactRevision: number;
  readonly index: TreeIndex;
  readonly pairs: PairCache;
  readonly digest: StateDigest;
  /** Compactions with removals to do, in the order in which they were asked for. */
  readonly compactions: Compaction[];
  /** Of the latest finished compactions, oldest first. */
  readonly compactionHashes: KvHash[];
  /** For one record at a time. */
  readonly writer: ProtobufWriter;
  /** The open write transaction's, null if there is none. */
  batch: BatchTx | null;
}

export function newStoreState(
  backend: Backend,
  leases: LeaseAttachments,
  pass: Failpoint<CompactionSite>,
  bugs: BugSwitches,
): StoreState {
  return {
    backend,
    leases,
    pass,
    bugs,
    revision: firstRevision,
    compactRevision: notCompacted,
    finishedCompactRevision: notCompacted,
    index: new TreeIndex(),
    pairs: new PairCache(),
    digest: newStateDigest(),
    compactions: [],
    compactionHashes: [],
    writer: new ProtobufWriter(),
    batch: null,
  };
}
