/** etcd's Lease service. A lease is a time to live that keys can be attached to; when it ends, they are deleted. */
import type { ByteString } from '../../base/bytes.ts';
import type { LeaseId } from '../../mvcc/key_value.ts';
import type { ResponseHeader } from './header.ts';

export interface LeaseGrantRequest {
  /** Seconds. The member raises it to the shortest one it supports. */
  readonly TTL: number;
  /** Absent or 0: the member chooses. */
  readonly ID?: LeaseId;
}

export interface LeaseGrantResponse {
  readonly header: ResponseHeader;
  readonly ID: LeaseId;
  /** The seconds granted. */
  readonly TTL: number;
  /** Never set by etcd, which answers with a gRPC error instead. */
  readonly error: ByteString;
}

export interface LeaseRevokeRequest {
  readonly ID: LeaseId;
}

export interface LeaseRevokeResponse {
  readonly header: ResponseHeader;
}

/** A stream in gRPC, but each request gets exactly one answer. */
export interface LeaseKeepAliveRequest {
  readonly ID: LeaseId;
}

export interface LeaseKeepAliveResponse {
  readonly header: ResponseHeader;
  readonly ID: LeaseId;
  /** Seconds from now; 0: there is no such lease. */
  readonly TTL: number;
}

export interface LeaseTimeToLiveRequest {
  readonly ID: LeaseId;
  /** True: list the attached keys. */
  readonly keys?: boolean;
}

export interface LeaseTimeToLiveResponse {
  readonly header: ResponseHeader;
  readonly ID: LeaseId;
  /** Seconds left; -1: there is no such lease. */
  readonly TTL: number;
  /** Seconds from one renewal to the end. */
  readonly grantedTTL: number;
  readonly keys: readonly ByteString[];
}

/** All leases. */
export type LeaseLeasesRequest = Readonly<Record<string, never>>;

export interface LeaseStatus {
  readonly ID: LeaseId;
}

export interface LeaseLeasesResponse {
  readonly header: ResponseHeader;
  readonly leases: readonly LeaseStatus[];
}

/** Time left of a lease, which the leader has written into the log so that a new leader does not start it anew. */
export interface LeaseCheckpoint {
  readonly ID: LeaseId;
  /** Seconds. */
  readonly remaining_TTL: number;
}

/** Only in raft entries: no client asks for it. */
export interface LeaseCheckpointRequest {
  readonly checkpoints: readonly LeaseCheckpoint[];
}
