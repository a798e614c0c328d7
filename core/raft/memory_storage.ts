import {
  countWithin,
  emptyHardState,
  emptySnapshot,
  makeEntry,
  type ConfState,
  type Entry,
  type HardState,
  type Snapshot,
} from './entry.ts';
import { compactedError, snapOutOfDateError, unavailableError, type RaftError } from './errors.ts';
import { fail } from './fail.ts';
import type { Storage } from './storage.ts';

/**
 * The stable log in memory. A member keeps one beside its WAL and rebuilds it at boot; tests use it as their
 * disk.
 */
export class MemoryStorage implements Storage {
  private hardState: HardState = emptyHardState;
  private latest: Snapshot = emptySnapshot;
  /** log[0] stands for the last compacted entry: its term and index are known, its data is gone. */
  private log: Entry[] = [makeEntry(0, 0)];

  initialState(): { hardState: HardState; confState: ConfState } {
    return { hardState: this.hardState, confState: this.latest.metadata.confState };
  }

  setHardState(state: HardState): void {
    this.hardState = state;
  }

  private offset(): number {
    return (this.log[0] as Entry).index;
  }

  firstIndex(): number {
    return this.offset() + 1;
  }

  lastIndex(): number {
    return this.offset() + this.log.length - 1;
  }

  term(index: number): number | RaftError {
    const offset = this.offset();
    if (index < offset) return compactedError;
    const entry = this.log[index - offset];
    return entry === undefined ? unavailableError : entry.term;
  }

  entries(low: number, high: number, bytesMax: number): readonly Entry[] | RaftError {
    const offset = this.offset();
    if (low <= offset) return compactedError;
    if (high > this.lastIndex() + 1) fail(`entries up to ${high} are out of bound ${this.lastIndex()}`);
    if (this.log.length === 1) return unavailableError;
    const found = this.log.slice(low - offset, high - offset);
    const count = countWithin(found, bytesMax);
    return count === found.length ? found : found.slice(0, count);
  }

  snapshot(): Snapshot | RaftError {
    return this.latest;
  }

  /** Replaces everything by the snapshot. snapOutOfDate if the kept one is as new. */
  applySnapshot(snapshot: Snapshot): RaftError | null {
    if (this.latest.metadata.index >= snapshot.metadata.index) return snapOutOfDateError;
    this.latest = snapshot;
    this.log = [makeEntry(snapshot.metadata.term, snapshot.metadata.index)];
    return null;
  }

  /** Makes a snapshot of the state after applying `index`; the log stays until `compact`. */
  createSnapshot(index: number, confState: ConfState | null, data: Uint8Array): Snapshot | RaftError {
    if (index <= this.latest.metadata.index) return snapOutOfDateError;
    const term = this.term(index);
    if (typeof term !== 'number') return term;
    this.latest = {
      data,
      metadata: { confState: confState ?? this.latest.metadata.confState, index, term },
    };
    return this.latest;
  }

  /** Drops all entries up to and including `index`, which must be covered by the application's state. */
  compact(index: number): RaftError | null {
    const offset = this.offset();
    if (index <= offset) return compactedError;
    if (index > this.lastIndex()) fail(`compact ${index} is out of bound lastindex(${this.lastIndex()})`);
    const last = this.log[index - offset] as Entry;
    this.log = [makeEntry(last.term, last.index), ...this.log.slice(index - offset + 1)];
    return null;
  }

  /**
   * Appends entries with consecutive indexes; what they overlap is replaced, what is compacted is skipped.
   */
  append(entries: readonly Entry[]): void {
    const head = entries[0];
    if (head === undefined) return;
    const first = this.firstIndex();
    if (head.index + entries.length - 1 < first) return;
    const kept = head.index < first ? entries.slice(first - head.index) : entries;
    const position = (kept[0] as Entry).index - this.offset();
    if (position > this.log.length) {
      fail(`missing log entry [last: ${this.lastIndex()}, append at: ${head.index}]`);
    }
    // Setting a length costs even where it changes nothing, as it mostly does.
    if (this.log.length > position) this.log.length = position;
    for (const entry of kept) this.log.push(entry);
  }
}
