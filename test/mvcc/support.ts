import { fromText, type ByteString } from '../../core/base/bytes.ts';
import { Buckets, type Backend } from '../../core/backend/index.ts';
import {
  keyRange,
  MvccStore,
  parseRevisionKey,
  type LeaseAttachments,
  type LeaseId,
} from '../../core/mvcc/index.ts';
import type { StoredRevision } from '../../core/mvcc/revision.ts';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { StorageBench } from '../backend/support.ts';

export const text = fromText;
export const everything = keyRange('' as ByteString, '\0' as ByteString);

/** A store on a backend on a virtual disk. */
export class StoreBench {
  readonly bench: StorageBench;
  readonly leases: LeaseAttachments | undefined;
  backend: Backend;
  store: MvccStore;

  constructor(seed = 'mvcc', leases?: LeaseAttachments) {
    this.bench = new StorageBench(seed);
    this.leases = leases;
    this.backend = this.bench.backend();
    this.store = MvccStore.open(this.backend, leases);
  }

  /** Makes everything durable. */
  save(): void {
    this.backend.commit();
    this.bench.settle();
  }

  /** What the next process finds. */
  reopen(): MvccStore {
    this.save();
    return this.openAgain();
  }

  /** Loses what is not durable, in part or as a whole. */
  crash(mode: CrashMode): MvccStore {
    this.bench.crash(mode);
    this.bench.host.scheduled.length = 0;
    return this.openAgain();
  }

  /** The same store takes over the backend of a snapshot. */
  restoreOnto(): void {
    const file = this.backend.snapshot();
    this.bench.settle();
    this.backend.close();
    this.bench.install(file);
    this.backend = this.bench.backend();
    this.store.restore(this.backend);
    this.bench.settle();
  }

  /** All that is stored, whether it can be read or not. */
  visitRecords(visitor: (record: StoredRevision) => void): void {
    const view = this.backend.read();
    view.visit(Buckets.key, '' as ByteString, undefined, (key) => {
      visitor(parseRevisionKey(key));
      return true;
    });
    view.end();
  }

  private openAgain(): MvccStore {
    this.backend = this.bench.backend();
    this.store = MvccStore.open(this.backend, this.leases);
    return this.store;
  }
}

export function newStore(): MvccStore {
  return new StoreBench().store;
}

export function put(store: MvccStore, key: string, value = '', lease: LeaseId = 0n): number {
  const txn = store.write();
  txn.put(text(key), text(value), lease);
  return txn.end();
}

export function remove(store: MvccStore, key: string): number {
  const txn = store.write();
  txn.deleteRange(keyRange(text(key)));
  return txn.end();
}

/** Does all the removals. */
export function compactAll(store: MvccStore): void {
  while (store.compactStep());
}
