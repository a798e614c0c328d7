/** etcd's Maintenance service: the state of one member, and alarms of all. */
import type { ByteString } from '../../base/bytes.ts';
import type { MemberId } from './cluster.ts';
import type { ResponseHeader } from './header.ts';

export type AlarmType = 'NONE' | 'NOSPACE' | 'CORRUPT';
export type AlarmAction = 'GET' | 'ACTIVATE' | 'DEACTIVATE';

export interface AlarmRequest {
  /** Absent: GET. */
  readonly action?: AlarmAction;
  /** The member concerned; with GET, absent or 0 means all. */
  readonly memberID?: MemberId;
  /** With GET, absent or NONE means all. */
  readonly alarm?: AlarmType;
}

export interface AlarmMember {
  readonly memberID: MemberId;
  readonly alarm: AlarmType;
}

export interface AlarmResponse {
  /** etcd 3.4 leaves it out. */
  readonly header?: ResponseHeader;
  /** With GET the alarms that are on, else those that this request switched. */
  readonly alarms: readonly AlarmMember[];
}

export type StatusRequest = Readonly<Record<string, never>>;

export interface StatusResponse {
  readonly header: ResponseHeader;
  readonly version: ByteString;
  /** Bytes of the backend's file, free pages included. */
  readonly dbSize: number;
  /** 0: none is known. */
  readonly leader: MemberId;
  /** Committed. */
  readonly raftIndex: number;
  readonly raftTerm: number;
  readonly raftAppliedIndex: number;
  /** Such as `etcdserver: no leader` and alarms. */
  readonly errors: readonly ByteString[];
  /** Bytes of the backend's file without free pages. */
  readonly dbSizeInUse: number;
  readonly isLearner: boolean;
}

/** Rewrites the backend's file without its free pages. */
export type DefragmentRequest = Readonly<Record<string, never>>;

export interface DefragmentResponse {
  /** etcd leaves it out. */
  readonly header?: ResponseHeader;
}

/** Of the whole backend; equal on two members only if nothing is being written or compacted. */
export type HashRequest = Readonly<Record<string, never>>;

export interface HashResponse {
  readonly header: ResponseHeader;
  /** 32 bits. */
  readonly hash: number;
}

export interface HashKVRequest {
  /** Absent or 0: now. */
  readonly revision?: number;
}

export interface HashKVResponse {
  readonly header: ResponseHeader;
  /** 32 bits, over all pairs from `compact_revision` up to the revision asked for. */
  readonly hash: number;
  readonly compact_revision: number;
}

export interface MoveLeaderRequest {
  readonly targetID: MemberId;
}

export interface MoveLeaderResponse {
  /** etcd leaves it out. */
  readonly header?: ResponseHeader;
}

/** Answered by a stream of the backend's file in pieces. */
export type SnapshotRequest = Readonly<Record<string, never>>;

export interface SnapshotResponse {
  readonly header: ResponseHeader;
  /** Bytes still to come after this piece. */
  readonly remaining_bytes: number;
  readonly blob: ByteString;
}
