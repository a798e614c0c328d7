import { type ByteString, fromText, toText } from '../../../base/bytes.ts';
import { unquote } from './unquote.ts';

const word = /"(?:[^"\\]|\\.)*"|'[^']*'|[^'"\s]\S*[^'"\s]?/g;

/** Splits a line into words at spaces; quotes hold a word together, and in double quotes there may be escapes. */
export function splitLine(line: string): readonly string[] {
  return (line.match(word) ?? []).map((part) => {
    if (part.startsWith("'")) return part.slice(1, -1);
    const quoted = part.startsWith('"') ? unquote(part) : null;
    return quoted === null ? part : carried(quoted.bytes);
  });
}

/** Words are text: bytes that are no UTF-8 can't be told from one to another, so they stay as they were written. */
function carried(bytes: ByteString): string {
  const text = toText(bytes);
  return fromText(text) === bytes ? text : rawMark + bytes;
}

/** Marks a word that holds bytes, one in each character: nobody can type it. */
const rawMark = '\u0000bytes:';

/** The bytes of a word. */
export function bytesOfWord(text: string): ByteString {
  return text.startsWith(rawMark) ? (text.slice(rawMark.length) as ByteString) : fromText(text);
}
