import { fromText, type ByteString } from '../../core/base/bytes.ts';
import { keyRange, MvccStore, type WriteTxn } from '../../core/mvcc/index.ts';
import {
  WatchableStore,
  type Event,
  type WatchLimits,
  type WatchResponse,
  type WatchStream,
} from '../../core/watch/index.ts';
import { RandomStream } from '../../sim/random.ts';
import { memoryBackend } from '../lease/memory_backend.ts';

export const text = fromText;
/** The range end that leaves a range open. */
export const open = '\0' as ByteString;

/** One change of a transaction, by text. A null value deletes. */
export type Change = readonly [key: string, value: string | null];

export function run(store: MvccStore, changes: readonly Change[]): number {
  const txn = store.write();
  for (const [key, value] of changes) change(txn, key, value);
  return txn.end();
}

function change(txn: WriteTxn, key: string, value: string | null): void {
  if (value === null) txn.deleteRange(keyRange(text(key)));
  else txn.put(text(key), text(value));
}

export function compact(store: MvccStore, revision: number): void {
  const error = store.compact(revision);
  if (error !== null) throw new Error(`compact ${revision}: ${error}`);
  while (store.compacting) store.compactStep();
}

/** A store that can be watched, with the history that a leader would have sent it as a snapshot. */
export class WatchBench {
  readonly store = MvccStore.open(memoryBackend());
  readonly watch: WatchableStore;
  readonly random = new RandomStream('watch');
  private readonly history: (readonly Change[])[] = [];

  constructor(limits: Partial<WatchLimits> = {}) {
    this.watch = new WatchableStore(this.store, limits);
    this.store.onWrite = (revision, changes) => this.watch.onWrite(revision, changes);
  }

  stream(): WatchStream {
    return this.watch.openStream(0, this.random);
  }

  txn(...changes: readonly Change[]): number {
    this.history.push(changes);
    return run(this.store, changes);
  }

  put(key: string, value = 'v'): number {
    return this.txn([key, value]);
  }

  delete(key: string): number {
    return this.txn([key, null]);
  }

  compact(revision: number): void {
    compact(this.store, revision);
  }

  /** The leader went on without this member, and then sent it everything. */
  restore(missed: readonly (readonly Change[])[], compactRevision?: number): void {
    this.history.push(...missed);
    const backend = memoryBackend();
    const leader = MvccStore.open(backend);
    for (const changes of this.history) run(leader, changes);
    if (compactRevision !== undefined) compact(leader, compactRevision);
    this.store.restore(backend);
    this.watch.onRestore();
  }

  /** Until nothing is left to do; streams have to be taken from meanwhile if they are full. */
  sync(rounds = 20): void {
    for (let i = 0; i < rounds; i++) {
      this.watch.syncUnsynced();
      this.watch.syncVictims();
    }
  }
}

/** `k=v@3` for a put at revision 3, `k@4` for a delete; `<u` what was before, if told. */
export function eventText({ type, kv, prev_kv }: Event): string {
  const before = prev_kv === undefined ? '' : `<${prev_kv.value}@${prev_kv.mod_revision}`;
  return `${kv.key}${type === 'PUT' ? `=${kv.value}` : ''}@${kv.mod_revision}${before}`;
}

/** An answer on one line: `#0 @5 created`, `#1 @7 a=1@6 b@7`, `#0 canceled compacted 4`. */
export function responseText(response: WatchResponse): string {
  const parts = [`#${response.watch_id}`];
  if (response.revision !== 0) parts.push(`@${response.revision}`);
  if (response.created) parts.push('created');
  if (response.canceled) parts.push('canceled');
  if (response.compact_revision !== 0) parts.push(`compacted ${response.compact_revision}`);
  if (response.cancel_reason.length > 0) parts.push(`"${response.cancel_reason}"`);
  parts.push(...response.events.map(eventText));
  if (response.fragment) parts.push('...');
  return parts.join(' ');
}

export function take(stream: WatchStream, count?: number): string[] {
  return stream.takeResponses(count).map(responseText);
}
