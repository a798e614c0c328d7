/** Requests to the Auth service, done on the auth store. */
import { authErrors, type AuthAnswer, type AuthErrorName, type AuthStore } from '../../auth/index.ts';
import { decodeBase64, encodeBase64 } from '../../auth/base64.ts';
import { emptyByteString, type ByteString } from '../../base/bytes.ts';
import type { UserAddRequest, UserChangePasswordRequest } from '../api/auth.ts';
import type { ErrorResponse, GrpcCode } from '../api/errors.ts';
import { revisionHeader } from '../api/header.ts';
import type { ClientRequest, ClientResponse } from '../api/messages.ts';

const authKinds = [
  ...(['auth_enable', 'auth_disable', 'user_add', 'user_get', 'user_list', 'user_delete'] as const),
  ...(['user_change_password', 'user_grant_role', 'user_revoke_role'] as const),
  ...(['role_add', 'role_get', 'role_list', 'role_delete'] as const),
  ...(['role_grant_permission', 'role_revoke_permission'] as const),
] as const;

/** All of the Auth service but Authenticate, which takes two steps. Reads, too, go through the log. */
export type AuthRequest = Extract<ClientRequest, { readonly kind: (typeof authKinds)[number] }>;

const known: ReadonlySet<string> = new Set(authKinds);

export function isAuthRequest(request: { readonly kind: string }): request is AuthRequest {
  return known.has(request.kind);
}

export function authErrorResponse(name: AuthErrorName): ErrorResponse {
  const { code, message } = authErrors[name];
  return { kind: 'error', code: code as GrpcCode, message };
}

/** Before the request is proposed: the password gives way to its hash, so that no log holds it and all members store one hash. */
export function withHashedPassword(auth: AuthStore, request: AuthRequest): AuthRequest {
  const hashed = (password: ByteString | undefined): { hashedPassword: ByteString } => ({
    hashedPassword: encodeBase64(auth.hashPassword(password ?? emptyByteString)),
  });
  if (request.kind === 'user_add') {
    const { password, ...rest } = request.user_add;
    if (rest.options?.no_password === true) return { kind: 'user_add', user_add: rest };
    return { kind: 'user_add', user_add: { ...rest, ...hashed(password) } };
  }
  if (request.kind === 'user_change_password') {
    const { password, ...rest } = request.user_change_password;
    return { kind: 'user_change_password', user_change_password: { ...rest, ...hashed(password) } };
  }
  return request;
}

/** Does one committed request that `checkAuth` allowed. The header carries the key-value store's revision, given here. */
export function applyAuthRequest(auth: AuthStore, request: AuthRequest, revision: number): ClientResponse {
  const header = revisionHeader(revision);
  switch (request.kind) {
    case 'user_get':
      return answer(auth.userGet(request.user_get.name), (roles) => ({
        kind: 'user_get',
        user_get: { header, roles },
      }));
    case 'role_get':
      return answer(auth.roleGet(request.role_get.role), (perm) => ({
        kind: 'role_get',
        role_get: { header, perm },
      }));
    case 'user_list':
      return { kind: 'user_list', user_list: { header, users: auth.userList() } };
    case 'role_list':
      return { kind: 'role_list', role_list: { header, roles: auth.roleList() } };
    default: {
      const error = change(auth, request);
      if (error !== null) return authErrorResponse(error);
      return { kind: request.kind, [request.kind]: { header } } as unknown as ClientResponse;
    }
  }
}

function answer<Value>(found: AuthAnswer<Value>, respond: (value: Value) => ClientResponse): ClientResponse {
  return found.kind === 'refused' ? authErrorResponse(found.error) : respond(found.value);
}

type AuthMutation = Exclude<
  AuthRequest,
  { readonly kind: 'user_get' | 'user_list' | 'role_get' | 'role_list' }
>;

function change(auth: AuthStore, request: AuthMutation): AuthErrorName | null {
  switch (request.kind) {
    case 'auth_enable':
      return auth.enable();
    case 'auth_disable':
      return auth.disable();
    case 'user_add': {
      const { name, options } = request.user_add;
      const hashedPassword = passwordHash(auth, request.user_add);
      return auth.userAdd({ name, hashedPassword, no_password: options?.no_password ?? false });
    }
    case 'user_delete':
      return auth.userDelete(request.user_delete.name);
    case 'user_change_password': {
      const hashedPassword = passwordHash(auth, request.user_change_password);
      return auth.userChangePassword(request.user_change_password.name, hashedPassword);
    }
    case 'user_grant_role':
      return auth.userGrantRole(request.user_grant_role.user, request.user_grant_role.role);
    case 'user_revoke_role':
      return auth.userRevokeRole(request.user_revoke_role.name, request.user_revoke_role.role);
    case 'role_add':
      return auth.roleAdd(request.role_add.name);
    case 'role_delete':
      return auth.roleDelete(request.role_delete.role);
    case 'role_grant_permission':
      return auth.roleGrantPermission(
        request.role_grant_permission.name,
        request.role_grant_permission.perm ?? null,
      );
    case 'role_revoke_permission': {
      const { role, key, range_end } = request.role_revoke_permission;
      return auth.roleRevokePermission(role, key, range_end ?? emptyByteString);
    }
  }
}

/** An entry that a 3.4 proposed holds the password itself; then the hash is made here, with a salt of this member's own. */
function passwordHash(auth: AuthStore, request: UserAddRequest | UserChangePasswordRequest): ByteString {
  const { password, hashedPassword } = request;
  if (hashedPassword === undefined || hashedPassword.length === 0) {
    return auth.hashPassword(password ?? emptyByteString);
  }
  // What is no base64 is no hash either: nobody can sign in with it, on any member.
  return decodeBase64(hashedPassword) ?? emptyByteString;
}
