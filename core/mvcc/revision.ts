import { AssertionError } from '../base/assert.ts';
import { fromBytes, toBytes, type ByteString } from '../base/bytes.ts';

/**
 * One change to the store: `main` counts transactions that changed something, `sub` the changes within one. Clients see
 * only `main`.
 */
export interface Revision {
  readonly main: number;
  readonly sub: number;
}

/** A revision as it is stored. */
export interface StoredRevision {
  readonly revision: Revision;
  /** The change deleted its key. */
  readonly tombstone: boolean;
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
export function revisionKey({ main, sub }: Revision, tombstone = false): ByteString {
  if (!Number.isSafeInteger(main) || main < 0 || !Number.isSafeInteger(sub) || sub < 0)
    throw new AssertionError(`revision: expected 0 to 2^53 - 1, got ${main} and ${sub}`);
  const mainHigh = Math.floor(main / twoTo32);
  const subHigh = Math.floor(sub / twoTo32);
  // One call: strings that are put together are trees in V8 until somebody compares them.
  const key = String.fromCharCode(
    mainHigh >>> 24,
    (mainHigh >>> 16) & 255,
    (mainHigh >>> 8) & 255,
    mainHigh & 255,
    (main >>> 24) & 255,
    (main >>> 16) & 255,
    (main >>> 8) & 255,
    main & 255,
    separator,
    subHigh >>> 24,
    (subHigh >>> 16) & 255,
    (subHigh >>> 8) & 255,
    subHigh & 255,
    (sub >>> 24) & 255,
    (sub >>> 16) & 255,
    (sub >>> 8) & 255,
    sub & 255,
  );
  return (tombstone ? `${key}t` : key) as ByteString;
}

/** Throws RangeError on a string that is no such key. */
export function parseRevisionKey(key: ByteString): StoredRevision {
  const tombstone = key.length === revisionBytes + 1;
  const wellFormed =
    key.charCodeAt(8) === separator &&
    (tombstone ? key.charCodeAt(revisionBytes) === tombstoneMark : key.length === revisionBytes);
  if (!wellFormed) throw new RangeError(`revision key: expected BE64 '_' BE64 ['t'], found ${hex(key)}`);
  return { revision: { main: readUint64(key, 0), sub: readUint64(key, 9) }, tombstone };
}

/** The same as bytes. */
export function encodeRevision(revision: Revision, tombstone: boolean): Uint8Array {
  return toBytes(revisionKey(revision, tombstone));
}

/** Throws RangeError on bytes that are no such key. */
export function decodeRevision(bytes: Uint8Array): StoredRevision {
  return parseRevisionKey(fromBytes(bytes));
}

function readUint64(key: ByteString, at: number): number {
  let value = 0;
  for (let i = 0; i < 8; i++) value = value * 256 + key.charCodeAt(at + i);
  if (!Number.isSafeInteger(value)) throw new RangeError(`revision key: above 2^53: ${hex(key)}`);
  return value;
}

/** For error messages. */
export function hex(text: ByteString): string {
  let out = '';
  for (let i = 0; i < text.length; i++) out += text.charCodeAt(i).toString(16).padStart(2, '0');
  return out;
}
