/** The rpcs of etcd 3.4 by kind: where gRPC and the JSON gateway find them, and their messages' tables. */
import type { RequestBodies, RequestKind, ResponseBodies } from './messages.ts';
import * as auth from './schema/auth.ts';
import * as cluster from './schema/cluster.ts';
import * as kv from './schema/kv.ts';
import * as lease from './schema/lease.ts';
import * as maintenance from './schema/maintenance.ts';
import type { MessageSchema } from './schema/schema.ts';
import * as watch from './schema/watch.ts';
import type { SnapshotRequest, SnapshotResponse, WatchRequest, WatchResponse } from './messages.ts';

export interface Rpc<Request, Response> {
  /** `/package.Service/Method`, as it stands in gRPC's `:path`. */
  readonly grpcPath: string;
  /** Where the JSON gateway takes it (POST). None: gRPC only. */
  readonly httpPaths: readonly string[];
  readonly request: MessageSchema<Request>;
  readonly response: MessageSchema<Response>;
}

function rpc<Request, Response>(
  grpcPath: string,
  httpPaths: readonly string[],
  request: MessageSchema<Request>,
  response: MessageSchema<Response>,
): Rpc<Request, Response> {
  return { grpcPath: `/etcdserverpb.${grpcPath}`, httpPaths, request, response };
}

export type Rpcs = { readonly [Kind in RequestKind]: Rpc<RequestBodies[Kind], ResponseBodies[Kind]> };

export const rpcs: Rpcs = {
  range: rpc('KV/Range', ['/v3/kv/range'], kv.rangeRequest, kv.rangeResponse),
  put: rpc('KV/Put', ['/v3/kv/put'], kv.putRequest, kv.putResponse),
  delete_range: rpc('KV/DeleteRange', ['/v3/kv/deleterange'], kv.deleteRangeRequest, kv.deleteRangeResponse),
  txn: rpc('KV/Txn', ['/v3/kv/txn'], kv.txnRequest, kv.txnResponse),
  compact: rpc('KV/Compact', ['/v3/kv/compaction'], kv.compactionRequest, kv.compactionResponse),

  lease_grant: rpc(
    'Lease/LeaseGrant',
    ['/v3/lease/grant'],
    lease.leaseGrantRequest,
    lease.leaseGrantResponse,
  ),
  lease_revoke: rpc(
    'Lease/LeaseRevoke',
    ['/v3/lease/revoke', '/v3/kv/lease/revoke'],
    lease.leaseRevokeRequest,
    lease.leaseRevokeResponse,
  ),
  lease_keep_alive: rpc(
    'Lease/LeaseKeepAlive',
    ['/v3/lease/keepalive'],
    lease.leaseKeepAliveRequest,
    lease.leaseKeepAliveResponse,
  ),
  lease_time_to_live: rpc(
    'Lease/LeaseTimeToLive',
    ['/v3/lease/timetolive', '/v3/kv/lease/timetolive'],
    lease.leaseTimeToLiveRequest,
    lease.leaseTimeToLiveResponse,
  ),
  lease_leases: rpc(
    'Lease/LeaseLeases',
    ['/v3/lease/leases', '/v3/kv/lease/leases'],
    lease.leaseLeasesRequest,
    lease.leaseLeasesResponse,
  ),

  member_add: rpc(
    'Cluster/MemberAdd',
    ['/v3/cluster/member/add'],
    cluster.memberAddRequest,
    cluster.memberAddResponse,
  ),
  member_remove: rpc(
    'Cluster/MemberRemove',
    ['/v3/cluster/member/remove'],
    cluster.memberRemoveRequest,
    cluster.memberRemoveResponse,
  ),
  member_update: rpc(
    'Cluster/MemberUpdate',
    ['/v3/cluster/member/update'],
    cluster.memberUpdateRequest,
    cluster.memberUpdateResponse,
  ),
  member_list: rpc(
    'Cluster/MemberList',
    ['/v3/cluster/member/list'],
    cluster.memberListRequest,
    cluster.memberListResponse,
  ),
  member_promote: rpc(
    'Cluster/MemberPromote',
    ['/v3/cluster/member/promote'],
    cluster.memberPromoteRequest,
    cluster.memberPromoteResponse,
  ),

  alarm: rpc(
    'Maintenance/Alarm',
    ['/v3/maintenance/alarm'],
    maintenance.alarmRequest,
    maintenance.alarmResponse,
  ),
  status: rpc(
    'Maintenance/Status',
    ['/v3/maintenance/status'],
    maintenance.statusRequest,
    maintenance.statusResponse,
  ),
  defragment: rpc(
    'Maintenance/Defragment',
    ['/v3/maintenance/defragment'],
    maintenance.defragmentRequest,
    maintenance.defragmentResponse,
  ),
  // Two rpcs of 3.4 claim this path, and the first has it; HashKV got one of its own only in 3.6.
  hash: rpc('Maintenance/Hash', ['/v3/maintenance/hash'], maintenance.hashRequest, maintenance.hashResponse),
  hash_kv: rpc('Maintenance/HashKV', [], maintenance.hashKVRequest, maintenance.hashKVResponse),
  move_leader: rpc(
    'Maintenance/MoveLeader',
    ['/v3/maintenance/transfer-leadership'],
    maintenance.moveLeaderRequest,
    maintenance.moveLeaderResponse,
  ),

  auth_enable: rpc('Auth/AuthEnable', ['/v3/auth/enable'], auth.authEnableRequest, auth.authEnableResponse),
  auth_disable: rpc(
    'Auth/AuthDisable',
    ['/v3/auth/disable'],
    auth.authDisableRequest,
    auth.authDisableResponse,
  ),
  authenticate: rpc(
    'Auth/Authenticate',
    ['/v3/auth/authenticate'],
    auth.authenticateRequest,
    auth.authenticateResponse,
  ),
  user_add: rpc('Auth/UserAdd', ['/v3/auth/user/add'], auth.userAddRequest, auth.userAddResponse),
  user_get: rpc('Auth/UserGet', ['/v3/auth/user/get'], auth.userGetRequest, auth.userGetResponse),
  user_list: rpc('Auth/UserList', ['/v3/auth/user/list'], auth.userListRequest, auth.userListResponse),
  user_delete: rpc(
    'Auth/UserDelete',
    ['/v3/auth/user/delete'],
    auth.userDeleteRequest,
    auth.userDeleteResponse,
  ),
  user_change_password: rpc(
    'Auth/UserChangePassword',
    ['/v3/auth/user/changepw'],
    auth.userChangePasswordRequest,
    auth.userChangePasswordResponse,
  ),
  user_grant_role: rpc(
    'Auth/UserGrantRole',
    ['/v3/auth/user/grant'],
    auth.userGrantRoleRequest,
    auth.userGrantRoleResponse,
  ),
  user_revoke_role: rpc(
    'Auth/UserRevokeRole',
    ['/v3/auth/user/revoke'],
    auth.userRevokeRoleRequest,
    auth.userRevokeRoleResponse,
  ),
  role_add: rpc('Auth/RoleAdd', ['/v3/auth/role/add'], auth.roleAddRequest, auth.roleAddResponse),
  role_get: rpc('Auth/RoleGet', ['/v3/auth/role/get'], auth.roleGetRequest, auth.roleGetResponse),
  role_list: rpc('Auth/RoleList', ['/v3/auth/role/list'], auth.roleListRequest, auth.roleListResponse),
  role_delete: rpc(
    'Auth/RoleDelete',
    ['/v3/auth/role/delete'],
    auth.roleDeleteRequest,
    auth.roleDeleteResponse,
  ),
  role_grant_permission: rpc(
    'Auth/RoleGrantPermission',
    ['/v3/auth/role/grant'],
    auth.roleGrantPermissionRequest,
    auth.roleGrantPermissionResponse,
  ),
  role_revoke_permission: rpc(
    'Auth/RoleRevokePermission',
    ['/v3/auth/role/revoke'],
    auth.roleRevokePermissionRequest,
    auth.roleRevokePermissionResponse,
  ),
};

/** Answered by a stream. LeaseKeepAlive, too, is one in gRPC, but with one answer for each request. */
export const watchRpc: Rpc<WatchRequest, WatchResponse> = rpc(
  'Watch/Watch',
  ['/v3/watch'],
  watch.watchRequest,
  watch.watchResponse,
);

/** Answered by a stream that ends with the file. */
export const snapshotRpc: Rpc<SnapshotRequest, SnapshotResponse> = rpc(
  'Maintenance/Snapshot',
  ['/v3/maintenance/snapshot'],
  maintenance.snapshotRequest,
  maintenance.snapshotResponse,
);

export const requestKinds: readonly RequestKind[] = Object.keys(rpcs) as RequestKind[];
