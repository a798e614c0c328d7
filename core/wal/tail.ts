import { crc32c } from '../base/crc32c.ts';
import { sectorBytes } from '../limits.ts';
import { frameLength, lengthFieldBytes, parseRecord } from './record.ts';
import type { SegmentReader } from './segment_reader.ts';

/**
 * Did a crash leave this, or did the disk lose what it had promised? A crash loses whole sectors that were never synced, and the
 * log is only appended to, so a lost sector beyond the synced end is all zeros, or lies beyond the end of the file. What that
 * does not explain is damage, and then cutting the log would throw away acknowledged entries without a word. The tests here are
 * narrower than etcd's (any chunk of zeros inside of the record), which takes some flipped bits for a torn tail.
 */
export function isTornTail(reader: SegmentReader): boolean {
  const { bytes, offset, damage } = reader;
  if (damage === null) {
    // Or a write that failed left a hole in the sector, and one after it did not: no single bad bit takes a record's beginning away.
    return isZero(bytes, offset, sectorEnd(offset)) || isZero(bytes, offset, offset + frameBytesMin);
  }
  if (bytes.length - offset < lengthFieldBytes) return true;
  // A length field lies in one sector: it is there or it is zero.
  const length = frameLength(bytes, offset);
  if (length < 0) return false;
  const start = offset + lengthFieldBytes;
  if (headerContradicts(bytes, start, start + length)) return false;
  if (start + length > bytes.length) return true;
  if (!hasLostSector(bytes, offset, start + length)) return false;
  return damage.kind !== 'crcMismatch' || flippedBit(reader, start) === null;
}

/**
 * A crash that lost the sector with a record's length field may have kept the record itself, if the field is the last thing in its
 * sector; so may one flipped bit in a length that is a power of two. Returns the length if a record that continues the chain
 * stands there, or 0. Taking it is right both ways: it was written, and it may have been acknowledged.
 */
export function lostLength(reader: SegmentReader): number {
  const { bytes, offset } = reader;
  const start = offset + lengthFieldBytes;
  if (start % sectorBytes !== 0 || start >= bytes.length || frameLength(bytes, offset) !== 0) return 0;
  const record = parseRecord(bytes, start, bytes.length);
  if (record === null || !record.hasData || record.dataEnd > bytes.length) return 0;
  const length = record.dataEnd - start;
  const powerOfTwo = length >= lengthFieldBytes && (length & (length - 1)) === 0;
  const fits = powerOfTwo && crc32c(reader.crc, bytes, record.dataStart, record.dataEnd) === record.crc;
  return fits ? length : 0;
}

export function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  const end = Math.min(to, bytes.length);
  for (let i = from; i < end; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** A length field and the shortest record, padded. */
const frameBytesMin = 2 * lengthFieldBytes;

function sectorEnd(offset: number): number {
  return (Math.floor(offset / sectorBytes) + 1) * sectorBytes;
}

/** Type, crc and length of a record take this much at most. */
const headerBytesMax = 14;

/** The record's own length, where it can be read, is not the frame's. */
function headerContradicts(bytes: Uint8Array, start: number, end: number): boolean {
  const boundary = start % sectorBytes === 0 ? start : sectorEnd(start);
  const record = parseRecord(bytes, start, bytes.length);
  if (record !== null && (record.dataStart <= boundary || !isZero(bytes, boundary, sectorEnd(boundary)))) {
    return record.dataEnd !== end;
  }
  // Unreadable: because the header goes on in a lost sector, or because it is damaged.
  const straddles = boundary < start + headerBytesMax && isZero(bytes, boundary, sectorEnd(boundary));
  return !straddles;
}

/** A sector that the record reaches into from its first byte on is zero to its end, whatever should follow there. */
function hasLostSector(bytes: Uint8Array, frameStart: number, recordEnd: number): boolean {
  for (let sector = sectorEnd(frameStart); sector < recordEnd; sector += sectorBytes) {
    if (isZero(bytes, sector, sector + sectorBytes)) return true;
  }
  return false;
}

/** One bit of a record: its byte in the file (-1: the checksum field itself) and its place in the byte. */
interface Bit {
  readonly offset: number;
  readonly mask: number;
}

/**
 * A lost sector that held a single set bit of the record looks exactly like that bit flipped. Setting it again is right both ways, as
 * with `lostLength`. Null if that is not what happened.
 */
export function lostBit(reader: SegmentReader): Bit | null {
  const { bytes, offset, damage } = reader;
  if (damage?.kind !== 'crcMismatch') return null;
  const bit = flippedBit(reader, offset + lengthFieldBytes);
  if (bit === null || bit.offset < sectorEnd(offset)) return null;
  const sector = sectorEnd(bit.offset) - sectorBytes;
  return isZero(bytes, sector, sector + sectorBytes) ? bit : null;
}

/**
 * Zeros may also be what the record holds, and then one bad bit elsewhere in it looks like a tear. The difference of the checksums
 * tells which bit, for each gives its own; null if no single one does. (A tear of many bits passes for one flipped bit once in 2^32
 * per bit, and is then reported as damage.)
 */
function flippedBit(reader: SegmentReader, start: number): Bit | null {
  const { bytes } = reader;
  const record = parseRecord(bytes, start, bytes.length);
  if (record === null) return null;
  const { dataStart, dataEnd } = record;
  const difference = (crc32c(reader.crc, bytes, dataStart, dataEnd) ^ record.crc) >>> 0;
  if ((difference & (difference - 1)) === 0) return { offset: -1, mask: 0 };
  // What a flipped bit in the last byte does to the checksum; then in the byte before it, and so on.
  const effects = Array.from({ length: 8 }, (_, bit) => rawStep(1 << bit));
  for (let offset = dataEnd - 1; offset >= dataStart; offset--) {
    for (let bit = 0; bit < 8; bit++) {
      const effect = effects[bit] as number;
      if (effect === difference) return { offset, mask: 1 << bit };
      effects[bit] = ((effect >>> 8) ^ rawStep(effect & 255)) >>> 0;
    }
  }
  return null;
}

const steps = new Uint32Array(256);
const one = new Uint8Array(1);

/** One byte through the checksum's shift register, without its inversions. */
function rawStep(byte: number): number {
  if (steps[1] === 0) {
    const ofZero = crc32c(0, one);
    for (let i = 1; i < 256; i++) steps[i] = crc32c(0, Uint8Array.of(i)) ^ ofZero;
  }
  return steps[byte] as number;
}
