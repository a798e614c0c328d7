import { assert } from '../base/assert.ts';

/**
 * One change to the store: `main` counts transactions that changed something, `sub` the changes within one. Clients see
 * only `main`.
 */
export interface Revision {
  readonly main: number;
  readonly sub: number;
}

/** A new store's revision; the first change gets 2. */
export const firstRevision = 1;

/** Before the first compaction. */
export const notCompacted = -1;

export function compareRevisions(a: Revision, b: Revision): number {
  return a.main - b.main || a.sub - b.sub;
}

/** Bytes of a revision as a key of etcd's `key` bucket: BE64(main) '_' BE64(sub), then 't' for a tombstone. */
export const revisionBytes = 17;
const separator = 0x5f;
const tombstoneMark = 0x74;
const twoTo32 = 0x1_0000_0000;

/** Keys sort as revisions do, because both numbers are big-endian and not negative. */
export function encodeRevision(revision: Revision, tombstone: boolean): Uint8Array {
  const out = new Uint8Array(tombstone ? revisionBytes + 1 : revisionBytes);
  writeUint64(out, 0, revision.main);
  out[8] = separator;
  writeUint64(out, 9, revision.sub);
  if (tombstone) out[revisionBytes] = tombstoneMark;
  return out;
}

/** Throws RangeError on bytes that are no such key. */
export function decodeRevision(bytes: Uint8Array): { revision: Revision; tombstone: boolean } {
  const tombstone = bytes.length === revisionBytes + 1;
  const wellFormed =
    bytes[8] === separator &&
    (tombstone ? bytes[revisionBytes] === tombstoneMark : bytes.length === revisionBytes);
  if (!wellFormed) throw new RangeError(`revision key: expected BE64 '_' BE64 ['t'], found ${hex(bytes)}`);
  return { revision: { main: readUint64(bytes, 0), sub: readUint64(bytes, 9) }, tombstone };
}

function writeUint64(out: Uint8Array, at: number, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, `revision: expected 0 to 2^53 - 1, got ${value}`);
  const high = Math.floor(value / twoTo32);
  const low = value >>> 0;
  for (let i = 0; i < 4; i++) {
    out[at + i] = high >>> (24 - 8 * i);
    out[at + 4 + i] = low >>> (24 - 8 * i);
  }
}

function readUint64(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 8; i++) value = value * 256 + (bytes[at + i] as number);
  if (!Number.isSafeInteger(value)) throw new RangeError(`revision key: above 2^53: ${hex(bytes)}`);
  return value;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
