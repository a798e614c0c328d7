import type { Failpoint } from '../../base/failpoint.ts';
import type { Token } from '../../ports.ts';
import type { Backend } from '../../backend/index.ts';
import { type ConfState, type MemoryStorage, RaftError, type Snapshot } from '../../raft/index.ts';
import type { SnapDbs, Snapshotter } from '../../snap/index.ts';
import type { Wal } from '../../wal/index.ts';
import type { FailpointSite } from '../failpoints.ts';
import { Owner, type Tokens } from '../tokens.ts';

/** What of the state machine a snapshot says. */
export interface AppliedState {
  readonly index: number;
  readonly confState: ConfState;
  /** Bytes for the `.snap` file. */
  readonly data: () => Uint8Array;
}

export interface SnapshotParts {
  readonly storage: MemoryStorage;
  readonly wal: Wal;
  readonly snapshotter: Snapshotter;
  readonly snapDbs: SnapDbs;
  readonly tokens: Tokens;
  readonly snapshotCount: number;
  readonly catchUpEntries: number;
  readonly failpoint: Failpoint<FailpointSite>;
  readonly onSaved: (index: number, term: number) => void;
}

/** What is awaited. Each must be durable before the next may reach the disk. */
type Stage = 'nothing' | 'backend' | 'file' | 'record';

/**
 * Takes a snapshot every so many entries, so that the log need not be kept: commits the backend, which is the snapshot; writes
 * the `.snap` file that says what it covers; notes it in the log; lets go of what the log and its memory no longer need. The member
 * goes on meanwhile (etcd: EtcdServer.snapshot).
 */
export class SnapshotMaker {
  private readonly parts: SnapshotParts;
  private stage: Stage = 'nothing';
  private token: Token = -1;
  private making: Snapshot | null = null;
  /** Index of the newest snapshot that was begun or received. */
  private lastIndex: number;

  constructor(parts: SnapshotParts, lastIndex: number) {
    this.parts = parts;
    this.lastIndex = lastIndex;
  }

  /** One is being made. */
  get busy(): boolean {
    return this.stage !== 'nothing';
  }

  /** Call when what was applied is in the stable log. */
  onApplied(state: AppliedState, backend: Backend): void {
    const { storage, tokens, snapshotCount } = this.parts;
    if (this.stage !== 'nothing' || state.index - this.lastIndex <= snapshotCount) return;
    const snapshot = storage.createSnapshot(state.index, state.confState, state.data());
    // A snapshot that was received just now is newer.
    if (snapshot instanceof RaftError) return;
    this.lastIndex = state.index;
    this.making = snapshot;
    this.stage = 'backend';
    this.token = tokens.next(Owner.snapshot);
    // The consistent index on disk must not lie behind the snapshot's.
    backend.commit(this.token);
  }

  /** A snapshot from the leader took the place of everything: what is being made is old. */
  onReceived(index: number): void {
    this.lastIndex = Math.max(this.lastIndex, index);
    this.stage = 'nothing';
    this.making = null;
    this.token = -1;
  }

  /** A sync of a step is done. `compactable` is false while a follower is being sent a snapshot. */
  onSynced(token: Token, compactable: boolean): void {
    const { making, parts } = this;
    if (token !== this.token || making === null) return;
    const { index, term } = making.metadata;
    this.token = parts.tokens.next(Owner.snapshot);
    if (this.stage === 'backend') {
      this.stage = 'file';
      parts.failpoint('raftBeforeSaveSnap');
      parts.snapshotter.save(making, this.token);
    } else if (this.stage === 'file') {
      this.stage = 'record';
      parts.failpoint('raftAfterSaveSnap');
      parts.failpoint('raftBeforeWALSaveSnapshot');
      parts.wal.saveSnapshot({ index, term });
      parts.failpoint('walBeforeSync');
      parts.wal.sync(this.token);
    } else {
      this.stage = 'nothing';
      this.making = null;
      parts.failpoint('walAfterSync');
      parts.wal.release(index);
      parts.snapshotter.release(index);
      parts.snapDbs.release(index);
      parts.onSaved(index, term);
      if (compactable) this.compact(index);
    }
  }

  /** A follower that needs what is dropped here needs a snapshot, so some entries are kept for the slow ones. */
  private compact(index: number): void {
    const { storage, catchUpEntries } = this.parts;
    const upTo = index - catchUpEntries;
    if (upTo >= storage.firstIndex()) storage.compact(upTo);
  }
}
