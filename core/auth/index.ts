/** etcd's auth: users, roles, permissions on key ranges, tokens. */
export { authErrors } from './errors.ts';
export type { AuthAnswer, AuthErrorName } from './errors.ts';
export { JwtTokens, jwtAlgorithms, jwtTtlSeconds } from './jwt_tokens.ts';
export type { JwtAlgorithm, JwtOptions, JwtSigner } from './jwt_tokens.ts';
export { unprotectedHasher } from './passwords.ts';
export type { PasswordHasher } from './passwords.ts';
export {
  decodePermission,
  decodeRole,
  decodeUser,
  encodePermission,
  encodeRole,
  encodeUser,
  permissionTypes,
} from './records.ts';
export type { Permission, PermissionType, Role, User } from './records.ts';
export { SimpleTokens, simpleTokenTtlSeconds } from './simple_tokens.ts';
export { firstAuthRevision } from './state.ts';
export { AuthStore } from './store.ts';
export type { AuthOptions, AuthStatus } from './store.ts';
export type { AuthInfo, TokenGrant, TokenProvider } from './tokens.ts';
export type { UserAdd } from './users.ts';
