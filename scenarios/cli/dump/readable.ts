/** Bytes of unknown origin as text that is safe on a terminal, in a log and in an issue. */

/** Longer byte strings are cut here. */
const shownBytesMax = 96;

const openBrace = 0x7b;

// Control and format characters (also those that turn the direction of text), private use, what is not assigned, separators.
const unsafe = /[\p{C}\p{Zl}\p{Zp}]/u;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** In double quotes: UTF-8 text as it is, everything else as \xNN; cut after `bytesMax` bytes with the number of those left out. */
export function quoted(bytes: Uint8Array, bytesMax = shownBytesMax): string {
  const cut = bytes.length > bytesMax;
  // Up to three bytes more, so that a character is not cut in two.
  const end = cut ? characterStart(bytes, bytesMax) : bytes.length;
  const text = escaped(bytes.subarray(0, end));
  return cut ? `"${text}"... (${bytes.length - end} more bytes)` : `"${text}"`;
}

/** JSON as it is, if it is JSON that is safe to print; else in quotes. */
export function jsonText(bytes: Uint8Array, bytesMax = shownBytesMax): string {
  const shown = quoted(bytes, bytesMax);
  if (bytes.length > bytesMax || bytes[0] !== openBrace) return shown;
  const text = decoded(bytes);
  return text === null || unsafe.test(text) ? shown : text;
}

function characterStart(bytes: Uint8Array, end: number): number {
  for (let at = end; at > end - 4 && at > 0; at--) if (((bytes[at] as number) & 0xc0) !== 0x80) return at;
  return end;
}

/** Nothing to escape: nearly all there is in a log. */
const printable = /^[ !#-[\]-~]*$/;

function escaped(bytes: Uint8Array): string {
  const ascii = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  if (printable.test(ascii)) return ascii;
  let out = '';
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] as number;
    const length = sequenceLength(first);
    const character = decoded(bytes.subarray(at, at + length));
    if (character === null) {
      out += hexEscape(first);
      at++;
    } else {
      out += unsafe.test(character)
        ? controlEscape(character, bytes.subarray(at, at + length))
        : plain(character);
      at += length;
    }
  }
  return out;
}

function plain(character: string): string {
  return character === '"' || character === '\\' ? `\\${character}` : character;
}

function controlEscape(character: string, bytes: Uint8Array): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return Array.from(bytes, hexEscape).join('');
}

function hexEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

function sequenceLength(first: number): number {
  return first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
}

function decoded(bytes: Uint8Array): string | null {
  try {
    const text = decoder.decode(bytes);
    // The decoder takes a byte order mark away.
    return text.length === 0 ? null : text;
  } catch {
    return null;
  }
}

/** A member's, cluster's or lease's id as etcd prints it: hexadecimal without leading zeros. */
export function hexId(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16);
}

export function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
