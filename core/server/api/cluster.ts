/** etcd's Cluster service: who the members are. */
import type { ByteString } from '../../base/bytes.ts';
import type { ResponseHeader } from './header.ts';

/** All 64 bits of a member's id. 0 is nobody. */
export type MemberId = bigint;

export interface ClusterMember {
  readonly ID: MemberId;
  /** Empty until the member has started once. */
  readonly name: ByteString;
  readonly peerURLs: readonly ByteString[];
  /** Empty until the member has started once. */
  readonly clientURLs: readonly ByteString[];
  /** True: it gets the log but has no vote. */
  readonly isLearner: boolean;
}

export interface MemberAddRequest {
  readonly peerURLs: readonly ByteString[];
  readonly isLearner?: boolean;
}

export interface MemberAddResponse {
  readonly header: ResponseHeader;
  readonly member: ClusterMember;
  /** All members, the new one included. */
  readonly members: readonly ClusterMember[];
}

export interface MemberRemoveRequest {
  readonly ID: MemberId;
}

export interface MemberRemoveResponse {
  readonly header: ResponseHeader;
  readonly members: readonly ClusterMember[];
}

export interface MemberUpdateRequest {
  readonly ID: MemberId;
  readonly peerURLs: readonly ByteString[];
}

export interface MemberUpdateResponse {
  readonly header: ResponseHeader;
  readonly members: readonly ClusterMember[];
}

/** etcd 3.4 answers from the member's own state; from 3.5 on the request can say that it wants a linearizable answer. */
export interface MemberListRequest {
  readonly linearizable?: boolean;
}

export interface MemberListResponse {
  readonly header: ResponseHeader;
  readonly members: readonly ClusterMember[];
}

/** Makes a learner a voter. */
export interface MemberPromoteRequest {
  readonly ID: MemberId;
}

export interface MemberPromoteResponse {
  readonly header: ResponseHeader;
  readonly members: readonly ClusterMember[];
}
