import { chromeTrace } from '../../sim/trace/chrome_trace.ts';
import { encodeRunFile } from '../../sim/trace/codec.ts';
import { jsonLines } from '../../sim/trace/json_lines.ts';
import type { RunModel } from '../model/run_model.ts';

/** Hands a file to the browser's downloads. */
export function save(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** "leader-isolated-seed-7.svg". */
export function fileName({ info }: RunModel, ending: string): string {
  const text = `${info.scenario}-seed-${info.seed}`.replaceAll(/[^\w.-]+/g, '-');
  return `${text}${ending}`;
}

/** The trace as the command line writes it, gzipped. */
export async function traceBlob(model: RunModel): Promise<Blob> {
  await turn();
  return gzipped([encodeRunFile(model)]);
}

export async function jsonLinesBlob(model: RunModel): Promise<Blob> {
  return gzipped(await gather(jsonLines(model)));
}

export async function chromeBlob(model: RunModel): Promise<Blob> {
  return new Blob(await gather(chromeTrace(model)), { type: 'application/json' });
}

const sliceMs = 20;

/** The page paints and answers while a million events are written. */
async function gather(pieces: Iterable<string>): Promise<Blob[]> {
  const gathered: Blob[] = [];
  let texts: string[] = [];
  let since = performance.now();
  for (const piece of pieces) {
    texts.push(piece);
    if (performance.now() - since < sliceMs) continue;
    gathered.push(new Blob(texts));
    texts = [];
    await turn();
    since = performance.now();
  }
  return [...gathered, new Blob(texts)];
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

function gzipped(parts: readonly (Blob | Uint8Array)[]): Promise<Blob> {
  const stream = new Blob(parts as BlobPart[]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Response(stream, { headers: { 'content-type': 'application/gzip' } }).blob();
}
