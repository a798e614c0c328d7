/**
 * With asynchronous storage the disk and the state machine are two more peers: they get messages, and their
 * answers tell the node what became stable or applied. With synchronous storage the same answers are stepped
 * when the driver says that it is done.
 */
import { emptyHardState, type Entry, type HardState, type Snapshot } from './entry.ts';
import { lastIndex, lastTerm } from './log/raft_log.ts';
import type { Message } from './message.ts';
import {
  makeStorageAppend,
  makeStorageAppendResp,
  makeStorageApply,
  makeStorageApplyResp,
} from './message_make.ts';
import type { Raft } from './raft.ts';

/** What to write, and which messages may leave when it is on disk; null if there is neither. */
export function appendWork(
  raft: Raft,
  hardState: HardState | null,
  entries: readonly Entry[],
  snapshot: Snapshot | null,
  promises: readonly Message[],
): Message | null {
  if (entries.length === 0 && hardState === null && snapshot === null && promises.length === 0) return null;
  // The node's own acknowledgements come first: once the entries count as stable they have left memory.
  const stored = storedResponse(raft, snapshot);
  // A copy: the node goes on collecting promises in its own array.
  const responses = stored === null ? [...promises] : [...promises, stored];
  return makeStorageAppend(raft.id, hardState ?? emptyHardState, entries, snapshot, responses);
}

/**
 * The disk's answer: everything up to the present end of the log is stable. It names the term in which the
 * write began, and is void in any later one: the entries may have been replaced and an equal (index, term) be
 * on its way again, not yet written.
 */
export function storedResponse(raft: Raft, snapshot: Snapshot | null): Message | null {
  const hasEntries = raft.raftLog.unstable.entries.length > 0;
  if (!hasEntries && snapshot === null) return null;
  if (!hasEntries) return makeStorageAppendResp(raft.id, raft.term, 0, 0, snapshot);
  const { raftLog } = raft;
  return makeStorageAppendResp(raft.id, raft.term, lastTerm(raftLog), lastIndex(raftLog), snapshot);
}

export function applyWork(raft: Raft, entries: readonly Entry[]): Message {
  return makeStorageApply(raft.id, entries, [appliedResponse(raft, entries)]);
}

/** The state machine's answer. It belongs to no term: what is committed stays committed. */
export function appliedResponse(raft: Raft, entries: readonly Entry[]): Message {
  return makeStorageApplyResp(raft.id, entries);
}
