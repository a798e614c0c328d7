import { type RunFile, decodeRunFile } from '../../sim/trace/codec.ts';
import { looksLikeLines } from '../../sim/trace/json_lines_reader.ts';
import { readLines } from './read_lines.ts';

/** JSON lines, or a file that is not whole: the format's own reader says what is wrong with it. Throws TraceFormatError. */
export function readSlowly(raw: Uint8Array): RunFile {
  return looksLikeLines(raw) ? readLines(raw) : decodeRunFile(raw);
}
