/** etcd's Auth service: users have roles, roles have permissions on ranges of keys. */
import type { ByteString } from '../../base/bytes.ts';
import type { ResponseHeader } from './header.ts';

export type PermissionType = 'READ' | 'WRITE' | 'READWRITE';

/** authpb.Permission. */
export interface Permission {
  readonly permType: PermissionType;
  readonly key: ByteString;
  /** As in RangeRequest. */
  readonly range_end: ByteString;
}

/** authpb.UserAddOptions. */
export interface UserAddOptions {
  /** True: the user can't log in with a password, only with a certificate. */
  readonly no_password?: boolean;
}

export type AuthEnableRequest = Readonly<Record<string, never>>;
export type AuthDisableRequest = Readonly<Record<string, never>>;
export type UserListRequest = Readonly<Record<string, never>>;
export type RoleListRequest = Readonly<Record<string, never>>;

export interface AuthenticateRequest {
  readonly name: ByteString;
  readonly password: ByteString;
}

export interface AuthenticateResponse {
  readonly header: ResponseHeader;
  readonly token: ByteString;
}

export interface UserAddRequest {
  readonly name: ByteString;
  readonly password?: ByteString;
  readonly options?: UserAddOptions;
  /**
   * What goes into the log instead of the password, since 3.5: bcrypt in base64. In 3.4 the password itself does, and each member
   * hashes it with a salt of its own.
   */
  readonly hashedPassword?: ByteString;
}

export interface UserGetRequest {
  readonly name: ByteString;
}

export interface UserDeleteRequest {
  readonly name: ByteString;
}

export interface UserChangePasswordRequest {
  readonly name: ByteString;
  readonly password?: ByteString;
  /** As in UserAddRequest. */
  readonly hashedPassword?: ByteString;
}

export interface UserGrantRoleRequest {
  readonly user: ByteString;
  readonly role: ByteString;
}

export interface UserRevokeRoleRequest {
  readonly name: ByteString;
  readonly role: ByteString;
}

export interface RoleAddRequest {
  readonly name: ByteString;
}

export interface RoleGetRequest {
  readonly role: ByteString;
}

export interface RoleDeleteRequest {
  readonly role: ByteString;
}

export interface RoleGrantPermissionRequest {
  readonly name: ByteString;
  readonly perm?: Permission;
}

export interface RoleRevokePermissionRequest {
  readonly role: ByteString;
  readonly key: ByteString;
  readonly range_end?: ByteString;
}

/** Twelve of the answers have nothing to tell but that it was done. */
export interface HeaderOnlyResponse {
  readonly header: ResponseHeader;
}

export type AuthEnableResponse = HeaderOnlyResponse;
export type AuthDisableResponse = HeaderOnlyResponse;
export type UserAddResponse = HeaderOnlyResponse;
export type UserDeleteResponse = HeaderOnlyResponse;
export type UserChangePasswordResponse = HeaderOnlyResponse;
export type UserGrantRoleResponse = HeaderOnlyResponse;
export type UserRevokeRoleResponse = HeaderOnlyResponse;
export type RoleAddResponse = HeaderOnlyResponse;
export type RoleDeleteResponse = HeaderOnlyResponse;
export type RoleGrantPermissionResponse = HeaderOnlyResponse;
export type RoleRevokePermissionResponse = HeaderOnlyResponse;

export interface UserGetResponse {
  readonly header: ResponseHeader;
  /** In byte order. */
  readonly roles: readonly ByteString[];
}

export interface UserListResponse {
  readonly header: ResponseHeader;
  readonly users: readonly ByteString[];
}

export interface RoleGetResponse {
  readonly header: ResponseHeader;
  readonly perm: readonly Permission[];
}

export interface RoleListResponse {
  readonly header: ResponseHeader;
  readonly roles: readonly ByteString[];
}
