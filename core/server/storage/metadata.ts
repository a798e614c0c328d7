import type { NodeId } from '../../base/ids.ts';
import type { NodeIdTable } from '../../base/node_ids.ts';
import { ProtobufReader, ProtobufWriter } from '../../base/protobuf.ts';

/** Whose log a WAL is (etcdserverpb.Metadata). Both ids have 64 bits in a real etcd. */
export interface Metadata {
  readonly node: NodeId;
  readonly cluster: bigint;
}

export function encodeMetadata({ node, cluster }: Metadata, ids: NodeIdTable): Uint8Array {
  const writer = new ProtobufWriter();
  ids.write(writer, 1, node);
  writer.uint64(2, cluster);
  return writer.finish();
}

/** Throws ProtobufError. */
export function decodeMetadata(bytes: Uint8Array, ids: NodeIdTable): Metadata {
  const reader = new ProtobufReader(bytes);
  let node = ids.local(0n);
  let cluster = 0n;
  while (reader.next()) {
    if (reader.field === 1) node = ids.read(reader);
    else if (reader.field === 2) cluster = reader.uint64();
    else reader.skip();
  }
  return { node, cluster };
}
