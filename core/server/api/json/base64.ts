import type { ByteString } from '../../../base/bytes.ts';

/** RFC 4648, with padding, as Go's encoding/json writes bytes. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function toBase64(bytes: ByteString): string {
  let out = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group =
      (bytes.charCodeAt(at) << 16) |
      ((left > 1 ? bytes.charCodeAt(at + 1) : 0) << 8) |
      (left > 2 ? bytes.charCodeAt(at + 2) : 0);
    out += alphabet.charAt(group >> 18) + alphabet.charAt((group >> 12) & 63);
    out += left > 1 ? alphabet.charAt((group >> 6) & 63) : '=';
    out += left > 2 ? alphabet.charAt(group & 63) : '=';
  }
  return out;
}

/** Null if the text is not base64. Line breaks are skipped, bits behind the last byte are dropped, as in Go. */
export function fromBase64(text: string): ByteString | null {
  const digits = text.replace(/[\r\n]/g, '');
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return null;
  let out = '';
  let group = 0;
  let bits = 0;
  for (let at = 0; at < digits.length && digits.charAt(at) !== '='; at++) {
    group = (group << 6) | alphabet.indexOf(digits.charAt(at));
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += String.fromCharCode(group >> bits);
    group &= (1 << bits) - 1;
  }
  return out as ByteString;
}
