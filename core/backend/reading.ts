import type { ByteString } from '../base/bytes.ts';
import type { BucketReader } from './bucket.ts';

/** Called for each pair; returns false to stop. The value must not be changed. */
export type Visitor = (key: ByteString, value: Uint8Array) => boolean;

/** Something that the backend's buckets can be read from. A missing bucket reads as an empty one. */
export interface Reading {
  /** Undefined if the key is missing. The bytes must not be changed. */
  get(bucket: ByteString, key: ByteString): Uint8Array | undefined;
  /** Visits keys in [low, high) in byte order; `high` undefined means no end. Nothing may be written meanwhile. */
  visit(bucket: ByteString, low: ByteString, high: ByteString | undefined, visitor: Visitor): void;
}

/** Walks the plain keys of one bucket. */
export function visitBucket(
  bucket: BucketReader,
  low: ByteString,
  high: ByteString | undefined,
  visitor: Visitor,
): void {
  const cursor = bucket.cursor();
  for (let found = cursor.seek(low); found; found = cursor.next()) {
    const { key } = cursor;
    if (high !== undefined && key >= high) return;
    if (!cursor.isBucket && !visitor(key, cursor.value)) return;
  }
}
