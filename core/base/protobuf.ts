import { AssertionError } from './assert.ts';
import { copyBytes, fromBytes, type ByteString } from './bytes.ts';

/**
 * The protocol buffers wire format: tag = field << 3 | type, type 0 varint, 1 fixed64, 2 length-delimited, 5 fixed32.
 * Message codecs are written by hand on top, in field order, so that the bytes equal those of etcd's generated Go code.
 */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

const initialCapacity = 256;

/** Appends fields to one growing buffer. Reuse a writer with `reset()`: `finish()` copies the bytes out. */
export class ProtobufWriter {
  private buffer = new Uint8Array(initialCapacity);
  length = 0;

  reset(): void {
    this.length = 0;
  }

  private reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }

  /** A bare varint. Negative numbers take ten bytes, as int64 does in protobuf. */
  rawVarint(value: number): void {
    if (!Number.isSafeInteger(value))
      throw new AssertionError(`varint: expected an integer within 2^53, got ${value}`);
    this.reserve(10);
    if (value < 0) return this.negativeVarint(value);
    let rest = value;
    while (rest >= 0x10000000) {
      this.buffer[this.length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 0x80) {
      this.buffer[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.length++] = rest;
  }

  private negativeVarint(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (let i = 0; i < 9; i++) {
      this.buffer[this.length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.length++] = Number(rest);
  }

  rawBytes(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.reserve(end - start);
    copyBytes(bytes, start, end, this.buffer, this.length);
    this.length += end - start;
  }

  /** Writes the field even when it is 0, as gogo protobuf does for non-nullable proto2 fields. */
  varint(field: number, value: number): void {
    this.rawVarint(field * 8);
    this.rawVarint(value);
  }

  /** Writes the field unless it is 0, as proto3 does. */
  varintNonZero(field: number, value: number): void {
    if (value !== 0) this.varint(field, value);
  }

  /** A field of type uint64, or of type int64 (negative numbers as two's complement), that may be above 2^53. */
  uint64(field: number, value: bigint): void {
    this.rawVarint(field * 8);
    this.reserve(10);
    // In two halves: arithmetic on bigints costs many times more.
    const wide = BigInt.asUintN(64, value);
    let low = Number(wide & 0xffff_ffffn);
    let high = Number(wide >> 32n);
    while (high > 0 || low >= 0x80) {
      this.buffer[this.length++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.buffer[this.length++] = low;
  }

  bool(field: number, value: boolean): void {
    this.varint(field, value ? 1 : 0);
  }

  boolTrue(field: number, value: boolean | undefined): void {
    if (value === true) this.varint(field, 1);
  }

  bytes(field: number, bytes: Uint8Array): void {
    this.rawVarint(field * 8 + 2);
    this.rawVarint(bytes.length);
    this.rawBytes(bytes);
  }

  byteString(field: number, text: ByteString): void {
    this.rawVarint(field * 8 + 2);
    this.rawVarint(text.length);
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) this.buffer[this.length++] = text.charCodeAt(i);
  }

  byteStringNonEmpty(field: number, text: ByteString | undefined): void {
    if (text !== undefined && text.length > 0) this.byteString(field, text);
  }

  /** Writes a nested message: its body is written in place, then moved behind its length. */
  message<T>(field: number, value: T, encode: (writer: ProtobufWriter, value: T) => void): void {
    this.rawVarint(field * 8 + 2);
    const start = this.length;
    this.reserve(1);
    this.length++;
    encode(this, value);
    const size = this.length - start - 1;
    if (size < 0x80) {
      this.buffer[start] = size;
      return;
    }
    const extra = varintSize(size) - 1;
    this.reserve(extra);
    this.buffer.copyWithin(start + 1 + extra, start + 1, this.length);
    this.length = start;
    this.rawVarint(size);
    this.length += size;
  }

  /** Its first `length` bytes are what was written, until the next write: for who copies them anyway. */
  get written(): Uint8Array {
    return this.buffer;
  }

  finish(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}

export function varintSize(value: number): number {
  if (value < 0) return 10;
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Walks the fields of one message: `while (reader.next()) switch (reader.field) { ... default: reader.skip(); }` */
export class ProtobufReader {
  private readonly buffer: Uint8Array;
  private at: number;
  private readonly end: number;
  field = 0;
  private wireType = 0;

  constructor(buffer: Uint8Array, start = 0, end = buffer.length) {
    this.buffer = buffer;
    this.at = start;
    this.end = end;
  }

  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.rawVarint();
    this.field = Math.floor(tag / 8);
    this.wireType = tag % 8;
    if (this.field === 0) throw new ProtobufError(`field 0 at byte ${this.at}`);
    return true;
  }

  private byte(): number {
    if (this.at >= this.end) throw new ProtobufError(`unexpected end of message at byte ${this.at}`);
    return this.buffer[this.at++] as number;
  }

  private rawVarint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw new ProtobufError(`varint above 2^53 at byte ${this.at}`);
        return value;
      }
      scale *= 128;
    }
    throw new ProtobufError(`varint longer than ten bytes at byte ${this.at}`);
  }

  private expect(wireType: number): void {
    if (this.wireType === wireType) return;
    throw new ProtobufError(`field ${this.field}: expected wire type ${wireType}, found ${this.wireType}`);
  }

  /** An unsigned integer below 2^53. */
  uint(): number {
    this.expect(0);
    return this.rawVarint();
  }

  /** An int64 within 2^53 either way. */
  int(): number {
    const start = this.at;
    const value = this.smallVarint();
    if (value >= 0) return value;
    this.at = start;
    const wide = BigInt.asIntN(64, this.uint64());
    if (wide > BigInt(Number.MAX_SAFE_INTEGER) || wide < BigInt(Number.MIN_SAFE_INTEGER)) {
      throw new ProtobufError(`field ${this.field}: int64 beyond 2^53: ${wide}`);
    }
    return Number(wide);
  }

  /** An int64; one beyond 2^53 either way becomes the nearest number within. */
  intClamped(): number {
    const start = this.at;
    const value = this.smallVarint();
    if (value >= 0) return value;
    this.at = start;
    const wide = BigInt.asIntN(64, this.uint64());
    if (wide > BigInt(Number.MAX_SAFE_INTEGER)) return Number.MAX_SAFE_INTEGER;
    return wide < BigInt(Number.MIN_SAFE_INTEGER) ? Number.MIN_SAFE_INTEGER : Number(wide);
  }

  /** A varint below 2^53, -1 if it is larger; without a bigint, which costs many times more. */
  private smallVarint(): number {
    this.expect(0);
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : -1;
      scale *= 128;
    }
    return -1;
  }

  /** A repeated field of type uint64: all of its numbers if they are packed into one field, as proto3 does, else the next one. */
  packed(): number[] {
    if (this.wireType === 0) return [this.uint()];
    const inner = this.message();
    const numbers: number[] = [];
    while (inner.at < inner.end) numbers.push(inner.rawVarint());
    return numbers;
  }

  /** All 64 bits, for ids of foreign programs. */
  uint64(): bigint {
    this.expect(0);
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      const bits = byte & 0x7f;
      if (shift <= 28) low |= bits << shift;
      if (shift === 28) high = bits >> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (byte < 0x80) {
        const least = BigInt(low >>> 0);
        return high === 0 ? least : (BigInt(high >>> 0) << 32n) | least;
      }
    }
    throw new ProtobufError(`varint longer than ten bytes at byte ${this.at}`);
  }

  bool(): boolean {
    return this.uint() !== 0;
  }

  /** A view of the field's bytes, not a copy. */
  bytes(): Uint8Array {
    const start = this.delimited();
    return this.buffer.subarray(start, this.at);
  }

  byteString(): ByteString {
    const start = this.delimited();
    return fromBytes(this.buffer, start, this.at);
  }

  /** A reader over the nested message of this field. */
  message(): ProtobufReader {
    const start = this.delimited();
    return new ProtobufReader(this.buffer, start, this.at);
  }

  private delimited(): number {
    this.expect(2);
    const length = this.rawVarint();
    const start = this.at;
    if (length > this.end - start) {
      throw new ProtobufError(`field ${this.field}: ${length} bytes announced, ${this.end - start} left`);
    }
    this.at += length;
    return start;
  }

  skip(): void {
    if (this.wireType === 0) this.uint64();
    else if (this.wireType === 2) this.delimited();
    else if (this.wireType === 1) this.advance(8);
    else if (this.wireType === 5) this.advance(4);
    else throw new ProtobufError(`field ${this.field}: unknown wire type ${this.wireType}`);
  }

  private advance(bytes: number): void {
    if (bytes > this.end - this.at) throw new ProtobufError(`field ${this.field}: unexpected end of message`);
    this.at += bytes;
  }
}
