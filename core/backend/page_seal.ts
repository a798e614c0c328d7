import { crc32c, crc32cOfZeros } from '../base/crc32c.ts';
import { readUint32, writeUint32 } from './little_endian.ts';

/**
 * bbolt's pages have no checksum: a changed bit in a key or a value would pass for data. What stands behind a page's last element means
 * nothing to bbolt, so a page that is written here ends with a mark and the CRC-32C of all before it. A page that bbolt writes
 * has zeros or an element there, and is as well protected as bbolt protects it.
 */
export const sealBytes = 8;

const mark = 0x6c616573;

/** `bytes`: the page with its overflow, whose last `sealBytes` are free; from `used` on up to these it is zero. */
export function seal(bytes: Uint8Array, used: number): Uint8Array {
  const at = bytes.length - sealBytes;
  writeUint32(bytes, at, mark);
  writeUint32(bytes, at + 4, crc32cOfZeros(crc32c(0, bytes, 0, used), at - used));
  return bytes;
}

export function isSealed(bytes: Uint8Array): boolean {
  return readUint32(bytes, bytes.length - sealBytes) === mark;
}

/** Whether a sealed page is as it was written. */
export function isIntact(bytes: Uint8Array): boolean {
  const at = bytes.length - sealBytes;
  return readUint32(bytes, at + 4) === crc32c(0, bytes, 0, at);
}
