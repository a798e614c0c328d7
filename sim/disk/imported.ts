/** What a trace says of directories that it did not make itself. */
import { toBytes, fromText } from '../../core/base/bytes.ts';
import { crc32c } from '../../core/base/crc32c.ts';
import type { ImportedRecord } from '../trace/run_info.ts';
import type { ImportedDirectory } from './image.ts';

/** Everything that a run on the directory depends on, in one row: its ids, and a sum over all names and bytes. */
export function recordOf({ node, cluster, directories, files }: ImportedDirectory): ImportedRecord {
  let crc = 0;
  let bytes = 0;
  for (const path of directories) crc = crc32c(crc, toBytes(fromText(`${path}/\n`)));
  for (const file of files) {
    crc = crc32c(crc, toBytes(fromText(`${file.path} ${file.bytes.length}\n`)));
    crc = crc32c(crc, file.bytes);
    bytes += file.bytes.length;
  }
  return {
    member: node.toString(16),
    cluster: cluster.toString(16),
    files: files.length,
    bytes,
    crc32c: hex32(crc),
  };
}

/**
 * What the clients' keys begin with in a run on these directories. What the keys of another's hold is not in the clients' history, so
 * they keep to keys that nobody can have written before: a directory that holds them has another sum.
 */
export function clientPrefix(records: readonly ImportedRecord[]): string {
  return `detcd/${records.map((record) => record.crc32c).join('-')}/`;
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}
