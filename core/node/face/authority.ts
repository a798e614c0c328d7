/**
 * Go's client names a server that it was given as a URL by that URL: `:authority` is then "http://127.0.0.1:2379", in which the slash is
 * not allowed (RFC 9113, section 8.3.1). etcd takes it; Node refuses the stream. So the slashes of the first request's authority are
 * made dashes, in place: in HPACK's Huffman code both have six bits, so nothing else moves, and later requests refer to the entry that the
 * first one made in the table.
 */

/** HTTP/2 frames: 24 bits of length, type, flags, 32 bits of stream. */
export const frameHeaderBytes = 9;
const padded = 0x08;
const withPriority = 0x20;

/** Makes the slashes in the authority of a HEADERS frame dashes. Does nothing to what it does not understand. */
export function mendAuthority(frame: Uint8Array): void {
  const flags = frame[4] ?? 0;
  const start = frameHeaderBytes + ((flags & padded) === 0 ? 0 : 1) + ((flags & withPriority) === 0 ? 0 : 5);
  const end = frame.length - ((flags & padded) === 0 ? 0 : (frame[frameHeaderBytes] ?? 0));
  const cursor = { at: start, end, bytes: frame };
  while (cursor.at < cursor.end) if (!mendField(cursor)) return;
}

interface Cursor {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;
}

/** Number of `:authority` in HPACK's static table. */
const authorityIndex = 1;

/** One representation (RFC 7541, section 6). False: it is broken. */
function mendField(cursor: Cursor): boolean {
  const first = cursor.bytes[cursor.at] ?? 0;
  // An indexed field, or a new size of the table.
  if (first >= 0x80) return readInteger(cursor, 7) >= 0;
  if (first >= 0x20 && first < 0x40) return readInteger(cursor, 5) >= 0;
  const name = readInteger(cursor, first >= 0x40 ? 6 : 4);
  if (name < 0 || (name === 0 && !skipText(cursor))) return false;
  const at = cursor.at;
  if (!skipText(cursor)) return false;
  if (name === authorityIndex) mendText({ ...cursor, at, end: cursor.at });
  return true;
}

/** RFC 7541, section 5.1; -1: it does not end, or is absurdly large. */
function readInteger(cursor: Cursor, bits: number): number {
  const mask = 2 ** bits - 1;
  const { bytes, end } = cursor;
  if (cursor.at >= end) return -1;
  let value = (bytes[cursor.at++] as number) & mask;
  if (value < mask) return value;
  for (let shift = 1; shift <= 2 ** 21; shift *= 128) {
    if (cursor.at >= end) return -1;
    const byte = bytes[cursor.at++] as number;
    value += (byte & 127) * shift;
    if (byte < 128) return value;
  }
  return -1;
}

function skipText(cursor: Cursor): boolean {
  const length = readInteger(cursor, 7);
  if (length < 0 || cursor.at + length > cursor.end) return false;
  cursor.at += length;
  return true;
}

const slash = 0x2f;
const dash = 0x2d;

function mendText(cursor: Cursor): void {
  const isCoded = ((cursor.bytes[cursor.at] ?? 0) & 0x80) !== 0;
  readInteger(cursor, 7);
  if (isCoded) mendCoded(cursor);
  else {
    for (let at = cursor.at; at < cursor.end; at++) {
      if (cursor.bytes[at] === slash) cursor.bytes[at] = dash;
    }
  }
}

const slashCode = 0b011000;
const dashCode = 0b010110;

/**
 * HPACK's code is canonical: of a length, codes count up from the first, so the length of a code follows from its leading bits. These are the
 * lowest codes that are longer than 5, 6, 7 and 8 bits, at 8 bits; authorities have no longer ones.
 */
const lengthBounds = [
  { below: 0b01010_000, bits: 5 },
  { below: 0b1011100_0, bits: 6 },
  { below: 0b11111000, bits: 7 },
  { below: 0b11111110, bits: 8 },
] as const;

function mendCoded({ bytes, at: start, end }: Cursor): void {
  const bitAt = (position: number): number => ((bytes[position >> 3] as number) >> (7 - (position & 7))) & 1;
  const read = (position: number, count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) {
      // Behind the end it is padded with ones.
      value = value * 2 + (position + i < end * 8 ? bitAt(position + i) : 1);
    }
    return value;
  };
  for (let position = start * 8; position < end * 8;) {
    const ahead = read(position, 8);
    const bits = lengthBounds.find(({ below }) => ahead < below)?.bits;
    // A longer code, or the padding.
    if (bits === undefined || position + bits > end * 8) return;
    if (bits === 6 && read(position, 6) === slashCode) write(bytes, position, dashCode, 6);
    position += bits;
  }
}

function write(bytes: Uint8Array, position: number, code: number, bits: number): void {
  for (let i = 0; i < bits; i++) {
    const at = (position + i) >> 3;
    const mask = 1 << (7 - ((position + i) & 7));
    const isSet = ((code >> (bits - 1 - i)) & 1) === 1;
    bytes[at] = isSet ? (bytes[at] as number) | mask : (bytes[at] as number) & ~mask;
  }
}
