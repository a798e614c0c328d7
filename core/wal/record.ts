import { copyBytes } from '../base/bytes.ts';
import { crc32c } from '../base/crc32c.ts';
import { walFrameAlignmentBytes } from '../limits.ts';

/** etcd's walpb record types. The type itself is outside of the checksum, so readers check where each may stand. */
export const RecordType = { metadata: 1, entry: 2, state: 3, crc: 4, snapshot: 5 } as const;
export type RecordType = (typeof RecordType)[keyof typeof RecordType];

const recordTypeMax = 5;
export const lengthFieldBytes = 8;
const paddedFlag = 0x80;

/** Protobuf tags of walpb.Record: 1 type, 2 crc, 3 data. */
const tagType = 0x08;
const tagCrc = 0x10;
const tagData = 0x1a;

const initialCapacity = 1024;

/** Appends frames to a buffer and carries the chain of checksums from record to record. */
export class FrameWriter {
  /** Checksum of all data so far in the chain. */
  crc: number;
  length = 0;
  private buffer = new Uint8Array(initialCapacity);

  constructor(crc: number) {
    this.crc = crc;
  }

  /** The frames written since the last `clear`: a view, valid until the next write. */
  view(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  /**
   * A record of the chain, with the first `dataBytes` of the data; null data (the crc record) leaves the checksum as it is and leaves
   * the field out.
   */
  append(type: RecordType, data: Uint8Array | null, dataBytes = data?.length ?? 0): void {
    if (data !== null) this.crc = crc32c(this.crc, data, 0, dataBytes);
    const start = this.length;
    this.reserve(lengthFieldBytes + 2 + 6 + 6 + dataBytes + walFrameAlignmentBytes);
    this.length += lengthFieldBytes;
    this.byte(tagType);
    this.byte(type);
    this.byte(tagCrc);
    this.varint(this.crc);
    if (data !== null) {
      this.byte(tagData);
      this.varint(dataBytes);
      copyBytes(data, 0, dataBytes, this.buffer, this.length);
      this.length += dataBytes;
    }
    this.finishFrame(start);
  }

  private finishFrame(start: number): void {
    const { buffer } = this;
    const recordBytes = this.length - start - lengthFieldBytes;
    let rest = recordBytes;
    for (let i = 0; i < lengthFieldBytes - 1; i++) {
      buffer[start + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    const padding = paddingOf(recordBytes);
    buffer[start + lengthFieldBytes - 1] = padding === 0 ? 0 : paddedFlag | padding;
    for (let i = 0; i < padding; i++) buffer[this.length++] = 0;
  }

  private byte(value: number): void {
    this.buffer[this.length++] = value;
  }

  private varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.buffer[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.length++] = rest;
  }

  private reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }
}

export function paddingOf(recordBytes: number): number {
  return (walFrameAlignmentBytes - (recordBytes % walFrameAlignmentBytes)) % walFrameAlignmentBytes;
}

/** Record bytes of the frame at `at`, 0 for the end of the log, -1 for a length field that no writer writes. */
export function frameLength(bytes: Uint8Array, at: number): number {
  let length = 0;
  for (let i = lengthFieldBytes - 2; i >= 0; i--) length = length * 256 + (bytes[at + i] as number);
  const top = bytes[at + lengthFieldBytes - 1] as number;
  if (length === 0 && top === 0) return 0;
  if (!Number.isSafeInteger(length)) return -1;
  const padding = paddingOf(length);
  return length > 0 && top === (padding === 0 ? 0 : paddedFlag | padding) ? length : -1;
}

/** Where the parts of a record are in its file. */
export interface RecordLayout {
  readonly type: RecordType;
  readonly crc: number;
  readonly hasData: boolean;
  readonly dataStart: number;
  readonly dataEnd: number;
}

/**
 * Reads the record's fields at `start`; `limit` is how far bytes may be read. Only etcd's own form is taken (these fields, this
 * order, shortest varints), because what stands around the data has no checksum: any other form is damage. Null then.
 */
export function parseRecord(bytes: Uint8Array, start: number, limit: number): RecordLayout | null {
  const type = start + 1 < limit ? (bytes[start + 1] as number) : 0;
  if (bytes[start] !== tagType || type < 1 || type > recordTypeMax) return null;
  if (start + 2 >= limit || bytes[start + 2] !== tagCrc) return null;
  const crc = readVarint(bytes, start + 3, limit);
  if (crc < 0 || crc > 0xffffffff) return null;
  const dataTag = start + 3 + varintBytes(crc);
  if (type === RecordType.crc) {
    return { type, crc, hasData: false, dataStart: dataTag, dataEnd: dataTag };
  }
  if (dataTag >= limit || bytes[dataTag] !== tagData) return null;
  const length = readVarint(bytes, dataTag + 1, limit);
  if (length < 0) return null;
  const dataStart = dataTag + 1 + varintBytes(length);
  return { type: type as RecordType, crc, hasData: true, dataStart, dataEnd: dataStart + length };
}

/** A shortest-form varint below 2^35, or -1. */
function readVarint(bytes: Uint8Array, at: number, limit: number): number {
  let value = 0;
  let scale = 1;
  for (let i = 0; i < 5 && at + i < limit; i++) {
    const byte = bytes[at + i] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return byte === 0 && i > 0 ? -1 : value;
    scale *= 128;
  }
  return -1;
}

function varintBytes(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) size++;
  return size;
}
