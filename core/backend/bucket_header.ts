import { BackendError } from './backend_error.ts';
import { readUint64, writeUint64 } from './little_endian.ts';

/** A bucket's value in its parent: root page u64, sequence u64; with root 0 an inline leaf page follows. */
export const bucketHeaderBytes = 16;

export interface BucketHeader {
  /** 0: the bucket is inline. */
  readonly root: number;
  readonly sequence: number;
}

/** Throws BackendError naming the page that holds the value. */
export function decodeBucketHeader(value: Uint8Array, pageId: number): BucketHeader {
  if (value.length < bucketHeaderBytes) {
    throw new BackendError('corruptPage', pageId, 'a bucket header', `${value.length} bytes`);
  }
  return { root: readUint64(value, 0), sequence: readUint64(value, 8) };
}

export function encodeBucketHeader(header: BucketHeader, inlinePage: Uint8Array | null): Uint8Array {
  const bytes = new Uint8Array(bucketHeaderBytes + (inlinePage?.length ?? 0));
  writeUint64(bytes, 0, header.root);
  writeUint64(bytes, 8, header.sequence);
  if (inlinePage !== null) bytes.set(inlinePage, bucketHeaderBytes);
  return bytes;
}
