/** Operations on roles. They decide from the state alone, so every member decides alike. */
import { emptyByteString, type ByteString } from '../base/bytes.ts';
import { changeTo, refuse, type Decision } from './decisions.ts';
import { isValidPermission } from './permissions.ts';
import { rootName, type Permission, type User } from './records.ts';
import type { AuthState } from './state.ts';
import { withoutRole } from './users.ts';

export function addRole(state: AuthState, name: ByteString): Decision {
  if (name.length === 0) return refuse('roleEmpty');
  if (state.roles.get(name) !== undefined) return refuse('roleAlreadyExist');
  return changeTo({ roles: [[name, { name, keyPermission: [] }]] });
}

/** Deletes a role and takes it from its users. */
export function deleteRole(state: AuthState, name: ByteString): Decision {
  if (state.enabled && name === rootName) return refuse('invalidAuthManagement');
  if (state.roles.get(name) === undefined) return refuse('roleNotFound');
  const users: [ByteString, User][] = [];
  state.users.visit(emptyByteString, undefined, (user) => {
    if (user.roles.includes(name)) users.push([user.name, withoutRole(user, name)]);
    return true;
  });
  return changeTo({ roles: [[name, null]], users });
}

/** Adds a permission, or gives the one on the same keys its type. A role has one type for one (key, end). */
export function grantPermission(state: AuthState, name: ByteString, permission: Permission | null): Decision {
  if (permission === null) return refuse('permissionNotGiven');
  if (!isValidPermission(permission)) return refuse('invalidAuthManagement');
  const role = state.roles.get(name);
  if (role === undefined) return refuse('roleNotFound');
  const { key, range_end } = permission;
  const keyPermission = [...role.keyPermission];
  const same = keyPermission.findIndex((known) => isOn(known, key, range_end));
  if (same >= 0) keyPermission[same] = permission;
  else {
    const behind = keyPermission.findIndex((known) => known.key > key);
    keyPermission.splice(behind < 0 ? keyPermission.length : behind, 0, permission);
  }
  return changeTo({ roles: [[name, { name, keyPermission }]] });
}

export function revokePermission(
  state: AuthState,
  name: ByteString,
  key: ByteString,
  rangeEnd: ByteString,
): Decision {
  const role = state.roles.get(name);
  if (role === undefined) return refuse('roleNotFound');
  const keyPermission = role.keyPermission.filter((known) => !isOn(known, key, rangeEnd));
  if (keyPermission.length === role.keyPermission.length) return refuse('permissionNotGranted');
  return changeTo({ roles: [[name, { name, keyPermission }]] });
}

function isOn(permission: Permission, key: ByteString, rangeEnd: ByteString): boolean {
  return permission.key === key && permission.range_end === rangeEnd;
}
