/** bbolt writes its structures as they lie in memory: little-endian on every machine etcd supports. */
import { AssertionError } from '../base/assert.ts';

const twoTo32 = 0x1_0000_0000;

export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return (readUint16(bytes, at) | (readUint16(bytes, at + 2) << 16)) >>> 0;
}

/** A 64-bit number. Above 2^53 the low bits are lost: callers compare with a bound far below that. */
export function readUint64(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at + 4) * twoTo32 + readUint32(bytes, at);
}

export function writeUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  writeUint16(bytes, at, value);
  writeUint16(bytes, at + 2, value >>> 16);
}

export function writeUint64(bytes: Uint8Array, at: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new AssertionError(`64-bit field: expected 0 to 2^53 - 1, got ${value}`);
  writeUint32(bytes, at, value >>> 0);
  writeUint32(bytes, at + 4, Math.floor(value / twoTo32));
}
