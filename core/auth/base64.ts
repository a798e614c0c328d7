import type { ByteString } from '../base/bytes.ts';

const common = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

interface Alphabet {
  readonly letters: string;
  readonly valueOf: ReadonlyMap<string, number>;
}

function alphabet(letters: string): Alphabet {
  return { letters, valueOf: new Map(letters.split('').map((letter, value) => [letter, value] as const)) };
}

const standard = alphabet(`${common}+/`);
const urlSafe = alphabet(`${common}-_`);

/** RFC 4648 section 5, without padding, as JWT has it. */
export function encodeBase64Url(bytes: ByteString): ByteString {
  return encode(bytes, urlSafe) as ByteString;
}

/** Null on anything that `encodeBase64Url` doesn't write: padding, other letters, bits behind the last byte. */
export function decodeBase64Url(text: ByteString): ByteString | null {
  return decode(text, urlSafe);
}

/** RFC 4648 section 4, with padding. */
export function encodeBase64(bytes: ByteString): ByteString {
  const text = encode(bytes, standard);
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=') as ByteString;
}

/** Null on anything that `encodeBase64` doesn't write. */
export function decodeBase64(text: ByteString): ByteString | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return decode(text.slice(0, text.length - padding), standard);
}

function encode(bytes: ByteString, { letters }: Alphabet): string {
  let out = '';
  let bits = 0;
  let held = 0;
  for (let i = 0; i < bytes.length; i++) {
    held = ((held << 8) | bytes.charCodeAt(i)) & 0xffff;
    for (bits += 8; bits >= 6; bits -= 6) out += letters.charAt((held >>> (bits - 6)) & 63);
  }
  if (bits > 0) out += letters.charAt((held << (6 - bits)) & 63);
  return out;
}

function decode(text: string, { valueOf }: Alphabet): ByteString | null {
  if (text.length % 4 === 1) return null;
  let out = '';
  let bits = 0;
  let held = 0;
  for (const letter of text) {
    const value = valueOf.get(letter);
    if (value === undefined) return null;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += String.fromCharCode((held >>> bits) & 0xff);
  }
  return (held & ((1 << bits) - 1)) === 0 ? (out as ByteString) : null;
}
