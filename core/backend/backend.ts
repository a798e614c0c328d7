import { assert } from '../base/assert.ts';
import { type Failpoint, noFailpoint } from '../base/failpoint.ts';
import { type BugSwitches, noBugs } from '../bugs.ts';
import { batchOperationsMax } from '../limits.ts';
import { compareStrings, type ByteString } from '../base/bytes.ts';
import type { Disk, Token } from '../ports.ts';
import { BatchTx } from './batch_tx.ts';
import { BucketBuffer } from './buffer.ts';
import { compactCopy } from './compact_copy.ts';
import { Database } from './database.ts';
import { hashBuckets, type HashIgnore } from './hash.ts';
import { ReadView } from './read_view.ts';
import type { BackendSite } from './sites.ts';
import type { WriteTx } from './transaction.ts';

/** Called by the backend; see ConsistentIndex. */
export interface BackendHooks {
  /** An apply has just taken the batch lock. */
  onLockForApply(): void;
  /** The transaction is about to be committed, whatever the reason: its last chance to put something. */
  onPreCommit(tx: BatchTx): void;
}

export interface BackendOptions {
  /**
   * A disk token that the backend uses for its own steps; the member hands its completions to `onDisk`. One that replaces another
   * (a snapshot was received) needs a token of its own while steps of the other may still complete.
   */
  readonly stepToken: Token;
  readonly hooks?: BackendHooks;
  readonly batchOperationsMax?: number;
  readonly failpoint?: Failpoint<BackendSite>;
  readonly bugs?: BugSwitches;
}

interface Batch {
  readonly transaction: WriteTx;
  readonly tx: BatchTx;
  /** What readers do not see in the last commit yet. */
  readonly buffers: Map<ByteString, BucketBuffer>;
  /** Tokens that wait for this batch to be durable. */
  readonly waiting: Token[];
}

/**
 * etcd's storage backend: writes gather in a batch that is committed every so often, because a client's answer rests on the log and
 * not on this. One commit is under way at a time; meanwhile the next batch fills. Call `onInterval` every `batchIntervalMs`.
 */
export class Backend {
  private readonly disk: Disk;
  private readonly path: string;
  private readonly database: Database;
  private readonly hooks: BackendHooks | null;
  private readonly operationsMax: number;
  private readonly pass: Failpoint<BackendSite>;
  private readonly bugs: BugSwitches;
  /** Two planted bugs of the readers' buffer. */
  private readonly hidesDeletes: boolean;
  private readonly reusesBuffers: boolean;
  private batch: Batch;
  private locked = false;
  private closed = false;
  /** The batch is to be committed as soon as the commit under way is durable. */
  private commitWanted = false;
  private defragmentWanted = false;
  /** Tokens that wait for the commit under way. */
  private waitingForDurable: readonly Token[] = [];

  private constructor(disk: Disk, path: string, database: Database, options: BackendOptions) {
    this.disk = disk;
    this.path = path;
    this.database = database;
    this.hooks = options.hooks ?? null;
    this.operationsMax = options.batchOperationsMax ?? batchOperationsMax;
    this.pass = options.failpoint ?? noFailpoint;
    this.bugs = options.bugs ?? noBugs;
    this.hidesDeletes = this.bugs.has('deletes-hidden-from-readers');
    this.reusesBuffers = this.bugs.has('emptied-buffer-returns');
    this.batch = this.newBatch();
  }

  /** Opens or makes the database file; its directory must exist. Throws BackendError and DiskError. */
  static open(disk: Disk, path: string, options: BackendOptions): Backend {
    const { stepToken, failpoint, bugs } = options;
    return new Backend(disk, path, Database.open(disk, path, stepToken, failpoint, bugs), options);
  }

  // --- writing

  /** Takes the batch lock for changes that no log entry asked for. The transaction is valid until `unlock`. */
  lock(): BatchTx {
    assert(!this.locked && !this.closed, 'the batch lock is free');
    this.locked = true;
    return this.batch.tx;
  }

  /** Takes the batch lock for the apply of a log entry. */
  lockForApply(): BatchTx {
    const tx = this.lock();
    this.hooks?.onLockForApply();
    return tx;
  }

  /** Shows the changes to readers from now on, and commits a batch that is large enough. */
  unlock(): void {
    assert(this.locked, 'the batch lock is held');
    this.locked = false;
    this.pass('beforeWritebackBuf');
    this.showWrites();
    this.pass('afterWritebackBuf');
    if (this.batch.tx.pending >= this.operationsMax) this.commit();
  }

  private showWrites(): void {
    const { tx, buffers } = this.batch;
    const { hidesDeletes } = this;
    for (const { bucket, key, value } of tx.writes) {
      if (hidesDeletes && value === null) continue;
      let buffer = buffers.get(bucket);
      if (buffer === undefined) {
        buffer = new BucketBuffer();
        buffers.set(bucket, buffer);
      }
      buffer.set(key, value);
    }
    const last = tx.writes.at(-1);
    if (last !== undefined) {
      const seen = buffers.get(last.bucket)?.get(last.key);
      assert(seen === last.value, 'readers see what was written, and what was deleted they do not');
    }
    if (this.reusesBuffers) {
      const written = new Set(tx.writes.map(({ bucket }) => bucket));
      for (const [bucket, buffer] of buffers) if (!written.has(bucket)) buffer.mergeNothing();
    }
    tx.writes = [];
  }

  private runHook(): void {
    const forgotten = this.defragmentWanted && this.bugs.has('defrag-forgets-index');
    if (!forgotten) this.hooks?.onPreCommit(this.batch.tx);
    this.showWrites();
  }

  /** Commits what the batch holds, if anything. */
  onInterval(): void {
    if (this.batch.tx.pending > 0) this.commit();
  }

  /**
   * Forces a commit, also of what only the pre-commit hook puts. The token, if given, completes when everything written so far is
   * durable.
   */
  commit(token?: Token): void {
    assert(!this.locked && !this.closed, 'no commit under the batch lock or after the end');
    this.runHook();
    const { batch, database } = this;
    if (batch.tx.pending === 0) {
      if (token === undefined) return;
      if (database.idle) this.disk.sync(this.path, token);
      else this.waitingForDurable = [...this.waitingForDurable, token];
      return;
    }
    if (token !== undefined) batch.waiting.push(token);
    if (database.idle) this.startCommit();
    else this.commitWanted = true;
  }

  /**
   * Rewrites the database without its free pages, into a new file that takes the old one's name. Unless a commit is under way,
   * what the batch holds is committed first, as etcd does. What is written until then is committed by the new file itself. The
   * token, if given, completes when the new file is durable.
   */
  defragment(token?: Token): void {
    this.defragmentWanted = true;
    this.commit();
    if (token !== undefined) this.batch.waiting.push(token);
    this.goOn();
  }

  private startCommit(): void {
    this.commitWanted = false;
    this.pass('commitBeforePreCommitHook');
    const { transaction } = this.endBatch();
    this.pass('commitAfterPreCommitHook');
    this.pass('beforeCommit');
    this.database.commit(transaction);
    this.batch = this.newBatch();
  }

  private startDefragment(): void {
    this.commitWanted = false;
    const { transaction } = this.endBatch();
    this.defragmentWanted = false;
    this.pass('defragBeforeCopy');
    this.database.replace(transaction);
    this.batch = this.newBatch();
  }

  /** The one way out of a batch, so that no commit lacks what the hook puts. */
  private endBatch(): Batch {
    this.runHook();
    const { batch } = this;
    this.waitingForDurable = batch.waiting;
    return batch;
  }

  private newBatch(): Batch {
    this.pass('beforeStartDBTxn');
    const transaction = this.database.write();
    this.pass('afterStartDBTxn');
    return { transaction, tx: new BatchTx(transaction), buffers: this.newBuffers(), waiting: [] };
  }

  private newBuffers(): Map<ByteString, BucketBuffer> {
    if (!this.reusesBuffers || this.batch === undefined) return new Map();
    return new Map(
      [...this.batch.buffers].map(([bucket, buffer]) => [bucket, BucketBuffer.reused(buffer)] as const),
    );
  }

  private goOn(): void {
    if (!this.database.idle) return;
    if (this.defragmentWanted) this.startDefragment();
    else if (this.commitWanted) this.startCommit();
  }

  /** Tells of a completed sync that did not fail. True if it was one of the backend's own steps. */
  onDisk(token: Token): boolean {
    assert(!this.locked, 'completions come between changes');
    if (this.closed) return this.database.owns(token);
    if (!this.database.onDisk(token)) return false;
    if (!this.database.idle) return true;
    this.pass('afterCommit');
    // Syncs complete in order, so these complete at once, with the caller's own tokens.
    for (const waiting of this.waitingForDurable) this.disk.sync(this.path, waiting);
    this.waitingForDurable = [];
    this.goOn();
    return true;
  }

  /**
   * Gives the file up, because another is about to take its name: what is under way or waits is dropped, and no token of it
   * completes. Readers keep what they read.
   */
  close(): void {
    assert(!this.locked, 'no close under the batch lock');
    const goesOn = this.database.isReplacing && this.bugs.has('defrag-races-snapshot');
    this.closed = !goesOn;
  }

  // --- reading

  /** Operations that the next commit will save. */
  get pendingOperations(): number {
    return this.batch.tx.pending;
  }

  /** A concurrent read transaction: what is committed and what was unlocked since. Must be ended. */
  read(): ReadView {
    const frozen = [...this.batch.buffers].map(([bucket, buffer]) => [bucket, buffer.freeze()] as const);
    return new ReadView(this.database.read(), new Map(frozen), this.reusesBuffers);
  }

  /** Whether nothing is on its way to the disk and the batch is empty. */
  get settled(): boolean {
    return this.database.idle && this.batch.tx.pending === 0;
  }

  /** Size of the database as of the last commit. */
  get sizeBytes(): number {
    return this.database.meta.highWater * this.database.meta.pageBytes;
  }

  /** The size without the pages that can be used again. */
  get sizeInUseBytes(): number {
    return this.sizeBytes - this.database.freePages * this.database.meta.pageBytes;
  }

  get openReaders(): number {
    return this.database.openReaders;
  }

  /** Fingerprint of everything written so far, equal on members that hold the same. Not under the batch lock. */
  hash(ignore?: HashIgnore): number {
    assert(!this.locked, 'no hash under the batch lock');
    return hashBuckets(this.batch.transaction.root, ignore);
  }

  /**
   * A database file that holds everything written so far and what the pre-commit hook puts, for a member that lags too far
   * behind. It has no free pages, so it may be smaller than this one.
   */
  snapshot(): Uint8Array {
    assert(!this.locked, 'no snapshot under the batch lock');
    this.runHook();
    const { transaction } = this.batch;
    return compactCopy(transaction.root, transaction.txid, this.database.meta.pageBytes).bytes;
  }

  /** Names of the buckets, in byte order. */
  bucketNames(): ByteString[] {
    const cursor = this.batch.transaction.root.cursor();
    const names: ByteString[] = [];
    for (let found = cursor.first(); found; found = cursor.next())
      if (cursor.isBucket) names.push(cursor.key);
    return names.sort(compareStrings);
  }

  /** Checks that every page is in use once or free. Throws AssertionError and BackendError. */
  audit(): void {
    this.database.audit();
  }
}
