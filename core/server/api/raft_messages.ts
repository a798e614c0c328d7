/** What a normal raft entry's data holds (etcdserverpb.InternalRaftRequest). */
import type { ByteString } from '../../base/bytes.ts';
import type { MemberId } from './cluster.ts';
import type { LeaseCheckpointRequest } from './lease.ts';
import type { RequestBodies, Tagged } from './messages.ts';

export interface RequestHeader {
  /**
   * Chosen by the proposing member, so that it can hand the result to the waiting client. 0: nobody here waits. A real etcd's ids use
   * all 64 bits; those above 2^53 are read as 0, because none of our clients waits for them.
   */
  readonly ID: number;
  /** Who asked, when auth is on. */
  readonly username?: ByteString;
  /** The auth store's revision at admission, re-checked at apply. */
  readonly auth_revision?: number;
}

/** A login whose password was checked before: applying it records the token. */
export interface InternalAuthenticateRequest {
  readonly name: ByteString;
  /** Left empty: it has been checked, and the log is no place for it. */
  readonly password: ByteString;
  /** Random letters; the member that applies it appends the entry's index. */
  readonly simple_token: ByteString;
}

export type AuthStatusRequest = Readonly<Record<string, never>>;

export interface ClusterVersionSetRequest {
  /** Such as 3.5.0. */
  readonly ver: ByteString;
}

export interface MemberAttributes {
  readonly name: ByteString;
  readonly client_urls: readonly ByteString[];
}

export interface ClusterMemberAttrSetRequest {
  readonly member_ID: MemberId;
  readonly member_attributes?: MemberAttributes;
}

export interface DowngradeInfoSetRequest {
  readonly enabled: boolean;
  readonly ver: ByteString;
}

/** Client requests that go through the log as they are. */
type ProposedKind =
  | 'range'
  | 'put'
  | 'delete_range'
  | 'txn'
  | 'compact'
  | 'lease_grant'
  | 'lease_revoke'
  | 'alarm'
  | 'auth_enable'
  | 'auth_disable'
  | 'user_add'
  | 'user_delete'
  | 'user_get'
  | 'user_change_password'
  | 'user_grant_role'
  | 'user_revoke_role'
  | 'user_list'
  | 'role_list'
  | 'role_add'
  | 'role_delete'
  | 'role_get'
  | 'role_grant_permission'
  | 'role_revoke_permission';

/** What can be in an entry, by kind: client requests under their own kinds, and what only members propose. */
export interface RaftBodies extends Pick<RequestBodies, ProposedKind> {
  readonly lease_checkpoint: LeaseCheckpointRequest;
  readonly internal_authenticate: InternalAuthenticateRequest;
  /** The four below: from etcd 3.5 on. */
  readonly auth_status: AuthStatusRequest;
  readonly cluster_version_set: ClusterVersionSetRequest;
  readonly cluster_member_attr_set: ClusterMemberAttrSetRequest;
  readonly downgrade_info_set: DowngradeInfoSetRequest;
}

export type RaftKind = keyof RaftBodies;

export type RaftRequest = Tagged<RaftBodies>;

export interface InternalRaftRequest {
  readonly header: RequestHeader;
  readonly request: RaftRequest;
}

/** A normal entry's data, as far as it is understood. */
export type RaftEntry =
  | ({ readonly kind: 'v3' } & InternalRaftRequest)
  /** An etcdserverpb.Request of the v2 store: the data itself, or nested in an InternalRaftRequest. */
  | { readonly kind: 'v2'; readonly bytes: Uint8Array }
  /** No request, or none that is known here: it was proposed by a later version. The numbers of its fields but for the header. */
  | { readonly kind: 'unknown'; readonly header: RequestHeader; readonly fields: readonly number[] };
