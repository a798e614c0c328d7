import { fromText, toBytes } from '../base/bytes.ts';
import { crc32c } from '../base/crc32c.ts';
import { ProtobufWriter } from '../base/protobuf.ts';
import { encodeKeyValue } from './key_value.ts';
import { encodeRevision } from './revision.ts';
import type { RevisionStore } from './revision_store.ts';

/**
 * etcd's HashKV: CRC-32C over the bucket's name, then over every stored key and value with main <= revision, in order and as
 * the bytes etcd stores. Members that applied the same requests and compacted alike have the same.
 */
export function hashKv(revisions: RevisionStore, revision: number): number {
  const writer = new ProtobufWriter();
  let hash = crc32c(0, toBytes(fromText('key')));
  revisions.visit(0, revision + 1, (record) => {
    hash = crc32c(hash, encodeRevision(record.revision, record.tombstone));
    writer.reset();
    encodeKeyValue(writer, record.kv);
    hash = crc32c(hash, writer.finish());
    return true;
  });
  return hash;
}
