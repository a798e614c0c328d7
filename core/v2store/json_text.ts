/**
 * JSON as Go's encoding/json writes it, as UTF-8 bytes: `<`, `>` and `&` and the line separators of JavaScript are escaped, and
 * every byte that is not UTF-8 becomes the six characters `\ufffd`.
 */
import type { ByteString } from '../base/bytes.ts';
import { decodeRune } from './utf8.ts';

const plain = /^[ !#-%'-;=?-[\]-\x7f]*$/;

export function jsonString(bytes: ByteString): string {
  if (plain.test(bytes)) return `"${bytes}"`;
  let out = '"';
  let at = 0;
  while (at < bytes.length) {
    const { point, length } = decodeRune(bytes, at);
    out +=
      point < 0x80 ? escapeAscii(point, bytes.charAt(at)) : escapeRune(point, bytes.slice(at, at + length));
    at += length;
  }
  return `${out}"`;
}

function escapeAscii(point: number, character: string): string {
  if (point < 0) return '\\ufffd';
  if (character === '"' || character === '\\') return `\\${character}`;
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const escaped = point < 0x20 || character === '<' || character === '>' || character === '&';
  return escaped ? `\\u00${point.toString(16).padStart(2, '0')}` : character;
}

function escapeRune(point: number, bytes: string): string {
  return point === 0x2028 || point === 0x2029 ? `\\u${point.toString(16)}` : bytes;
}

/** An object with its fields in this order. A field whose text is null is left out (Go: omitempty). */
export function jsonObject(fields: readonly (readonly [name: string, text: string | null])[]): ByteString {
  const parts: string[] = [];
  for (const [name, text] of fields) if (text !== null) parts.push(`"${name}":${text}`);
  return `{${parts.join(',')}}` as ByteString;
}
