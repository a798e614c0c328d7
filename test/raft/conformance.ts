import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { playTranscript, recogniseTranscript, type TranscriptResult } from './transcript.ts';

/** All files below a folder, in byte order. */
export function filesBelow(folder: string): string[] {
  if (statSync(folder).isFile()) return [folder];
  return readdirSync(folder)
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => filesBelow(join(folder, name)));
}

export interface FileResult {
  readonly path: string;
  /** Null if the file is no transcript of a known kind. */
  readonly result: TranscriptResult | null;
}

export function playFile(path: string): FileResult {
  const text = readFileSync(path, 'utf8');
  const kind = recogniseTranscript(text);
  return { path, result: kind === null ? null : playTranscript(text, kind) };
}
