import type { ByteString } from '../base/bytes.ts';
import { ProtobufError, ProtobufReader } from '../base/protobuf.ts';
import type { KeyValue } from './key_value.ts';
import { decodeKeyValue } from './key_value.ts';
import { MvccError } from './mvcc_error.ts';
import type { Revision } from './revision.ts';
import { hex, parseRevisionKey } from './revision.ts';

/** What one change stored. Immutable. */
export interface RevisionRecord {
  readonly revision: Revision;
  /** True: the key was deleted; `kv` holds the key alone. */
  readonly tombstone: boolean;
  readonly kv: KeyValue;
}

/** Reads an entry of the `key` bucket. Throws MvccError. */
export function decodeRecord(key: ByteString, value: Uint8Array): RevisionRecord {
  try {
    const { revision, tombstone } = parseRevisionKey(key);
    return { revision, tombstone, kv: decodeKeyValue(new ProtobufReader(value)) };
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof ProtobufError)) throw error;
    throw new MvccError(`entry ${hex(key)} of the key bucket: ${error.message}`);
  }
}
