/** Bytes as a Go string literal, the form in which etcd prints data. */
import { fromBytes, toText } from '../base/bytes.ts';

const escapes: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

/** Printable characters stand for themselves, all other bytes are escaped. */
export function quoteBytes(bytes: Uint8Array): string {
  let out = '"';
  for (let at = 0; at < bytes.length;) {
    const size = characterSize(bytes, at);
    const byte = bytes[at] as number;
    const known = escapes[byte];
    if (known !== undefined) out += known;
    else if (size === 0 || byte < 0x20 || byte === 0x7f) out += `\\x${byte.toString(16).padStart(2, '0')}`;
    else out += toText(fromBytes(bytes.subarray(at, at + size)));
    at += Math.max(size, 1);
  }
  return `${out}"`;
}

/** Length of the UTF-8 character at a position, 0 if there is none. */
function characterSize(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const text = toText(fromBytes(bytes.subarray(at, at + size)));
  return text.includes('\ufffd') ? 0 : size;
}
