import type { StateDigest } from './digest.ts';
import { newStateDigest } from './digest.ts';
import { firstRevision, notCompacted } from './revision.ts';
import type { RevisionStore } from './revision_store.ts';
import { TreeIndex } from './tree_index.ts';

/** What the store and its write transaction share. */
export interface StoreState {
  /** The last finished write transaction that changed something. */
  revision: number;
  /** Older revisions can't be read, this one can. */
  compactRevision: number;
  readonly index: TreeIndex;
  readonly revisions: RevisionStore;
  readonly digest: StateDigest;
  /** True while a write transaction is open. */
  writing: boolean;
}

export function newStoreState(revisions: RevisionStore): StoreState {
  return {
    revision: firstRevision,
    compactRevision: notCompacted,
    index: new TreeIndex(),
    revisions,
    digest: newStateDigest(),
    writing: false,
  };
}
