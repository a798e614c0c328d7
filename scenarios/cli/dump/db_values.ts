import { toBytes } from '../../../core/base/bytes.ts';
import { ProtobufError, ProtobufReader } from '../../../core/base/protobuf.ts';
import { decodeKeyValue } from '../../../core/mvcc/key_value.ts';
import { decodeRevision } from '../../../core/mvcc/revision.ts';
import { permission } from '../../../core/server/api/schema/auth.ts';
import { alarmMember } from '../../../core/server/api/schema/maintenance.ts';
import type { DumpedPair } from './db_dump.ts';
import { type MessageWords, fieldWords } from './field_words.ts';
import { hexBytes, hexId, jsonText, quoted } from './readable.ts';
import { wordsOf } from './request_schema.ts';

type PairWords = (key: Uint8Array, value: Uint8Array) => string;

const lease: MessageWords = { 1: ['id', 'id'], 2: ['ttl', 'number'], 3: ['remaining_ttl', 'number'] };
/** authpb.User and Role. */
const user: MessageWords = {
  1: ['name', 'text'],
  2: ['password_hash', 'secret'],
  3: ['role', 'text'],
  4: ['options', { 1: ['no_password', 'flag'] }],
};
const role: MessageWords = { 1: ['name', 'text'], 2: ['permission', wordsOf(permission)] };
const alarm = wordsOf(alarmMember);

/** How the pairs of etcd's buckets read. */
const buckets: Readonly<Record<string, PairWords>> = {
  key: revisionPair,
  meta: metaPair,
  lease: (key, value) => `${hexBytes(key)}: ${fieldWords(new ProtobufReader(value), lease)}`,
  auth: authPair,
  authUsers: (key, value) => `${quoted(key)}: ${fieldWords(new ProtobufReader(value), user)}`,
  authRoles: (key, value) => `${quoted(key)}: ${fieldWords(new ProtobufReader(value), role)}`,
  alarm: (key) => fieldWords(new ProtobufReader(key), alarm),
  cluster: (key, value) => `${plainKey(key)}: ${quoted(value)}`,
  members: (key, value) => `${plainKey(key)}: ${jsonText(value, jsonBytesMax)}`,
  members_removed: (key, value) => `${plainKey(key)}: ${quoted(value)}`,
};
const jsonBytesMax = 1024;

/** One pair in words; what its bucket should not hold is shown as bytes. Never throws. */
export function pairWords(bucket: string, pair: DumpedPair): string {
  const { key, value, isBucket } = pair;
  if (isBucket) return `${quoted(key)}: a bucket`;
  try {
    return (buckets[bucket] ?? rawPair)(key, value);
  } catch (error) {
    if (!(error instanceof ProtobufError || error instanceof RangeError)) throw error;
    return rawPair(key, value);
  }
}

function rawPair(key: Uint8Array, value: Uint8Array): string {
  return `${quoted(key)}: ${quoted(value)}`;
}

function plainKey(key: Uint8Array): string {
  return quoted(key).slice(1, -1);
}

function revisionText(bytes: Uint8Array): string {
  const { revision, tombstone } = decodeRevision(bytes);
  return `${revision.main}/${revision.sub}${tombstone ? ' deletes' : ''}`;
}

function revisionPair(key: Uint8Array, value: Uint8Array): string {
  const { tombstone } = decodeRevision(key);
  const kv = decodeKeyValue(new ProtobufReader(value));
  const head = `${revisionText(key)} ${quoted(toBytes(kv.key))}`;
  if (tombstone) return head;
  const held = kv.lease === 0n ? '' : `, lease ${hexId(kv.lease)}`;
  const numbers = `create ${kv.create_revision}, mod ${kv.mod_revision}, version ${kv.version}${held}`;
  return `${head} = ${quoted(toBytes(kv.value))} (${numbers})`;
}

const uint64Bytes = 8;

function bigEndian(bytes: Uint8Array): string {
  if (bytes.length !== uint64Bytes) throw new RangeError('no 64-bit number');
  return new DataView(bytes.buffer, bytes.byteOffset, uint64Bytes).getBigUint64(0).toString();
}

function metaPair(key: Uint8Array, value: Uint8Array): string {
  const name = plainKey(key);
  if (name === 'consistent_index' || name === 'term') return `${name}: ${bigEndian(value)}`;
  if (name === 'scheduledCompactRev' || name === 'finishedCompactRev')
    return `${name}: ${revisionText(value)}`;
  if (name === 'confState') return `${name}: ${jsonText(value, jsonBytesMax)}`;
  return `${name}: ${quoted(value)}`;
}

function authPair(key: Uint8Array, value: Uint8Array): string {
  const name = plainKey(key);
  if (name === 'authRevision') return `${name}: ${bigEndian(value)}`;
  if (name === 'authEnabled') return `${name}: ${value[0] === 1 ? 'true' : 'false'}`;
  return rawPair(key, value);
}
