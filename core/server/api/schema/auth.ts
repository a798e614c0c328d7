import type * as auth from '../auth.ts';
import { responseHeader } from './kv.ts';
import { bool, bytes, enumeration, message, optional, repeated, schemaOf, string } from './schema.ts';
import type { MessageSchema } from './schema.ts';

const permissionTypes: readonly auth.PermissionType[] = ['READ', 'WRITE', 'READWRITE'];
const header = message(1, responseHeader);

export const permission = schemaOf<auth.Permission>('authpb.Permission', {
  permType: enumeration(1, permissionTypes),
  key: bytes(2),
  range_end: bytes(3),
});

const userAddOptions = schemaOf<auth.UserAddOptions>('authpb.UserAddOptions', {
  no_password: optional(bool(1)),
});

export const authEnableRequest = schemaOf<auth.AuthEnableRequest>('etcdserverpb.AuthEnableRequest', {});
export const authDisableRequest = schemaOf<auth.AuthDisableRequest>('etcdserverpb.AuthDisableRequest', {});
export const userListRequest = schemaOf<auth.UserListRequest>('etcdserverpb.AuthUserListRequest', {});
export const roleListRequest = schemaOf<auth.RoleListRequest>('etcdserverpb.AuthRoleListRequest', {});

export const authenticateRequest = schemaOf<auth.AuthenticateRequest>('etcdserverpb.AuthenticateRequest', {
  name: string(1),
  password: string(2),
});

export const authenticateResponse = schemaOf<auth.AuthenticateResponse>('etcdserverpb.AuthenticateResponse', {
  header,
  token: string(2),
});

export const userAddRequest = schemaOf<auth.UserAddRequest>('etcdserverpb.AuthUserAddRequest', {
  name: string(1),
  password: optional(string(2)),
  options: optional(message(3, userAddOptions)),
  hashedPassword: optional(string(4)),
});

export const userGetRequest = schemaOf<auth.UserGetRequest>('etcdserverpb.AuthUserGetRequest', {
  name: string(1),
});

export const userDeleteRequest = schemaOf<auth.UserDeleteRequest>('etcdserverpb.AuthUserDeleteRequest', {
  name: string(1),
});

export const userChangePasswordRequest = schemaOf<auth.UserChangePasswordRequest>(
  'etcdserverpb.AuthUserChangePasswordRequest',
  { name: string(1), password: optional(string(2)), hashedPassword: optional(string(3)) },
);

export const userGrantRoleRequest = schemaOf<auth.UserGrantRoleRequest>(
  'etcdserverpb.AuthUserGrantRoleRequest',
  { user: string(1), role: string(2) },
);

export const userRevokeRoleRequest = schemaOf<auth.UserRevokeRoleRequest>(
  'etcdserverpb.AuthUserRevokeRoleRequest',
  { name: string(1), role: string(2) },
);

export const roleAddRequest = schemaOf<auth.RoleAddRequest>('etcdserverpb.AuthRoleAddRequest', {
  name: string(1),
});

export const roleGetRequest = schemaOf<auth.RoleGetRequest>('etcdserverpb.AuthRoleGetRequest', {
  role: string(1),
});

export const roleDeleteRequest = schemaOf<auth.RoleDeleteRequest>('etcdserverpb.AuthRoleDeleteRequest', {
  role: string(1),
});

export const roleGrantPermissionRequest = schemaOf<auth.RoleGrantPermissionRequest>(
  'etcdserverpb.AuthRoleGrantPermissionRequest',
  { name: string(1), perm: optional(message(2, permission)) },
);

export const roleRevokePermissionRequest = schemaOf<auth.RoleRevokePermissionRequest>(
  'etcdserverpb.AuthRoleRevokePermissionRequest',
  { role: string(1), key: bytes(2), range_end: optional(bytes(3)) },
);

function headerOnly(name: string): MessageSchema<auth.HeaderOnlyResponse> {
  return schemaOf<auth.HeaderOnlyResponse>(`etcdserverpb.${name}`, { header });
}

export const authEnableResponse = headerOnly('AuthEnableResponse');
export const authDisableResponse = headerOnly('AuthDisableResponse');
export const userAddResponse = headerOnly('AuthUserAddResponse');
export const userDeleteResponse = headerOnly('AuthUserDeleteResponse');
export const userChangePasswordResponse = headerOnly('AuthUserChangePasswordResponse');
export const userGrantRoleResponse = headerOnly('AuthUserGrantRoleResponse');
export const userRevokeRoleResponse = headerOnly('AuthUserRevokeRoleResponse');
export const roleAddResponse = headerOnly('AuthRoleAddResponse');
export const roleDeleteResponse = headerOnly('AuthRoleDeleteResponse');
export const roleGrantPermissionResponse = headerOnly('AuthRoleGrantPermissionResponse');
export const roleRevokePermissionResponse = headerOnly('AuthRoleRevokePermissionResponse');

export const userGetResponse = schemaOf<auth.UserGetResponse>('etcdserverpb.AuthUserGetResponse', {
  header,
  roles: repeated(string(2)),
});

export const userListResponse = schemaOf<auth.UserListResponse>('etcdserverpb.AuthUserListResponse', {
  header,
  users: repeated(string(2)),
});

export const roleGetResponse = schemaOf<auth.RoleGetResponse>('etcdserverpb.AuthRoleGetResponse', {
  header,
  perm: repeated(message(2, permission)),
});

export const roleListResponse = schemaOf<auth.RoleListResponse>('etcdserverpb.AuthRoleListResponse', {
  header,
  roles: repeated(string(2)),
});
