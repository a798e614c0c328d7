import type { ConfState, Entry, HardState, Snapshot } from './entry.ts';
import type { RaftError } from './errors.ts';

/**
 * The stable log as raft reads it. Entries from `firstIndex` to `lastIndex` are kept; what lies before is
 * covered by the snapshot, of which the term at `firstIndex - 1` is known.
 */
export interface Storage {
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /**
   * Entries [low, high), at least one and then as many as fit into `bytesMax` bytes of encoded size.
   * compacted if low lies before `firstIndex`, unavailable if nothing is kept at all.
   */
  entries(low: number, high: number, bytesMax: number): readonly Entry[] | RaftError;
  /** The term of an entry in [firstIndex - 1, lastIndex], else compacted or unavailable. */
  term(index: number): number | RaftError;
  lastIndex(): number;
  firstIndex(): number;
  /** The newest snapshot, or snapshotTemporarilyUnavailable: raft then asks again. */
  snapshot(): Snapshot | RaftError;
}
