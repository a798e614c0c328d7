import { assert } from '../base/assert.ts';
import { type Failpoint, noFailpoint } from '../base/failpoint.ts';
import type { ByteString } from '../base/bytes.ts';
import { Buckets, type Backend } from '../backend/index.ts';
import { type BugSwitches, noBugs } from '../bugs.ts';
import { compactionBatchLimit } from '../limits.ts';
import { compactStep, scheduleCompaction } from './compaction.ts';
import { digestNumber } from './digest.ts';
import { type Generation, generationsOf } from './generations.ts';
import { hashKv, type KvHash } from './hash_kv.ts';
import { keyRange, type KeyRange } from './key_range.ts';
import type { KeyValue } from './key_value.ts';
import { noAttachments, type LeaseAttachments } from './lease_attachments.ts';
import type { RangeOptions, RangeResult, ReadView, RevisionError } from './read_view.ts';
import { checkRevision, readRange } from './read_view.ts';
import { restoreState } from './restore.ts';
import { revisionKey } from './revision.ts';
import { decodeRecord, type RevisionRecord } from './revision_record.ts';
import type { CompactionSite } from './sites.ts';
import type { StoreState } from './state.ts';
import { WriteTxn } from './write_txn.ts';

/** Told of the changes of one write transaction, in order. */
export type WriteListener = (revision: number, changes: readonly RevisionRecord[]) => void;

/**
 * The multi-version key-value store: every revision of every key since the last compaction can be read. The revisions are in the
 * backend; where they are is in memory.
 */
export class MvccStore implements ReadView {
  /**
   * Called at the end of each write transaction that changed something, when the store stands at the new revision and can be read,
   * and before anything else can happen. It must not write.
   */
  onWrite: WriteListener | null = null;
  private readonly leases: LeaseAttachments;
  private state: StoreState;

  private constructor(
    backend: Backend,
    leases: LeaseAttachments,
    pass: Failpoint<CompactionSite>,
    bugs: BugSwitches,
  ) {
    this.leases = leases;
    this.state = restoreState(backend, leases, pass, bugs);
  }

  /** Takes over what the backend holds. Throws MvccError. */
  static open(
    backend: Backend,
    leases: LeaseAttachments = noAttachments,
    failpoint: Failpoint<CompactionSite> = noFailpoint,
    bugs: BugSwitches = noBugs,
  ): MvccStore {
    return new MvccStore(backend, leases, failpoint, bugs);
  }

  /** Replaces everything by what another backend holds: a snapshot was received. Throws MvccError. */
  restore(backend: Backend): void {
    assert(this.state.batch === null, 'no restore within a write transaction');
    const { pass, bugs } = this.state;
    this.state = restoreState(backend, this.leases, pass, bugs);
  }

  get currentRevision(): number {
    return this.state.revision;
  }

  get compactRevision(): number {
    return this.state.compactRevision;
  }

  // --- reading

  range(range: KeyRange, options: RangeOptions = {}): RangeResult {
    this.checkNotWriting();
    return readRange(this.state, this, range, options);
  }

  /** The key's pair as of a revision. Undefined if there was none, or the revision can't be read. */
  pairAt(key: ByteString, revision: number): KeyValue | undefined {
    if (revision <= 0 || checkRevision(this, revision) !== null) return undefined;
    return this.range(keyRange(key), { revision }).kvs[0];
  }

  /**
   * Visits the changes with lowMain <= main < highMain in order; lowMain must be readable. The visitor returns false to stop, and
   * must not write.
   */
  visitChanges(lowMain: number, highMain: number, visitor: (record: RevisionRecord) => boolean): void {
    this.checkNotWriting();
    assert(lowMain > 0 && lowMain >= this.compactRevision, `changes from ${lowMain} on can't be read`);
    const view = this.state.backend.read();
    const [low, high] = [lowMain, highMain].map((main) => revisionKey({ main, sub: 0 }));
    view.visit(Buckets.key, low as ByteString, high, (key, value) => visitor(decodeRecord(key, value)));
    view.end();
  }

  /**
   * For who looks at it: the generations of every key that something is stored of, deleted ones included, in byte order. The visitor
   * returns false to stop.
   */
  visitHistories(visitor: (key: ByteString, generations: readonly Generation[]) => boolean): void {
    this.state.index.visitAll((key, index) => visitor(key, generationsOf(index)));
  }

  /** How many keys something is stored of, deleted ones included. */
  get keyCount(): number {
    return this.state.index.size;
  }

  private checkNotWriting(): void {
    assert(this.state.batch === null, 'reads go through the open write transaction');
  }

  // --- writing

  /** Starts a write transaction: takes the batch lock for an apply. There is at most one, and `end()` must be called on it. */
  write(): WriteTxn {
    return new WriteTxn(this.state, (revision, changes) => this.onWrite?.(revision, changes));
  }

  /**
   * Makes older revisions unreadable at once; `compactStep` removes what no read can reach. What a compaction leaves does not
   * depend on how many were done before. Returns why not, or null.
   */
  compact(revision: number): RevisionError | null {
    return scheduleCompaction(this.state, revision);
  }

  /** There are removals to do: call `compactStep` every `compactionPauseMs`. Can be true for a store just opened or restored. */
  get compacting(): boolean {
    return this.state.compactions.length > 0;
  }

  /** Does the next part of the removals, which looks at so many stored revisions. Returns whether there is more. */
  compactStep(revisionsMax: number = compactionBatchLimit): boolean {
    return compactStep(this.state, revisionsMax);
  }

  /** The last compaction whose removals are done; -1 if there was none. */
  get finishedCompactRevision(): number {
    return this.state.finishedCompactRevision;
  }

  // --- comparing members

  /**
   * Fingerprint of the present state, in constant time, from 0 to 2^53 - 1: members at the same revision must have the same.
   * See StateDigest.
   */
  get digest(): number {
    return digestNumber(this.state.digest);
  }

  /** etcd's HashKV up to and including a readable revision (0: now, below: nothing); it reads all that is stored. */
  hashKv(revision = 0): KvHash {
    this.checkNotWriting();
    assert(checkRevision(this, revision) === null, `hashKv: revision ${revision} can't be read`);
    return hashKv(this.state, revision === 0 ? this.currentRevision : revision);
  }

  /** What HashKV said at the latest `compactionHashesKept` compactions just before each, oldest first. */
  get compactionHashes(): readonly KvHash[] {
    return this.state.compactionHashes;
  }
}
