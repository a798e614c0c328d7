/**
 * One constructor function per variant, each with its fields in one fixed order: the step functions then meet
 * few hidden classes. `from` and `term` come last in the parameters that callers vary least.
 */
import { emptyByteString, type ByteString } from '../base/bytes.ts';
import { noNode, type NodeId } from '../base/ids.ts';
import type { Entry, HardState, Snapshot } from './entry.ts';
import {
  localAppendThread,
  localApplyThread,
  MessageType,
  type AppMessage,
  type AppRespMessage,
  type HeartbeatMessage,
  type HeartbeatRespMessage,
  type Message,
  type PlainMessage,
  type PropMessage,
  type ReadIndexMessage,
  type ReadIndexRespMessage,
  type SnapMessage,
  type SnapStatusMessage,
  type StorageAppendMessage,
  type StorageAppendRespMessage,
  type StorageApplyMessage,
  type StorageApplyRespMessage,
  type VoteMessage,
  type VoteRespMessage,
} from './message.ts';

export function makePlain(type: PlainMessage['type'], to: NodeId, from: NodeId, term: number): PlainMessage {
  return { type, to, from, term };
}

export function makeProp(to: NodeId, from: NodeId, entries: readonly Entry[]): PropMessage {
  return { type: MessageType.prop, to, from, term: 0, entries };
}

export function makeApp(
  to: NodeId,
  from: NodeId,
  term: number,
  logTerm: number,
  index: number,
  entries: readonly Entry[],
  commit: number,
): AppMessage {
  return { type: MessageType.app, to, from, term, logTerm, index, entries, commit };
}

export function makeAppResp(to: NodeId, from: NodeId, term: number, index: number): AppRespMessage {
  return { type: MessageType.appResp, to, from, term, logTerm: 0, index, reject: false, rejectHint: 0 };
}

export function makeAppReject(
  to: NodeId,
  from: NodeId,
  term: number,
  index: number,
  hintIndex: number,
  hintTerm: number,
): AppRespMessage {
  return {
    type: MessageType.appResp,
    to,
    from,
    term,
    logTerm: hintTerm,
    index,
    reject: true,
    rejectHint: hintIndex,
  };
}

export function makeVote(
  type: VoteMessage['type'],
  to: NodeId,
  from: NodeId,
  term: number,
  logTerm: number,
  index: number,
  context: ByteString = emptyByteString,
): VoteMessage {
  return { type, to, from, term, logTerm, index, context };
}

export function makeVoteResp(
  type: VoteRespMessage['type'],
  to: NodeId,
  from: NodeId,
  term: number,
  reject: boolean,
): VoteRespMessage {
  return { type, to, from, term, reject };
}

export function makeSnap(to: NodeId, from: NodeId, term: number, snapshot: Snapshot): SnapMessage {
  return { type: MessageType.snap, to, from, term, snapshot };
}

export function makeHeartbeat(
  to: NodeId,
  from: NodeId,
  term: number,
  commit: number,
  context: ByteString,
): HeartbeatMessage {
  return { type: MessageType.heartbeat, to, from, term, commit, context };
}

export function makeHeartbeatResp(
  to: NodeId,
  from: NodeId,
  term: number,
  context: ByteString,
): HeartbeatRespMessage {
  return { type: MessageType.heartbeatResp, to, from, term, context };
}

export function makeSnapStatus(from: NodeId, reject: boolean): SnapStatusMessage {
  return { type: MessageType.snapStatus, to: noNode, from, term: 0, reject };
}

export function makeReadIndex(to: NodeId, from: NodeId, context: ByteString): ReadIndexMessage {
  return { type: MessageType.readIndex, to, from, term: 0, context };
}

export function makeReadIndexResp(
  to: NodeId,
  from: NodeId,
  term: number,
  index: number,
  context: ByteString,
): ReadIndexRespMessage {
  return { type: MessageType.readIndexResp, to, from, term, index, context };
}

/** A message for the own disk. Term, vote and commit are 0 when the hard state did not change. */
export function makeStorageAppend(
  from: NodeId,
  state: HardState,
  entries: readonly Entry[],
  snapshot: Snapshot | null,
  responses: readonly Message[],
): StorageAppendMessage {
  return {
    type: MessageType.storageAppend,
    to: localAppendThread,
    from,
    term: state.term,
    vote: state.vote,
    commit: state.commit,
    entries,
    snapshot,
    responses,
  };
}

export function makeStorageAppendResp(
  to: NodeId,
  term: number,
  logTerm: number,
  index: number,
  snapshot: Snapshot | null,
): StorageAppendRespMessage {
  return {
    type: MessageType.storageAppendResp,
    to,
    from: localAppendThread,
    term,
    logTerm,
    index,
    snapshot,
  };
}

export function makeStorageApply(
  from: NodeId,
  entries: readonly Entry[],
  responses: readonly Message[],
): StorageApplyMessage {
  return { type: MessageType.storageApply, to: localApplyThread, from, term: 0, entries, responses };
}

export function makeStorageApplyResp(to: NodeId, entries: readonly Entry[]): StorageApplyRespMessage {
  return { type: MessageType.storageApplyResp, to, from: localApplyThread, term: 0, entries };
}
