import { type RunFile, TraceFormatError, decodeRunFile } from '../../sim/trace/codec.ts';
import { type RunModel, buildModel } from '../model/run_model.ts';

export type Progress = (words: string) => void;

/** Lets the page paint and answer between two pieces of work. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** Reads a trace file, gzipped or not, and derives the model from it. Throws an Error whose message is for people. */
export async function readRunFile(bytes: Uint8Array, progress: Progress): Promise<RunModel> {
  progress('unpacking');
  const raw = isGzip(bytes) ? await gunzip(bytes) : bytes;
  progress('reading');
  await turn();
  const file = decodeRunFile(raw);
  checkShape(file);
  return buildInTurns(file, progress);
}

async function buildInTurns(file: RunFile, progress: Progress): Promise<RunModel> {
  const steps = buildModel(file);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    progress(step.value);
    await turn();
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new TraceFormatError('expected a gzip stream, found one that is cut short or damaged');
  }
}

/** The parts of the run info that the page can't do without; the format's reader checks only that it is JSON. */
function checkShape({ info }: RunFile): void {
  const parts: readonly (readonly [string, unknown])[] = [
    ['lanes', info.lanes],
    ['interventions', info.interventions],
    ['linearizations', info.linearizations],
    ['verdict.violations', info.verdict?.violations],
    ['verdict.checks', info.verdict?.checks],
    ['sometimes', info.sometimes],
  ];
  for (const [name, value] of parts) {
    if (!Array.isArray(value))
      throw new TraceFormatError(`expected a list "${name}" in the run info, found none`);
  }
}
