import { decodeRunFile } from '../../sim/trace/codec.ts';
import { looksLikeLines } from '../../sim/trace/json_lines_reader.ts';
import { type RunColumns, type RunModel, buildColumns, modelOfColumns } from '../model/run_model.ts';
import { columnsOfTrace } from '../model/trace_view.ts';
import type { LoadMessage } from './load_protocol.ts';
import { readLines } from './read_lines.ts';
import { checkShape, unpack } from './unpack.ts';

export type Progress = (words: string) => void;

// Inside the script, so that the standalone page has it without asking for a file.
const workers = import.meta.glob<new () => Worker>('../worker/load_worker.ts', {
  query: '?worker&inline',
  import: 'default',
  eager: true,
});

/** Reads a trace file, gzipped or not, in a worker. Throws an Error whose message is for people. */
export async function readRunFile(bytes: Uint8Array, progress: Progress): Promise<RunModel> {
  const columns = (await inWorker(bytes, progress)) ?? (await onPage(bytes, progress));
  // Taking the columns over is a piece of work of its own; building the page from them is the next.
  await turn();
  return modelOfColumns(columns);
}

/** Null where no worker can be started, as under some policies for file:// pages. */
function inWorker(bytes: Uint8Array, progress: Progress): Promise<RunColumns | null> {
  const [Made] = Object.values(workers);
  if (Made === undefined) return Promise.resolve(null);
  let worker: Worker;
  try {
    worker = new Made();
  } catch {
    return Promise.resolve(null);
  }
  return new Promise<RunColumns | null>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<LoadMessage>) => {
      if (data.type === 'progress') progress(data.words);
      else if (data.type === 'columns') resolve(data.columns);
      else reject(new Error(data.text));
    });
    worker.addEventListener('error', () => resolve(null));
    // Copied, not handed over: the page needs the bytes if the worker fails.
    worker.postMessage(bytes, []);
  }).finally(() => worker.terminate());
}

/** Lets the page paint and answer between two pieces of work. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

async function onPage(bytes: Uint8Array, progress: Progress): Promise<RunColumns> {
  progress('reading');
  await turn();
  const raw = await unpack(bytes);
  const { info, trace } = looksLikeLines(raw) ? readLines(raw) : decodeRunFile(raw);
  checkShape(info);
  progress('linking events');
  const steps = buildColumns(info, columnsOfTrace(trace));
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await turn();
  }
}
