import { ProtobufWriter, varintSize } from '../base/protobuf.ts';
import { encodeKeyValue, type KeyValue, type RevisionRecord } from '../mvcc/index.ts';
import type { Event } from './messages.ts';

export function eventOf(record: RevisionRecord): Event {
  if (!record.tombstone) return { type: 'PUT', kv: record.kv };
  // What is stored of a delete is the key; watchers are told when it happened, too.
  return { type: 'DELETE', kv: { ...record.kv, mod_revision: record.revision.main } };
}

/** Whether the put made the key, so that there is nothing before it. */
export function isCreation(event: Event): boolean {
  return event.type === 'PUT' && event.kv.create_revision === event.kv.mod_revision;
}

const writer = new ProtobufWriter();

function fieldBytes(kv: KeyValue): number {
  writer.reset();
  encodeKeyValue(writer, kv);
  return 1 + varintSize(writer.length) + writer.length;
}

/** Bytes that the event takes in an encoded answer. */
export function eventBytes(event: Event): number {
  const type = event.type === 'PUT' ? 0 : 2;
  const body = type + fieldBytes(event.kv) + (event.prev_kv === undefined ? 0 : fieldBytes(event.prev_kv));
  return 1 + varintSize(body) + body;
}
