/**
 * etcd's v3 API. Shapes and field names are etcdserverpb's (auth messages without their prefix `Auth`); an absent optional field
 * means proto3's zero value. Where the protocol has a oneof, these are unions with a `kind` (or, for Compare, the `target`).
 * Messages are immutable. Strings of the protocol are byte strings, as keys are: UTF-8, in the order of bytes.
 */
import type * as auth from './auth.ts';
import type * as cluster from './cluster.ts';
import type { ErrorResponse } from './errors.ts';
import type { ResponseHeader } from './header.ts';
import type * as kv from './kv.ts';
import type * as lease from './lease.ts';
import type * as maintenance from './maintenance.ts';

export type { KeyValue, LeaseId } from '../../mvcc/key_value.ts';
export type * from './auth.ts';
export type * from './cluster.ts';
export type * from './header.ts';
export type * from './kv.ts';
export type * from './lease.ts';
export type * from './maintenance.ts';
export type * from './watch.ts';
export { revisionHeader } from './header.ts';

/** Requests by kind: the rpc's name in snake case. Every one gets one answer; Watch and Snapshot are streams of their own. */
export interface RequestBodies {
  readonly range: kv.RangeRequest;
  readonly put: kv.PutRequest;
  readonly delete_range: kv.DeleteRangeRequest;
  readonly txn: kv.TxnRequest;
  readonly compact: kv.CompactionRequest;

  readonly lease_grant: lease.LeaseGrantRequest;
  readonly lease_revoke: lease.LeaseRevokeRequest;
  readonly lease_keep_alive: lease.LeaseKeepAliveRequest;
  readonly lease_time_to_live: lease.LeaseTimeToLiveRequest;
  readonly lease_leases: lease.LeaseLeasesRequest;

  readonly member_add: cluster.MemberAddRequest;
  readonly member_remove: cluster.MemberRemoveRequest;
  readonly member_update: cluster.MemberUpdateRequest;
  readonly member_list: cluster.MemberListRequest;
  readonly member_promote: cluster.MemberPromoteRequest;

  readonly alarm: maintenance.AlarmRequest;
  readonly status: maintenance.StatusRequest;
  readonly defragment: maintenance.DefragmentRequest;
  readonly hash: maintenance.HashRequest;
  readonly hash_kv: maintenance.HashKVRequest;
  readonly move_leader: maintenance.MoveLeaderRequest;

  readonly auth_enable: auth.AuthEnableRequest;
  readonly auth_disable: auth.AuthDisableRequest;
  readonly authenticate: auth.AuthenticateRequest;
  readonly user_add: auth.UserAddRequest;
  readonly user_get: auth.UserGetRequest;
  readonly user_list: auth.UserListRequest;
  readonly user_delete: auth.UserDeleteRequest;
  readonly user_change_password: auth.UserChangePasswordRequest;
  readonly user_grant_role: auth.UserGrantRoleRequest;
  readonly user_revoke_role: auth.UserRevokeRoleRequest;
  readonly role_add: auth.RoleAddRequest;
  readonly role_get: auth.RoleGetRequest;
  readonly role_list: auth.RoleListRequest;
  readonly role_delete: auth.RoleDeleteRequest;
  readonly role_grant_permission: auth.RoleGrantPermissionRequest;
  readonly role_revoke_permission: auth.RoleRevokePermissionRequest;
}

/** Answers by the kind of their request. */
export interface ResponseBodies {
  readonly range: kv.RangeResponse;
  readonly put: kv.PutResponse;
  readonly delete_range: kv.DeleteRangeResponse;
  readonly txn: kv.TxnResponse;
  readonly compact: kv.CompactionResponse;

  readonly lease_grant: lease.LeaseGrantResponse;
  readonly lease_revoke: lease.LeaseRevokeResponse;
  readonly lease_keep_alive: lease.LeaseKeepAliveResponse;
  readonly lease_time_to_live: lease.LeaseTimeToLiveResponse;
  readonly lease_leases: lease.LeaseLeasesResponse;

  readonly member_add: cluster.MemberAddResponse;
  readonly member_remove: cluster.MemberRemoveResponse;
  readonly member_update: cluster.MemberUpdateResponse;
  readonly member_list: cluster.MemberListResponse;
  readonly member_promote: cluster.MemberPromoteResponse;

  readonly alarm: maintenance.AlarmResponse;
  readonly status: maintenance.StatusResponse;
  readonly defragment: maintenance.DefragmentResponse;
  readonly hash: maintenance.HashResponse;
  readonly hash_kv: maintenance.HashKVResponse;
  readonly move_leader: maintenance.MoveLeaderResponse;

  readonly auth_enable: auth.AuthEnableResponse;
  readonly auth_disable: auth.AuthDisableResponse;
  readonly authenticate: auth.AuthenticateResponse;
  readonly user_add: auth.UserAddResponse;
  readonly user_get: auth.UserGetResponse;
  readonly user_list: auth.UserListResponse;
  readonly user_delete: auth.UserDeleteResponse;
  readonly user_change_password: auth.UserChangePasswordResponse;
  readonly user_grant_role: auth.UserGrantRoleResponse;
  readonly user_revoke_role: auth.UserRevokeRoleResponse;
  readonly role_add: auth.RoleAddResponse;
  readonly role_get: auth.RoleGetResponse;
  readonly role_list: auth.RoleListResponse;
  readonly role_delete: auth.RoleDeleteResponse;
  readonly role_grant_permission: auth.RoleGrantPermissionResponse;
  readonly role_revoke_permission: auth.RoleRevokePermissionResponse;
}

/** A union of `{ kind: K, [K]: body }` for all kinds. */
export type Tagged<Bodies> = {
  [K in keyof Bodies]: { readonly kind: K } & { readonly [Name in K]: Bodies[K] };
}[keyof Bodies];

export type RequestKind = keyof RequestBodies;

/** What a client may ask a member. */
export type ClientRequest = Tagged<RequestBodies>;

/** The answer if all went well: of the same kind as the request. */
export type SuccessResponse = Tagged<ResponseBodies>;

export type ClientResponse = SuccessResponse | ErrorResponse;

/** `{ kind, [kind]: body }`, which V8 does several times slower when it is written like that. */
export function tagged(kind: string, body: unknown): Readonly<Record<string, unknown>> {
  const message: Record<string, unknown> = { kind };
  message[kind] = body;
  return message;
}

/** Whether a request is one of the four that may stand in a txn. */
export function isRequestOp(request: { readonly kind: string }): request is kv.RequestOp {
  const { kind } = request;
  return kind === 'range' || kind === 'put' || kind === 'delete_range' || kind === 'txn';
}

/** Fills the outermost header with who answered; its revision stays. Errors and answers without a header have none to fill. */
export function withMember(
  response: ClientResponse,
  member: { readonly cluster_id: bigint; readonly member_id: bigint; readonly raft_term: number },
): ClientResponse {
  if (response.kind === 'error') return response;
  const { kind } = response;
  // The kind names the one other property, which TypeScript can't follow through a union.
  const body = (response as unknown as Readonly<Record<string, { readonly header?: ResponseHeader }>>)[kind];
  if (body?.header === undefined) return response;
  const { cluster_id, member_id, raft_term } = member;
  const header: ResponseHeader = { cluster_id, member_id, revision: body.header.revision, raft_term };
  return tagged(kind, { ...body, header }) as unknown as ClientResponse;
}
