import { bigEndian64, compareStrings, fromText, type ByteString } from '../base/bytes.ts';
import { SortedMap } from '../base/sorted_map.ts';
import { Buckets, type BatchTx, type Reading } from '../backend/index.ts';
import { decodeRole, decodeUser, encodeRole, encodeUser, type Role, type User } from './records.ts';

const enabledKey = fromText('authEnabled');
const revisionKey = fromText('authRevision');

/** A store that was never changed has this revision. 0 in a token's place means that nobody signed in. */
export const firstAuthRevision = 1;

/** What the buckets auth, authUsers and authRoles hold. */
export interface AuthState {
  readonly enabled: boolean;
  readonly revision: number;
  readonly users: SortedMap<ByteString, User>;
  readonly roles: SortedMap<ByteString, Role>;
}

/** One operation's effect. A record of null is deleted. */
export interface AuthChange {
  readonly enabled?: boolean;
  /** False for what leaves the revision alone. */
  readonly revises: boolean;
  readonly users?: readonly (readonly [name: ByteString, user: User | null])[];
  readonly roles?: readonly (readonly [name: ByteString, role: Role | null])[];
  /** The user whose tokens end. */
  readonly signsOut?: ByteString;
}

/** Makes the buckets, and the first revision unless there is one. */
export function createAuthBuckets(tx: BatchTx): void {
  tx.createBucket(Buckets.auth);
  tx.createBucket(Buckets.authUsers);
  tx.createBucket(Buckets.authRoles);
  if (readRevision(tx) === 0) tx.put(Buckets.auth, revisionKey, bigEndian64(firstAuthRevision));
}

/** Throws ProtobufError on records that etcd didn't write. */
export function readAuthState(reading: Reading): AuthState {
  const enabled = reading.get(Buckets.auth, enabledKey);
  const users = new SortedMap<ByteString, User>();
  const roles = new SortedMap<ByteString, Role>();
  const start = fromText('');
  reading.visit(Buckets.authUsers, start, undefined, (name, value) => {
    users.set(name, decodeUser(value));
    return true;
  });
  reading.visit(Buckets.authRoles, start, undefined, (name, value) => {
    roles.set(name, decodeRole(value));
    return true;
  });
  return {
    enabled: enabled?.length === 1 && enabled[0] === 1,
    revision: readRevision(reading),
    users,
    roles,
  };
}

/** Writes a change to the buckets and to the state; returns the state after it. */
export function applyAuthChange(tx: BatchTx, state: AuthState, change: AuthChange): AuthState {
  for (const [name, user] of change.users ?? []) {
    if (user === null) {
      state.users.delete(name);
      tx.delete(Buckets.authUsers, name);
    } else {
      state.users.set(name, user);
      tx.put(Buckets.authUsers, name, encodeUser(user));
    }
  }
  for (const [name, role] of change.roles ?? []) {
    if (role === null) {
      state.roles.delete(name);
      tx.delete(Buckets.authRoles, name);
    } else {
      state.roles.set(name, role);
      tx.put(Buckets.authRoles, name, encodeRole(role));
    }
  }
  const enabled = change.enabled ?? state.enabled;
  if (change.enabled !== undefined) tx.put(Buckets.auth, enabledKey, Uint8Array.of(enabled ? 1 : 0));
  const revision = state.revision + (change.revises ? 1 : 0);
  if (change.revises) tx.put(Buckets.auth, revisionKey, bigEndian64(revision));
  return { enabled, revision, users: state.users, roles: state.roles };
}

/** All names, ascending. */
export function namesOf<Value>(map: SortedMap<ByteString, Value>): ByteString[] {
  const names: ByteString[] = [];
  map.visit(fromText(''), undefined, (_value, name) => {
    names.push(name);
    return true;
  });
  return names;
}

/** A copy with the name in its place, in byte order. */
export function withName(names: readonly ByteString[], name: ByteString): ByteString[] {
  return [...names, name].sort(compareStrings);
}

function readRevision(reading: Reading): number {
  const bytes = reading.get(Buckets.auth, revisionKey);
  if (bytes === undefined || bytes.length !== 8) return 0;
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0));
}
