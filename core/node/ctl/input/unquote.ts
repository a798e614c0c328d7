import { type ByteString, fromText } from '../../../base/bytes.ts';

export interface Unquoted {
  readonly bytes: ByteString;
  /** What stands behind the closing quote. */
  readonly rest: string;
}

const plainEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** Reads the Go string that the text begins with: in double quotes with escapes, or in back quotes as it is. Null: there is none. */
export function unquote(text: string): Unquoted | null {
  if (text.startsWith('`')) {
    const end = text.indexOf('`', 1);
    return end < 0 ? null : { bytes: fromText(text.slice(1, end)), rest: text.slice(end + 1) };
  }
  if (!text.startsWith('"')) return null;
  let out = '';
  for (let at = 1; at < text.length;) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (character === '"') return { bytes: out as ByteString, rest: text.slice(at + 1) };
    if (character !== '\\') {
      out += fromText(character);
      at += character.length;
      continue;
    }
    const escape = readEscape(text.slice(at + 1));
    if (escape === null) return null;
    out += escape.bytes;
    at += 1 + escape.length;
  }
  return null;
}

interface Escape {
  readonly bytes: string;
  /** Behind the backslash. */
  readonly length: number;
}

function readEscape(text: string): Escape | null {
  const plain = plainEscapes[text.charAt(0)];
  if (plain !== undefined) return { bytes: plain, length: 1 };
  const byte = /^(?:x([0-9a-fA-F]{2})|([0-3][0-7]{2}))/.exec(text);
  if (byte !== null) {
    const [whole, hex, octal] = byte;
    const value = hex === undefined ? Number.parseInt(octal as string, 8) : Number.parseInt(hex, 16);
    return { bytes: String.fromCharCode(value), length: whole.length };
  }
  const point = /^(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(text);
  if (point === null) return null;
  const value = Number.parseInt((point[1] ?? point[2]) as string, 16);
  if (value > 0x10ffff) return null;
  return { bytes: fromText(String.fromCodePoint(value)), length: point[0].length };
}
