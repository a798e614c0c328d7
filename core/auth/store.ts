import { type ByteString, emptyByteString } from '../base/bytes.ts';
import type { Backend } from '../backend/index.ts';
import { type BugSwitches, noBugs } from '../bugs.ts';
import type { Decision } from './decisions.ts';
import { answered, refusedWith, type AuthAnswer, type AuthErrorName } from './errors.ts';
import type { PasswordHasher } from './passwords.ts';
import { checkAdmin, PermissionCache } from './permission_cache.ts';
import { hasNoPassword, rootName, type Permission } from './records.ts';
import * as roles from './roles.ts';
import { applyAuthChange, createAuthBuckets, namesOf, readAuthState, type AuthState } from './state.ts';
import type { AuthInfo, TokenProvider } from './tokens.ts';
import * as users from './users.ts';

export interface AuthOptions {
  readonly tokens: TokenProvider;
  readonly hasher: PasswordHasher;
  readonly bugs?: BugSwitches;
}

export interface AuthStatus {
  readonly enabled: boolean;
  readonly authRevision: number;
}

/**
 * One member's auth store: users, roles and whether any of it counts, in the backend; tokens in memory. Changes are made at apply
 * alone, so that every member has the same at each log index. They and the checks answer with the error's name, or null.
 */
export class AuthStore {
  private backend: Backend;
  private readonly tokens: TokenProvider;
  private readonly hasher: PasswordHasher;
  private readonly bugs: BugSwitches;
  private readonly permissions = new PermissionCache();
  private state: AuthState;

  private constructor(backend: Backend, options: AuthOptions) {
    this.backend = backend;
    this.tokens = options.tokens;
    this.hasher = options.hasher;
    this.bugs = options.bugs ?? noBugs;
    this.state = this.load();
    // Without it an enabled store knows no token.
    if (this.state.enabled) this.tokens.enable();
  }

  /** At start, before entries are applied. Makes what is missing of the buckets. Throws ProtobufError on damaged records. */
  static open(backend: Backend, options: AuthOptions): AuthStore {
    return new AuthStore(backend, options);
  }

  /**
   * Goes on with the backend that a snapshot brought. Tokens end: whose password changed in the entries that were skipped is not
   * known. Throws ProtobufError on damaged records.
   */
  recover(backend: Backend): void {
    this.backend = backend;
    this.tokens.disable();
    this.state = this.load();
    // Without it the leader can't sign the revocation of leases (etcd issue 13172).
    if (this.state.enabled && !this.bugs.has('tokens-off-after-snapshot')) this.tokens.enable();
  }

  private load(): AuthState {
    createAuthBuckets(this.backend.lock());
    this.backend.unlock();
    const view = this.backend.read();
    const state = readAuthState(view);
    view.end();
    if (!this.bugs.has('permissions-not-reloaded')) this.permissions.rebuild(state);
    return state;
  }

  // --- changes, at apply

  /** Refused unless the user root has the role root. */
  enable(): AuthErrorName | null {
    return this.carryOut(users.enable(this.state));
  }

  /** Ends all tokens. */
  disable(): AuthErrorName | null {
    return this.carryOut(users.disable(this.state));
  }

  userAdd(request: users.UserAdd): AuthErrorName | null {
    return this.carryOut(users.addUser(this.state, request));
  }

  /** Ends the user's tokens. */
  userDelete(name: ByteString): AuthErrorName | null {
    return this.carryOut(users.deleteUser(this.state, name));
  }

  /** Ends the user's tokens. `hashedPassword` as in UserAdd; a user without a password stays so. */
  userChangePassword(name: ByteString, hashedPassword: ByteString): AuthErrorName | null {
    return this.carryOut(users.changePassword(this.state, name, hashedPassword));
  }

  userGrantRole(name: ByteString, role: ByteString): AuthErrorName | null {
    return this.carryOut(users.grantRole(this.state, name, role));
  }

  userRevokeRole(name: ByteString, role: ByteString): AuthErrorName | null {
    return this.carryOut(users.revokeRole(this.state, name, role));
  }

  roleAdd(name: ByteString): AuthErrorName | null {
    return this.carryOut(roles.addRole(this.state, name));
  }

  /** Takes the role from its users, too. */
  roleDelete(name: ByteString): AuthErrorName | null {
    return this.carryOut(roles.deleteRole(this.state, name));
  }

  /** `permission` null: the request held none. */
  roleGrantPermission(name: ByteString, permission: Permission | null): AuthErrorName | null {
    return this.carryOut(roles.grantPermission(this.state, name, permission));
  }

  roleRevokePermission(name: ByteString, key: ByteString, rangeEnd: ByteString): AuthErrorName | null {
    return this.carryOut(roles.revokePermission(this.state, name, key, rangeEnd));
  }

  /**
   * The one place where auth is changed. The lock is the one for apply: the position in the log must be saved with the change, or
   * a restart would make it again and this member's revision would run ahead of the others' (etcd issue 11651).
   */
  private carryOut(decision: Decision): AuthErrorName | null {
    if (decision.kind === 'refused') return decision.error;
    if (decision.kind === 'unchanged') return null;
    const { change } = decision;
    const tx = this.bugs.has('auth-applied-twice') ? this.backend.lock() : this.backend.lockForApply();
    this.state = applyAuthChange(tx, this.state, change);
    this.backend.unlock();
    this.permissions.rebuild(this.state);
    if (change.enabled === true) this.tokens.enable();
    if (change.enabled === false) this.tokens.disable();
    if (change.signsOut !== undefined) this.tokens.invalidateUser(change.signsOut);
    return null;
  }

  // --- what is there

  get enabled(): boolean {
    return this.state.enabled;
  }

  /** 1 at first; grows with every change but `enable`. */
  get revision(): number {
    return this.state.revision;
  }

  status(): AuthStatus {
    return { enabled: this.state.enabled, authRevision: this.state.revision };
  }

  /** The user's roles, ascending. */
  userGet(name: ByteString): AuthAnswer<readonly ByteString[]> {
    const user = this.state.users.get(name);
    return user === undefined ? refusedWith('userNotFound') : answered(user.roles);
  }

  /** Names, ascending. */
  userList(): readonly ByteString[] {
    return namesOf(this.state.users);
  }

  /** The role's permissions, ascending by key. The role root has what it was granted, which is not why it may do everything. */
  roleGet(name: ByteString): AuthAnswer<readonly Permission[]> {
    const role = this.state.roles.get(name);
    return role === undefined ? refusedWith('roleNotFound') : answered(role.keyPermission);
  }

  /** Names, ascending. */
  roleList(): readonly ByteString[] {
    return namesOf(this.state.roles);
  }

  // --- who may do what; at apply, for reads of one member at the moment of reading

  /** Reading keys: ranges, watches, compares, previous values. `rangeEnd` as it came with the request. */
  checkRange(info: AuthInfo | null, key: ByteString, rangeEnd?: ByteString): AuthErrorName | null {
    return this.permissions.check(this.state, info, 'read', key, rangeEnd);
  }

  checkPut(info: AuthInfo | null, key: ByteString): AuthErrorName | null {
    return this.permissions.check(this.state, info, 'write', key, undefined);
  }

  checkDeleteRange(info: AuthInfo | null, key: ByteString, rangeEnd?: ByteString): AuthErrorName | null {
    return this.permissions.check(this.state, info, 'write', key, rangeEnd);
  }

  /** Managing auth (but `checkUserGet`, `checkRoleGet`), members, alarms and the like. */
  checkAdmin(info: AuthInfo | null): AuthErrorName | null {
    return checkAdmin(this.state, info);
  }

  /** Users may look at themselves; to etcd, who is nobody has the empty name. */
  checkUserGet(info: AuthInfo | null, name: ByteString): AuthErrorName | null {
    return (info?.username ?? emptyByteString) === name ? null : this.checkAdmin(info);
  }

  /** Users may look at the roles they have. */
  checkRoleGet(info: AuthInfo | null, role: ByteString): AuthErrorName | null {
    const user = info === null ? undefined : this.state.users.get(info.username);
    return user?.roles.includes(role) === true ? null : this.checkAdmin(info);
  }

  // --- signing in

  /** Hashes a password for `userAdd` and `userChangePassword`, before the request is proposed. */
  hashPassword(password: ByteString): ByteString {
    return this.hasher.hash(password);
  }

  /**
   * First step of Authenticate, outside of the log because hashing is slow, after a linearizable read's wait. Gives the auth
   * revision: if it is another one once `authenticate` was applied, the password may have changed in between, so start again.
   */
  checkPassword(name: ByteString, password: ByteString): AuthAnswer<number> {
    if (!this.state.enabled) return refusedWith('authNotEnabled');
    const user = this.state.users.get(name);
    if (user === undefined) return refusedWith('authFailed');
    if (hasNoPassword(user)) return refusedWith('noPasswordUser');
    return this.hasher.matches(user.password, password)
      ? answered(this.state.revision)
      : refusedWith('authFailed');
  }

  /** The letters that an Authenticate request is proposed with. */
  newSimpleToken(): ByteString {
    return this.tokens.newSimpleToken();
  }

  /** Second step, at apply of the entry with this raft index: the token. */
  authenticate(
    name: ByteString,
    simpleToken: ByteString,
    index: number,
    nowNs: number,
  ): AuthAnswer<ByteString> {
    const { enabled, revision } = this.state;
    if (!enabled) return refusedWith('authNotEnabled');
    const user = this.state.users.get(name);
    if (user === undefined || hasNoPassword(user)) return refusedWith('authFailed');
    return this.tokens.assign({ username: name, revision, index, simpleToken, nowNs });
  }

  /** The log index to have applied before `authInfo` is asked about this token; 0: none. */
  awaitedIndex(token: ByteString): number {
    return this.tokens.awaitedIndex(token) ?? 0;
  }

  /**
   * Admission: who asks, with the revision that apply will compare. Null while auth is off, and for a request without a token,
   * which the check at apply refuses if it must.
   */
  authInfo(token: ByteString | undefined, nowNs: number): AuthAnswer<AuthInfo | null> {
    if (!this.state.enabled || token === undefined) return answered(null);
    const info = this.tokens.info(token, this.state.revision, nowNs);
    return info === null ? refusedWith('invalidAuthToken') : answered(info);
  }

  /** As whom the member itself asks, for the leases that it revokes. Like a client's, it needs tokens to be in use. */
  rootInfo(): AuthAnswer<AuthInfo | null> {
    if (!this.state.enabled) return answered(null);
    if (!this.tokens.enabled) return refusedWith('invalidAuthToken');
    return answered({ username: rootName, revision: this.state.revision });
  }
}
