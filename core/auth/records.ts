/** authpb's records: values of the buckets authUsers and authRoles, byte for byte as etcd 3.4 writes them. */
import { emptyByteString, type ByteString } from '../base/bytes.ts';
import { ProtobufError, ProtobufReader, ProtobufWriter } from '../base/protobuf.ts';

/** In the order of their numbers on the wire. */
export const permissionTypes = ['READ', 'WRITE', 'READWRITE'] as const;
export type PermissionType = (typeof permissionTypes)[number];

/** What a role allows on one key (`range_end` empty), on [key, range_end), or from a key on (`range_end` "\0"). */
export interface Permission {
  readonly permType: PermissionType;
  readonly key: ByteString;
  readonly range_end: ByteString;
}

export interface Role {
  readonly name: ByteString;
  /** Ascending by key; those of one key in the order in which they were granted. */
  readonly keyPermission: readonly Permission[];
}

export interface User {
  readonly name: ByteString;
  /** A hash that the PasswordHasher made; empty if the user has no password. */
  readonly password: ByteString;
  /** Ascending, each once. */
  readonly roles: readonly ByteString[];
  /** Null: written by an etcd before 3.4. */
  readonly options: { readonly no_password: boolean } | null;
}

/** The user that must exist before auth is enabled, and the role that may do everything. */
export const rootName = 'root' as ByteString;

export function isRoot(user: User): boolean {
  return user.roles.includes(rootName);
}

/** Whether the user can't sign in by password, only by a certificate. */
export function hasNoPassword(user: User): boolean {
  return user.options !== null && user.options.no_password;
}

export function encodeUser(user: User): Uint8Array {
  const writer = new ProtobufWriter();
  writer.byteStringNonEmpty(1, user.name);
  writer.byteStringNonEmpty(2, user.password);
  for (const role of user.roles) writer.byteString(3, role);
  // Present even if nothing in it is set.
  if (user.options !== null) {
    writer.message(4, user.options, (inner, options) => inner.boolTrue(1, options.no_password));
  }
  return writer.finish();
}

/** Throws ProtobufError on bytes that are no user. */
export function decodeUser(bytes: Uint8Array): User {
  const reader = new ProtobufReader(bytes);
  let name = emptyByteString;
  let password = emptyByteString;
  const roles: ByteString[] = [];
  let options: User['options'] = null;
  while (reader.next()) {
    if (reader.field === 1) name = reader.byteString();
    else if (reader.field === 2) password = reader.byteString();
    else if (reader.field === 3) roles.push(reader.byteString());
    else if (reader.field === 4) options = { no_password: decodeNoPassword(reader.message()) };
    else reader.skip();
  }
  return { name, password, roles, options };
}

function decodeNoPassword(reader: ProtobufReader): boolean {
  let noPassword = false;
  while (reader.next()) {
    if (reader.field === 1) noPassword = reader.bool();
    else reader.skip();
  }
  return noPassword;
}

/** authpb.Permission as a message of its own; requests carry it, too. */
export function encodePermission(writer: ProtobufWriter, permission: Permission): void {
  writer.varintNonZero(1, permissionTypes.indexOf(permission.permType));
  writer.byteStringNonEmpty(2, permission.key);
  writer.byteStringNonEmpty(3, permission.range_end);
}

/** Throws ProtobufError on bytes that are no permission. */
export function decodePermission(reader: ProtobufReader): Permission {
  let permType: PermissionType = 'READ';
  let key = emptyByteString;
  let range_end = emptyByteString;
  while (reader.next()) {
    if (reader.field === 1) permType = permissionType(reader.int());
    else if (reader.field === 2) key = reader.byteString();
    else if (reader.field === 3) range_end = reader.byteString();
    else reader.skip();
  }
  return { permType, key, range_end };
}

function permissionType(value: number): PermissionType {
  const type = permissionTypes[value];
  if (type === undefined) throw new ProtobufError(`permType: expected 0 to 2, found ${value}`);
  return type;
}

export function encodeRole(role: Role): Uint8Array {
  const writer = new ProtobufWriter();
  writer.byteStringNonEmpty(1, role.name);
  for (const permission of role.keyPermission) writer.message(2, permission, encodePermission);
  return writer.finish();
}

/** Throws ProtobufError on bytes that are no role. */
export function decodeRole(bytes: Uint8Array): Role {
  const reader = new ProtobufReader(bytes);
  let name = emptyByteString;
  const keyPermission: Permission[] = [];
  while (reader.next()) {
    if (reader.field === 1) name = reader.byteString();
    else if (reader.field === 2) keyPermission.push(decodePermission(reader.message()));
    else reader.skip();
  }
  return { name, keyPermission };
}
