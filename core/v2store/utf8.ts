import type { ByteString } from '../base/bytes.ts';

export interface Rune {
  /** The code point; -1 for a byte that starts no valid sequence. */
  readonly point: number;
  /** Bytes it takes; 1 for an invalid byte, as in Go. */
  readonly length: number;
}

const invalid: Rune = { point: -1, length: 1 };
const smallestPoint = [0, 0, 0x80, 0x800, 0x10000] as const;

/** The code point at this byte. No overlong forms, no surrogates, nothing above U+10FFFF. */
export function decodeRune(bytes: ByteString, at: number): Rune {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return { point: first, length: 1 };
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return invalid;
  let point = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) {
    const next = bytes.charCodeAt(at + i);
    if ((next & 0xc0) !== 0x80) return invalid;
    point = (point << 6) | (next & 63);
  }
  const wrong =
    point < (smallestPoint[length] ?? 0) || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff);
  return wrong ? invalid : { point, length };
}
