import type { RunFile } from '../../sim/trace/codec.ts';
import { JsonLinesReader } from '../../sim/trace/json_lines_reader.ts';

/** Text of this many bytes at a time: a string of the whole file would be as large again. */
const pieceBytes = 1 << 22;
const newline = 0x0a;

/** A file of JSON lines. Throws TraceFormatError. */
export function readLines(bytes: Uint8Array): RunFile {
  const reader = new JsonLinesReader();
  const utf8 = new TextDecoder();
  for (let start = 0; start < bytes.length;) {
    const end = endOfPiece(bytes, start);
    const text = utf8.decode(bytes.subarray(start, end));
    let from = 0;
    for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      reader.take(text.slice(from, to));
      from = to + 1;
    }
    if (from < text.length) reader.take(text.slice(from));
    start = end;
  }
  return reader.finish();
}

/** Behind the last whole line of the piece, or of the line that is longer than a piece. */
function endOfPiece(bytes: Uint8Array, start: number): number {
  if (start + pieceBytes >= bytes.length) return bytes.length;
  const last = bytes.lastIndexOf(newline, start + pieceBytes);
  const end = last >= start ? last : bytes.indexOf(newline, start + pieceBytes);
  return end < 0 ? bytes.length : end + 1;
}
