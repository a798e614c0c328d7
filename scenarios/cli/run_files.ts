import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type RunFile, TraceFormatError, decodeRunFile, encodeRunFile } from '../../sim/trace/codec.ts';
import { looksLikeLines } from '../../sim/trace/json_lines_reader.ts';
import { failureReason } from './failure_reason.ts';
import { readLines } from './lines_file.ts';
import { UsageError } from './usage_error.ts';

export const traceFileName = 'trace.detcd';
export const timelineFileName = 'timeline.html';

export interface WrittenFiles {
  readonly trace: string;
  /** Null when the page has not been built. */
  readonly timeline: string | null;
}

/** Writes a run's trace (gzipped) and its standalone timeline into a folder, which is created. */
export function writeRunFiles(directory: string, file: RunFile): WrittenFiles {
  try {
    mkdirSync(directory, { recursive: true });
    const bytes = gzipSync(encodeRunFile(file), { level: 6 });
    const trace = join(directory, traceFileName);
    writeFileSync(trace, bytes);
    const page = timelinePage(bytes);
    if (page === null) return { trace, timeline: null };
    const timeline = join(directory, timelineFileName);
    writeFileSync(timeline, page);
    return { trace, timeline };
  } catch (error) {
    throw new UsageError(`--out ${directory}: can't write there: ${failureReason(error)}`);
  }
}

const standalonePage = fileURLToPath(new URL('../../viz/standalone.html', import.meta.url));
const tracePlaceholder = '__DETCD_TRACE__';

/** The standalone page with a gzipped trace in it; null when the page has not been built. */
export function timelinePage(trace: Uint8Array): string | null {
  if (!existsSync(standalonePage)) return null;
  const page = readFileSync(standalonePage, 'utf8');
  const parts = page.split(tracePlaceholder);
  if (parts.length !== 2) throw new Error(`${standalonePage}: expected ${tracePlaceholder} once`);
  return parts.join(Buffer.from(trace).toString('base64'));
}

/** Reads a trace file or one of JSON lines, gzipped or not. Every failure is a UsageError that names the file. */
export function readRunFile(path: string): RunFile {
  const raw = readBytes(path);
  try {
    const gzipped = raw[0] === 0x1f && raw[1] === 0x8b;
    const bytes = gzipped ? gunzip(raw) : raw;
    return looksLikeLines(bytes) ? readLines(bytes) : decodeRunFile(bytes);
  } catch (error) {
    if (error instanceof TraceFormatError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

function readBytes(path: string): Buffer {
  try {
    if (statSync(path).isDirectory()) {
      throw new UsageError(
        `${path}: expected a trace file, found a directory. Its trace is perhaps ${join(path, traceFileName)}.`,
      );
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path}: can't read it: ${failureReason(error)}`);
  }
}

function gunzip(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new TraceFormatError(`damaged: expected a whole gzip stream, found: ${failureReason(error)}`);
  }
}
