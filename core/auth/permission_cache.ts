import { emptyByteString, type ByteString } from '../base/bytes.ts';
import type { AuthErrorName } from './errors.ts';
import { accessOf, requestedInterval, type Access, type AccessMode } from './permissions.ts';
import { isRoot } from './records.ts';
import type { AuthState } from './state.ts';
import type { AuthInfo } from './tokens.ts';

/** Every user's access, worked out once for each state of the store: it is asked for with each request. */
export class PermissionCache {
  private accesses: ReadonlyMap<ByteString, Access> = new Map();

  /** Must be called after every change, and when a state was loaded (etcd issue 14571). */
  rebuild(state: AuthState): void {
    const accesses = new Map<ByteString, Access>();
    state.users.visit(emptyByteString, undefined, (user, name) => {
      accesses.set(
        name,
        accessOf(user, (role) => state.roles.get(role)),
      );
      return true;
    });
    this.accesses = accesses;
  }

  /** Why the user may not do this to the keys, or null. The state is the one of the last `rebuild`. */
  check(
    state: AuthState,
    info: AuthInfo | null,
    mode: AccessMode,
    key: ByteString,
    rangeEnd: ByteString | undefined,
  ): AuthErrorName | null {
    if (!state.enabled) return null;
    if (info === null || info.revision === 0) return 'userEmpty';
    // What was admitted under an older state must not be done under this one: a permission may be gone.
    if (info.revision < state.revision) return 'authOldRevision';
    const user = state.users.get(info.username);
    if (user === undefined) return 'permissionDenied';
    if (isRoot(user)) return null;
    const access = this.accesses.get(info.username);
    const permitted = access?.[mode].contains(requestedInterval(key, rangeEnd)) === true;
    return permitted ? null : 'permissionDenied';
  }
}

/**
 * Why the user may not manage auth, members and the like, or null. The token's revision does not matter: whoever has the root
 * role now may, as in etcd.
 */
export function checkAdmin(state: AuthState, info: AuthInfo | null): AuthErrorName | null {
  if (!state.enabled) return null;
  if (info === null || info.username.length === 0) return 'userEmpty';
  const user = state.users.get(info.username);
  return user !== undefined && isRoot(user) ? null : 'permissionDenied';
}
