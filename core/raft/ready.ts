import type { NodeId } from '../base/ids.ts';
import {
  emptyHardState,
  entriesBytes,
  isEmptyHardState,
  type Entry,
  type HardState,
  type Snapshot,
} from './entry.ts';
import { acceptApplying, entriesToApply, hasEntriesToApply } from './log/apply.ts';
import { entriesToWrite, hasEntriesToWrite, markInProgress, snapshotToWrite } from './log/unstable.ts';
import type { Message } from './message.ts';
import { hardStateOf, leaderOf, type Raft, type ReadState } from './raft.ts';
import type { RoleName } from './role.ts';
import { appendWork, applyWork, storedResponse, appliedResponse } from './storage_work.ts';

/** What others may want to know at once and nobody needs after a restart. */
export interface SoftState {
  readonly leader: NodeId;
  readonly role: RoleName;
}

/** Everything that a node wants done, in the order in which it may be done. */
export interface Ready {
  /** Not null if it changed. */
  readonly softState: SoftState | null;
  /** To be written with the entries; null if it did not change. */
  readonly hardState: HardState | null;
  readonly readStates: readonly ReadState[];
  /** To be appended to the stable log, replacing what they overlap. */
  readonly entries: readonly Entry[];
  /** To be written, and given to the state machine, before anything else in here is applied. */
  readonly snapshot: Snapshot | null;
  /** To be given to the state machine. Others have them on disk already, so this needs no waiting. */
  readonly committedEntries: readonly Entry[];
  /**
   * May be sent at once. With asynchronous storage it holds the work for the disk and the state machine, too.
   */
  readonly messages: readonly Message[];
  /**
   * To be sent when hard state, entries and snapshot are synced. Empty with asynchronous storage: there they
   * are responses.
   */
  readonly messagesAfterAppend: readonly Message[];
  /** Hard state and entries must be synced, not only written. A commit index alone may be lost. */
  readonly mustSync: boolean;
}

/** What the last Ready told, to find out what is new, and the node's messages to itself. */
export interface Handover {
  softState: SoftState;
  hardState: HardState;
  /** Own acknowledgements that count when the Ready is done (synchronous storage). */
  stepsOnAdvance: Message[];
}

export function makeHandover(raft: Raft): Handover {
  return { softState: softStateOf(raft), hardState: hardStateOf(raft), stepsOnAdvance: [] };
}

/** At boot: whatever hard state there is counts as not written, so that the first Ready asks to write it. */
export function forgetHardState(handover: Handover): void {
  handover.hardState = emptyHardState;
}

function softStateOf(raft: Raft): SoftState {
  return { leader: leaderOf(raft), role: raft.role.kind };
}

function isSoftStateNew(raft: Raft, handover: Handover): boolean {
  return handover.softState.leader !== leaderOf(raft) || handover.softState.role !== raft.role.kind;
}

function isHardStateNew(raft: Raft, { hardState }: Handover): boolean {
  return (
    hardState.term !== raft.term ||
    hardState.vote !== raft.vote ||
    hardState.commit !== raft.raftLog.committed
  );
}

/**
 * Committed entries may be applied before they are on the own disk, unless disk and state machine work
 * independently.
 */
function mayApplyUnstable(raft: Raft): boolean {
  return !raft.settings.asyncStorageWrites;
}

export function hasReady(raft: Raft, handover: Handover): boolean {
  const { raftLog } = raft;
  return (
    raft.messages.length > 0 ||
    raft.messagesAfterAppend.length > 0 ||
    hasEntriesToWrite(raftLog.unstable) ||
    hasEntriesToApply(raftLog, mayApplyUnstable(raft)) ||
    isSoftStateNew(raft, handover) ||
    (isHardStateNew(raft, handover) && !isEmptyHardState(hardStateOf(raft))) ||
    snapshotToWrite(raftLog.unstable) !== null ||
    raft.readStates.length > 0
  );
}

const noMessages: readonly Message[] = [];
const noReadStates: readonly ReadState[] = [];

/** Hands everything over and notes that it did. */
export function takeReady(raft: Raft, handover: Handover): Ready {
  const { raftLog } = raft;
  const previous = handover.hardState;
  const hardState = isHardStateNew(raft, handover) ? hardStateOf(raft) : null;
  const entries = entriesToWrite(raftLog.unstable);
  const snapshot = snapshotToWrite(raftLog.unstable);
  const committedEntries = entriesToApply(raftLog, mayApplyUnstable(raft));
  let messagesAfterAppend = noMessages;
  if (raft.settings.asyncStorageWrites) {
    const work = appendWork(raft, hardState, entries, snapshot, raft.messagesAfterAppend);
    if (work !== null) raft.messages.push(work);
    if (committedEntries.length > 0) raft.messages.push(applyWork(raft, committedEntries));
  } else {
    messagesAfterAppend = splitOwn(raft, handover);
    noteSteps(raft, handover, snapshot, committedEntries);
  }
  const ready: Ready = {
    softState: isSoftStateNew(raft, handover) ? softStateOf(raft) : null,
    hardState,
    readStates: raft.readStates.length > 0 ? raft.readStates : noReadStates,
    entries,
    snapshot,
    committedEntries,
    messages: raft.messages.length > 0 ? raft.messages : noMessages,
    messagesAfterAppend,
    mustSync: entries.length > 0 || raft.term !== previous.term || raft.vote !== previous.vote,
  };
  accept(raft, handover, ready);
  return ready;
}

/**
 * Splits what waits for the disk: messages to others are returned, those to the node itself are stepped at
 * `advance`.
 */
function splitOwn(raft: Raft, handover: Handover): readonly Message[] {
  let others: Message[] | null = null;
  for (const message of raft.messagesAfterAppend) {
    if (message.to === raft.id) handover.stepsOnAdvance.push(message);
    else (others ??= []).push(message);
  }
  return others ?? noMessages;
}

function noteSteps(
  raft: Raft,
  handover: Handover,
  snapshot: Snapshot | null,
  committedEntries: readonly Entry[],
): void {
  const stored = storedResponse(raft, snapshot);
  if (stored !== null) handover.stepsOnAdvance.push(stored);
  if (committedEntries.length > 0) handover.stepsOnAdvance.push(appliedResponse(raft, committedEntries));
}

function accept(raft: Raft, handover: Handover, ready: Ready): void {
  if (ready.softState !== null) handover.softState = ready.softState;
  if (ready.hardState !== null) handover.hardState = ready.hardState;
  // The arrays belong to the Ready now; empty ones were not handed over.
  if (raft.readStates.length > 0) raft.readStates = [];
  if (raft.messages.length > 0) raft.messages = [];
  if (raft.messagesAfterAppend.length > 0) raft.messagesAfterAppend = [];
  markInProgress(raft.raftLog.unstable);
  const last = ready.committedEntries.at(-1);
  if (last === undefined) return;
  const upTo = raft.settings.bugs.has('page-counts-as-all') ? raft.raftLog.committed : last.index;
  acceptApplying(raft.raftLog, upTo, entriesBytes(ready.committedEntries), mayApplyUnstable(raft));
}
