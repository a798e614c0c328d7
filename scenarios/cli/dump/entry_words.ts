import { ProtobufError, ProtobufReader } from '../../../core/base/protobuf.ts';
import { EntryType, type Entry } from '../../../core/raft/entry.ts';
import { type RequestOp, decodeRequest } from '../../../core/server/api/index.ts';
import { fieldWords, unknownField } from './field_words.ts';
import { kvWords } from './kv_words.ts';
import { hexId, jsonText, quoted } from './readable.ts';
import { kvKinds, requestSchema } from './request_schema.ts';
import { v2Words } from './v2_words.ts';

export type EntryKind = 'empty' | 'conf change' | 'v2 request' | 'request' | 'unknown';

export interface EntryWords {
  readonly kind: EntryKind;
  readonly text: string;
}

/** What an entry's data says; never throws. */
export function entryWords(entry: Entry): EntryWords {
  const { data, type } = entry;
  try {
    if (type === EntryType.confChange) return { kind: 'conf change', text: confChange(data) };
    if (type === EntryType.confChangeV2) return { kind: 'conf change', text: confChangeV2(data) };
    if (data.length === 0) return { kind: 'empty', text: 'a leader opened its term' };
    const v2 = v2Words(data);
    return v2 === null ? { kind: 'request', text: raftRequest(data) } : { kind: 'v2 request', text: v2 };
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    return { kind: 'unknown', text: `${data.length} bytes ${quoted(data)}` };
  }
}

const changeNames = ['add voter', 'remove', 'update', 'add learner'];

function changeName(number: number): string {
  return changeNames[number] ?? `change of type ${number}`;
}

/** raftpb.ConfChange; its context is the member as JSON. */
function confChange(data: Uint8Array): string {
  const reader = new ProtobufReader(data);
  let type = 0;
  let node = 0n;
  let context = '';
  while (reader.next()) {
    if (reader.field === 2) type = reader.uint();
    else if (reader.field === 3) node = reader.uint64();
    else if (reader.field === 4) context = contextWords(reader.bytes());
    else reader.skip();
  }
  return `${changeName(type)} ${hexId(node)}${context}`;
}

function confChangeV2(data: Uint8Array): string {
  const reader = new ProtobufReader(data);
  const parts: string[] = [];
  const transitions = ['', ' (joint, left by itself)', ' (joint, left on request)'];
  let transition = 0;
  let context = '';
  while (reader.next()) {
    if (reader.field === 1) transition = reader.uint();
    else if (reader.field === 2) parts.push(singleChange(reader.message()));
    else if (reader.field === 3) context = contextWords(reader.bytes());
    else reader.skip();
  }
  const changes = parts.length === 0 ? 'leave the joint configuration' : parts.join(', ');
  return `${changes}${transitions[transition] ?? ` (transition ${transition})`}${context}`;
}

function singleChange(reader: ProtobufReader): string {
  let type = 0;
  let node = 0n;
  while (reader.next()) {
    if (reader.field === 1) type = reader.uint();
    else if (reader.field === 2) node = reader.uint64();
    else reader.skip();
  }
  return `${changeName(type)} ${hexId(node)}`;
}

/** A member has several addresses, and they are what one looks for. */
const contextBytesMax = 512;

function contextWords(bytes: Uint8Array): string {
  return bytes.length === 0 ? '' : ` ${jsonText(bytes, contextBytesMax)}`;
}

/** raft_internal's header (field 100) and the first version's id. */
const headerField = 100;
const idField = 1;

/** etcdserverpb.InternalRaftRequest. */
function raftRequest(data: Uint8Array): string {
  const reader = new ProtobufReader(data);
  const parts: string[] = [];
  let who = '';
  while (reader.next()) {
    if (reader.field === headerField) who = userWords(reader.message());
    else if (reader.field === idField) reader.skip();
    else parts.push(requestField(reader));
  }
  if (parts.length === 0) throw new ProtobufError('no request');
  return parts.join(', ') + who;
}

function requestField(reader: ProtobufReader): string {
  const kind = kvKinds[reader.field];
  if (kind !== undefined) return kvWords(decodeRequest(kind, reader.bytes()) as RequestOp);
  const known = requestSchema[reader.field];
  if (known === undefined) return `unknown request: ${unknownField(reader)}`;
  const [name, fields] = known;
  const words = fieldWords(reader.message(), fields);
  return words === '' ? name : `${name} ${words}`;
}

function userWords(header: ProtobufReader): string {
  let user = '';
  while (header.next()) {
    if (header.field === 2) user = ` by user ${quoted(header.bytes())}`;
    else header.skip();
  }
  return user;
}
