import { ProtobufError, ProtobufReader } from '../../base/protobuf.ts';
import type { Disk } from '../../ports.ts';
import { parseSegmentName } from '../../wal/index.ts';
import { walDirectory } from '../../server/paths.ts';

/** Whose log lies in a data directory, in all 64 bits. */
export interface LogOwner {
  readonly member: bigint;
  readonly cluster: bigint;
}

/** Frames at a file's beginning: the checksum's record, then the metadata's. */
const beginningBytes = 4096;
const lengthBytes = 8;
const metadataType = 1;

/**
 * Reads only the beginnings of the log's files, newest first: the member must know its id before it opens the log, which checks everything.
 * Null if none of them tells: then opening the log says what is wrong with it.
 */
export function readLogOwner(disk: Disk): LogOwner | null {
  const names = disk.list(walDirectory).filter((name) => parseSegmentName(name) !== null);
  for (const name of names.toReversed()) {
    const owner = ownerIn(disk.read(`${walDirectory}/${name}`, 0, beginningBytes));
    if (owner !== null) return owner;
  }
  return null;
}

function ownerIn(bytes: Uint8Array): LogOwner | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  try {
    while (at + lengthBytes <= bytes.length) {
      const length = view.getUint32(at, true);
      // The top byte says how much padding follows, which fills up to a multiple of eight.
      const end = at + lengthBytes + length;
      if (length === 0 || end > bytes.length) return null;
      const data = metadataOf(new ProtobufReader(bytes, at + lengthBytes, end));
      if (data !== null) return readOwner(data);
      at = end + ((lengthBytes - (length % lengthBytes)) % lengthBytes);
    }
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
  }
  return null;
}

function metadataOf(record: ProtobufReader): ProtobufReader | null {
  let type = 0;
  let data: ProtobufReader | null = null;
  while (record.next()) {
    if (record.field === 1) type = record.uint();
    else if (record.field === 3) data = record.message();
    else record.skip();
  }
  return type === metadataType ? data : null;
}

function readOwner(reader: ProtobufReader): LogOwner {
  let member = 0n;
  let cluster = 0n;
  while (reader.next()) {
    if (reader.field === 1) member = reader.uint64();
    else if (reader.field === 2) cluster = reader.uint64();
    else reader.skip();
  }
  return { member, cluster };
}
