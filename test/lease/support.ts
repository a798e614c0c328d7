import { Buckets } from '../../core/backend/index.ts';
import { emptyByteString, fromText, type ByteString } from '../../core/base/bytes.ts';
import { decodeLease, Lessor, type LessorOptions } from '../../core/lease/index.ts';
import { electionTicks, heartbeatIntervalMs, nsPerMs, nsPerSecond } from '../../core/limits.ts';
import { MvccStore, noLease, type RevisionRecord } from '../../core/mvcc/index.ts';
import { memoryBackend } from './memory_backend.ts';

export const second = nsPerSecond;
export const electionNs = electionTicks * heartbeatIntervalMs * nsPerMs;
export const key = (name: string): ByteString => fromText(name);

/** One member's lessor, store and backend. */
export class LeaseBench {
  readonly backend = memoryBackend();
  readonly lessor: Lessor;
  readonly store: MvccStore;
  changes: readonly RevisionRecord[] = [];

  constructor(options: Partial<LessorOptions> = {}) {
    this.lessor = new Lessor({ minTtl: 2, ...options });
    this.lessor.recover(this.backend);
    this.store = MvccStore.open(this.backend, this.lessor);
    this.store.onWrite = (_revision, changes) => {
      this.changes = changes;
    };
  }

  put(name: string, lease = noLease): void {
    const txn = this.store.write();
    txn.put(key(name), key('v'), lease);
    txn.end();
  }

  keysOf(lease: bigint): string[] {
    return [...(this.lessor.lookup(lease)?.keys ?? [])];
  }

  /** The ids of the stored leases with what is stored. */
  stored(): string[] {
    const lines: string[] = [];
    const view = this.backend.read();
    view.visit(Buckets.lease, emptyByteString, undefined, (_key, value) => {
      const { id, ttl, remainingTtl } = decodeLease(value);
      lines.push(`${id} ${ttl} ${remainingTtl}`);
      return true;
    });
    view.end();
    return lines;
  }

  /** What a member that starts from this backend has. */
  restarted(options: Partial<LessorOptions> = {}): Lessor {
    const lessor = new Lessor({ minTtl: 2, ...options });
    lessor.recover(this.backend);
    MvccStore.open(this.backend, lessor);
    return lessor;
  }
}

export function primary(options: Partial<LessorOptions> = {}): LeaseBench {
  const bench = new LeaseBench(options);
  bench.lessor.promote(0, 0);
  return bench;
}
