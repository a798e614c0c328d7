import { ProtobufReader } from '../../../core/base/protobuf.ts';
import { jsonText, quoted } from './readable.ts';

const methods: readonly string[] = ['GET', 'QGET', 'PUT', 'POST', 'DELETE', 'HEAD', 'SYNC'];

/** etcdserverpb.Request: its texts and numbers but for the id, in the order of the fields. */
const texts: Readonly<Record<number, string>> = { 3: 'path', 4: 'value', 6: 'prev_value' };
const numbers: Readonly<Record<number, string>> = {
  5: 'dir',
  7: 'prev_index',
  8: 'prev_exist',
  9: 'expiration',
  10: 'wait',
  11: 'since',
  12: 'recursive',
  13: 'sorted',
  14: 'quorum',
  15: 'time',
  16: 'stream',
  17: 'refresh',
};

/**
 * A request of the old API in words, null if the data is none: `PUT /0/version "3.4.0"`, then what is not at its default. Its second
 * field is the method; in an InternalRaftRequest it is a message, and no method's name reads as one. Throws ProtobufError.
 */
export function v2Words(data: Uint8Array): string | null {
  const reader = new ProtobufReader(data);
  const method = methodOf(reader);
  if (method === null) return null;
  const parts = [method];
  while (reader.next()) {
    const text = texts[reader.field];
    const number = numbers[reader.field];
    if (text !== undefined) parts.push(textPart(text, reader.bytes()));
    else if (number !== undefined) parts.push(numberPart(number, reader.uint64()));
    else reader.skip();
  }
  return parts.filter((part) => part !== '').join(' ');
}

function methodOf(reader: ProtobufReader): string | null {
  if (nextField(reader) !== 1) return null;
  reader.skip();
  if (nextField(reader) !== 2) return null;
  const bytes = reader.bytes();
  return methods.find((method) => quoted(bytes) === `"${method}"`) ?? null;
}

function nextField(reader: ProtobufReader): number {
  return reader.next() ? reader.field : 0;
}

function textPart(name: string, bytes: Uint8Array): string {
  if (bytes.length === 0) return '';
  const shown = quoted(bytes);
  if (name === 'value') return jsonText(bytes);
  if (name === 'path') return /^"[\w/.-]+"$/.test(shown) ? shown.slice(1, -1) : shown;
  return `${name}=${shown}`;
}

// prev_exist false is a condition of its own, but then it is a pointer that may be absent: etcd writes it only if it is set.
function numberPart(name: string, value: bigint): string {
  if (name === 'prev_exist') return `prev_exist=${value !== 0n}`;
  return value === 0n ? '' : `${name}=${BigInt.asIntN(64, value)}`;
}
