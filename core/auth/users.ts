/** Operations on users and on auth as a whole. They decide from the state alone, so every member decides alike. */
import { emptyByteString, type ByteString } from '../base/bytes.ts';
import { changeTo, refuse, unchanged, type Decision } from './decisions.ts';
import { hasNoPassword, isRoot, rootName, type User } from './records.ts';
import { withName, type AuthState } from './state.ts';

export interface UserAdd {
  readonly name: ByteString;
  /** From the PasswordHasher, which is asked before the request is proposed: hashes are salted. */
  readonly hashedPassword: ByteString;
  /** True: the user has no password, whatever is given. */
  readonly no_password: boolean;
}

export function enable(state: AuthState): Decision {
  if (state.enabled) return unchanged;
  const root = state.users.get(rootName);
  if (root === undefined) return refuse('rootUserNotExist');
  if (!isRoot(root)) return refuse('rootRoleNotExist');
  return { kind: 'change', change: { enabled: true, revises: false } };
}

export function disable(state: AuthState): Decision {
  return state.enabled ? changeTo({ enabled: false }) : unchanged;
}

export function addUser(state: AuthState, request: UserAdd): Decision {
  const { name, no_password } = request;
  if (name.length === 0) return refuse('userEmpty');
  if (state.users.get(name) !== undefined) return refuse('userAlreadyExist');
  const password = no_password ? emptyByteString : request.hashedPassword;
  return changeTo({ users: [[name, { name, password, roles: [], options: { no_password } }]] });
}

export function deleteUser(state: AuthState, name: ByteString): Decision {
  // Nobody could manage auth without it.
  if (state.enabled && name === rootName) return refuse('invalidAuthManagement');
  if (state.users.get(name) === undefined) return refuse('userNotFound');
  return changeTo({ users: [[name, null]], signsOut: name });
}

export function changePassword(state: AuthState, name: ByteString, hashedPassword: ByteString): Decision {
  const user = state.users.get(name);
  if (user === undefined) return refuse('userNotFound');
  const password = hasNoPassword(user) ? emptyByteString : hashedPassword;
  return changeTo({ users: [[name, { ...user, password }]], signsOut: name });
}

export function grantRole(state: AuthState, name: ByteString, role: ByteString): Decision {
  const user = state.users.get(name);
  if (user === undefined) return refuse('userNotFound');
  // The root role needs no record: what it allows is fixed.
  if (role !== rootName && state.roles.get(role) === undefined) return refuse('roleNotFound');
  if (user.roles.includes(role)) return unchanged;
  return changeTo({ users: [[name, { ...user, roles: withName(user.roles, role) }]] });
}

export function revokeRole(state: AuthState, name: ByteString, role: ByteString): Decision {
  if (state.enabled && name === rootName && role === rootName) return refuse('invalidAuthManagement');
  const user = state.users.get(name);
  if (user === undefined) return refuse('userNotFound');
  if (!user.roles.includes(role)) return refuse('roleNotGranted');
  return changeTo({ users: [[name, withoutRole(user, role)]] });
}

export function withoutRole(user: User, role: ByteString): User {
  return { ...user, roles: user.roles.filter((granted) => granted !== role) };
}
