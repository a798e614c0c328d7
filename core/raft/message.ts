import type { ByteString } from '../base/bytes.ts';
import type { NodeId } from '../base/ids.ts';
import type { Entry, Snapshot } from './entry.ts';

/** The numbers are raftpb's, so that messages can go over the wire to a real etcd. */
export const MessageType = {
  hup: 0,
  beat: 1,
  prop: 2,
  app: 3,
  appResp: 4,
  vote: 5,
  voteResp: 6,
  snap: 7,
  heartbeat: 8,
  heartbeatResp: 9,
  unreachable: 10,
  snapStatus: 11,
  checkQuorum: 12,
  transferLeader: 13,
  timeoutNow: 14,
  readIndex: 15,
  readIndexResp: 16,
  preVote: 17,
  preVoteResp: 18,
  storageAppend: 19,
  storageAppendResp: 20,
  storageApply: 21,
  storageApplyResp: 22,
  forgetLeader: 23,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

const messageTypeNames = [
  'MsgHup',
  'MsgBeat',
  'MsgProp',
  'MsgApp',
  'MsgAppResp',
  'MsgVote',
  'MsgVoteResp',
  'MsgSnap',
  'MsgHeartbeat',
  'MsgHeartbeatResp',
  'MsgUnreachable',
  'MsgSnapStatus',
  'MsgCheckQuorum',
  'MsgTransferLeader',
  'MsgTimeoutNow',
  'MsgReadIndex',
  'MsgReadIndexResp',
  'MsgPreVote',
  'MsgPreVoteResp',
  'MsgStorageAppend',
  'MsgStorageAppendResp',
  'MsgStorageApply',
  'MsgStorageApplyResp',
  'MsgForgetLeader',
] as const;

export function messageTypeName(type: MessageType): string {
  return messageTypeNames[type];
}

/** Finds the type of an etcd name such as MsgApp, null if there is none. */
export function messageTypeByName(name: string): MessageType | null {
  const index = (messageTypeNames as readonly string[]).indexOf(name);
  return index < 0 ? null : (index as MessageType);
}

/** Targets that are no nodes: the own disk and the own state machine (asynchronous storage writes). */
export const localAppendThread = -1 as NodeId;
export const localApplyThread = -2 as NodeId;

export function isLocalTarget(id: NodeId): boolean {
  return id === localAppendThread || id === localApplyThread;
}

interface Addressed {
  readonly to: NodeId;
  readonly from: NodeId;
  /** 0 in messages that belong to no term: proposals, reads and everything local. */
  readonly term: number;
}

/** Messages that are nothing but their type. */
export interface PlainMessage extends Addressed {
  readonly type:
    | typeof MessageType.hup
    | typeof MessageType.beat
    | typeof MessageType.checkQuorum
    | typeof MessageType.unreachable
    | typeof MessageType.transferLeader
    | typeof MessageType.timeoutNow
    | typeof MessageType.forgetLeader;
}

export interface PropMessage extends Addressed {
  readonly type: typeof MessageType.prop;
  /** Term and index are 0 until the leader appends them. */
  readonly entries: readonly Entry[];
}

/** Entries that follow (logTerm, index). Without entries it is a probe or it carries the commit index. */
export interface AppMessage extends Addressed {
  readonly type: typeof MessageType.app;
  readonly logTerm: number;
  readonly index: number;
  readonly entries: readonly Entry[];
  readonly commit: number;
}

export interface AppRespMessage extends Addressed {
  readonly type: typeof MessageType.appResp;
  /** With `reject`, the follower's term at `rejectHint`; else 0. */
  readonly logTerm: number;
  /** The last index known to match, or the one that was rejected. */
  readonly index: number;
  readonly reject: boolean;
  readonly rejectHint: number;
}

export interface VoteMessage extends Addressed {
  readonly type: typeof MessageType.vote | typeof MessageType.preVote;
  readonly logTerm: number;
  readonly index: number;
  /** `campaignTransfer` overrides the voters' lease. */
  readonly context: ByteString;
}

export interface VoteRespMessage extends Addressed {
  readonly type: typeof MessageType.voteResp | typeof MessageType.preVoteResp;
  readonly reject: boolean;
}

export interface SnapMessage extends Addressed {
  readonly type: typeof MessageType.snap;
  readonly snapshot: Snapshot;
}

export interface HeartbeatMessage extends Addressed {
  readonly type: typeof MessageType.heartbeat;
  readonly commit: number;
  /** Names the newest pending read, empty if there is none. */
  readonly context: ByteString;
}

export interface HeartbeatRespMessage extends Addressed {
  readonly type: typeof MessageType.heartbeatResp;
  readonly context: ByteString;
}

export interface SnapStatusMessage extends Addressed {
  readonly type: typeof MessageType.snapStatus;
  readonly reject: boolean;
}

export interface ReadIndexMessage extends Addressed {
  readonly type: typeof MessageType.readIndex;
  readonly context: ByteString;
}

export interface ReadIndexRespMessage extends Addressed {
  readonly type: typeof MessageType.readIndexResp;
  readonly index: number;
  readonly context: ByteString;
}

/**
 * For the own disk: write the state (if the term is not 0), the entries and the snapshot, sync, then send
 * `responses`.
 */
export interface StorageAppendMessage extends Addressed {
  readonly type: typeof MessageType.storageAppend;
  readonly vote: NodeId;
  readonly commit: number;
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | null;
  readonly responses: readonly Message[];
}

export interface StorageAppendRespMessage extends Addressed {
  readonly type: typeof MessageType.storageAppendResp;
  readonly logTerm: number;
  readonly index: number;
  readonly snapshot: Snapshot | null;
}

/** For the own state machine: apply the entries, then send `responses`. */
export interface StorageApplyMessage extends Addressed {
  readonly type: typeof MessageType.storageApply;
  readonly entries: readonly Entry[];
  readonly responses: readonly Message[];
}

export interface StorageApplyRespMessage extends Addressed {
  readonly type: typeof MessageType.storageApplyResp;
  readonly entries: readonly Entry[];
}

/**
 * A message never changes after it was made: it may be delivered twice, late, or to a node that shares its
 * memory.
 */
export type Message =
  | PlainMessage
  | PropMessage
  | AppMessage
  | AppRespMessage
  | VoteMessage
  | VoteRespMessage
  | SnapMessage
  | HeartbeatMessage
  | HeartbeatRespMessage
  | SnapStatusMessage
  | ReadIndexMessage
  | ReadIndexRespMessage
  | StorageAppendMessage
  | StorageAppendRespMessage
  | StorageApplyMessage
  | StorageApplyRespMessage;

const localTypes: readonly MessageType[] = [
  MessageType.hup,
  MessageType.beat,
  MessageType.unreachable,
  MessageType.snapStatus,
  MessageType.checkQuorum,
  MessageType.storageAppend,
  MessageType.storageAppendResp,
  MessageType.storageApply,
  MessageType.storageApplyResp,
];
const responseTypes: readonly MessageType[] = [
  MessageType.appResp,
  MessageType.voteResp,
  MessageType.heartbeatResp,
  MessageType.unreachable,
  MessageType.readIndexResp,
  MessageType.preVoteResp,
  MessageType.storageAppendResp,
  MessageType.storageApplyResp,
];

function flags(types: readonly MessageType[]): readonly boolean[] {
  return messageTypeNames.map((_, type) => types.includes(type as MessageType));
}
const isLocal = flags(localTypes);
const isResponse = flags(responseTypes);

/** True if the type must not come over the network. */
export function isLocalType(type: MessageType): boolean {
  return isLocal[type] as boolean;
}

/** True if the type answers a request of this node, so that its sender must be known. */
export function isResponseType(type: MessageType): boolean {
  return isResponse[type] as boolean;
}
