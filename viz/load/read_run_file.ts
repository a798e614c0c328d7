import { type RunColumns, type RunModel, modelOfColumns } from '../model/run_model.ts';
import { turn } from '../scale/turn.ts';
import type { LoadMessage, LoadRequest } from './load_protocol.ts';
import { LoadWorker } from './load_worker_class.ts';

export type Progress = (words: string) => void;

/** Files above this are worth a second worker, which takes some milliseconds to start. */
const sharedBytesMin = 300_000;

/** Reads a trace file, gzipped or not, in workers. Throws an Error whose message is for people. */
export async function readRunFile(bytes: Uint8Array, progress: Progress): Promise<RunModel> {
  const columns = (await inWorkers(bytes, progress)) ?? (await onPage(bytes, progress));
  // Taking the columns over is a piece of work of its own; building the page from them is the next.
  await turn();
  return modelOfColumns(columns);
}

/** Null where no worker can be started, as under some policies for file:// pages. */
async function inWorkers(bytes: Uint8Array, progress: Progress): Promise<RunColumns | null> {
  const parts = bytes.length < sharedBytesMin ? (['all'] as const) : (['traffic', 'work'] as const);
  const workers = parts.map((part) => ({ part, worker: started() }));
  try {
    const answers = workers.map(({ part, worker }) => ask(worker, { bytes, part }, progress));
    const columns = await Promise.all(answers);
    return columns.includes(null) ? null : (Object.assign({}, ...columns) as RunColumns);
  } finally {
    for (const { worker } of workers) worker?.terminate();
  }
}

function started(): Worker | null {
  if (LoadWorker === undefined) return null;
  try {
    return new LoadWorker();
  } catch {
    return null;
  }
}

function ask(
  worker: Worker | null,
  request: LoadRequest,
  progress: Progress,
): Promise<Partial<RunColumns> | null> {
  if (worker === null) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<LoadMessage>) => {
      if (data.type === 'progress') progress(data.words);
      else if (data.type === 'columns') resolve(data.columns);
      else reject(new Error(data.text));
    });
    worker.addEventListener('error', () => resolve(null));
    // Copied, not handed over: the page needs the bytes if the worker fails.
    worker.postMessage(request, []);
  });
}

async function onPage(bytes: Uint8Array, progress: Progress): Promise<RunColumns> {
  const { readOnPage } = await import('./read_on_page.ts');
  return readOnPage(bytes, progress);
}
