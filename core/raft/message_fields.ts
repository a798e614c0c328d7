/**
 * The fields of any message for those who treat all alike: printing, the wire codec, the trace's columns.
 * What a variant does not have reads as 0, empty or null, as an absent field does in protobuf.
 */
import { emptyByteString, type ByteString } from '../base/bytes.ts';
import { noNode, type NodeId } from '../base/ids.ts';
import type { Entry, Snapshot } from './entry.ts';
import { MessageType, type Message } from './message.ts';

const noEntries: readonly Entry[] = [];
const noMessages: readonly Message[] = [];

export function messageLogTerm(message: Message): number {
  switch (message.type) {
    case MessageType.app:
    case MessageType.appResp:
    case MessageType.vote:
    case MessageType.preVote:
    case MessageType.storageAppendResp:
      return message.logTerm;
    default:
      return 0;
  }
}

export function messageIndex(message: Message): number {
  switch (message.type) {
    case MessageType.app:
    case MessageType.appResp:
    case MessageType.vote:
    case MessageType.preVote:
    case MessageType.readIndexResp:
    case MessageType.storageAppendResp:
      return message.index;
    default:
      return 0;
  }
}

export function messageCommit(message: Message): number {
  switch (message.type) {
    case MessageType.app:
    case MessageType.heartbeat:
    case MessageType.storageAppend:
      return message.commit;
    default:
      return 0;
  }
}

/**
 * Log entries. The context of a read travels on the wire as an entry, but it is none: see `messageContext`.
 */
export function messageEntries(message: Message): readonly Entry[] {
  switch (message.type) {
    case MessageType.prop:
    case MessageType.app:
    case MessageType.storageAppend:
    case MessageType.storageApply:
    case MessageType.storageApplyResp:
      return message.entries;
    default:
      return noEntries;
  }
}

export function messageReject(message: Message): boolean {
  switch (message.type) {
    case MessageType.appResp:
    case MessageType.voteResp:
    case MessageType.preVoteResp:
    case MessageType.snapStatus:
      return message.reject;
    default:
      return false;
  }
}

export function messageRejectHint(message: Message): number {
  return message.type === MessageType.appResp ? message.rejectHint : 0;
}

export function messageContext(message: Message): ByteString {
  switch (message.type) {
    case MessageType.vote:
    case MessageType.preVote:
    case MessageType.heartbeat:
    case MessageType.heartbeatResp:
    case MessageType.readIndex:
    case MessageType.readIndexResp:
      return message.context;
    default:
      return emptyByteString;
  }
}

export function messageVote(message: Message): NodeId {
  return message.type === MessageType.storageAppend ? message.vote : noNode;
}

export function messageSnapshot(message: Message): Snapshot | null {
  switch (message.type) {
    case MessageType.snap:
    case MessageType.storageAppend:
    case MessageType.storageAppendResp:
      return message.snapshot;
    default:
      return null;
  }
}

export function messageResponses(message: Message): readonly Message[] {
  switch (message.type) {
    case MessageType.storageAppend:
    case MessageType.storageApply:
      return message.responses;
    default:
      return noMessages;
  }
}
