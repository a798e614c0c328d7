import { JsonLinesReader } from '../../sim/trace/json_lines_reader.ts';
import type { RunFile } from '../../sim/trace/codec.ts';

/** Text of this many bytes at a time: Node's strings end at half a gigabyte. */
const pieceBytes = 1 << 22;
const newline = 0x0a;

/** A run that was written as JSON lines. Throws TraceFormatError. */
export function readLines(bytes: Buffer): RunFile {
  const reader = new JsonLinesReader();
  for (let start = 0; start < bytes.length;) {
    const near = start + pieceBytes >= bytes.length ? -1 : bytes.indexOf(newline, start + pieceBytes);
    const end = near < 0 ? bytes.length : near + 1;
    const text = bytes.toString('utf8', start, end);
    for (const line of (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')) reader.take(line);
    start = end;
  }
  return reader.finish();
}
