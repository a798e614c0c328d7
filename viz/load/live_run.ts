import type { Catalogue, RunSpec, WorkerMessage, WorkerRequest } from '../worker_protocol.ts';
import type { Progress } from './read_run_file.ts';

type WorkerClass = new () => Worker;

// The glob is empty in a build without the worker, and in the standalone page, which must not ask for other files.
const workers = import.meta.glob<WorkerClass>('../worker/run_worker.ts', {
  query: '?worker',
  import: 'default',
  eager: true,
});

/** The worker that runs scenarios; undefined where there is none. */
export function workerClass(): WorkerClass | undefined {
  return location.protocol === 'file:' ? undefined : Object.values(workers)[0];
}

/** Runs a scenario in the worker and returns its run file. Throws an Error whose message is for people. */
export async function runLive(request: RunSpec, progress: Progress): Promise<Uint8Array> {
  const answer = await ask({ type: 'run', ...request }, (message) => {
    if (message.type === 'progress') {
      const seconds = (message.virtualMs / 1000).toFixed(1);
      progress(`running: ${seconds} of ${message.durationMs / 1000} virtual seconds`);
    }
  });
  if (answer.type === 'result') return answer.bytes;
  throw new Error(answer.type === 'error' ? answer.text : 'the worker gave no result');
}

/** The scenarios that can be run live; none where there is no worker. */
export async function liveScenarios(): Promise<Pick<Catalogue, 'scenarios' | 'unlisted'>> {
  const none = { scenarios: [], unlisted: [] };
  if (workerClass() === undefined) return none;
  try {
    const answer = await ask({ type: 'catalogue' }, () => undefined);
    return answer.type === 'catalogue' ? answer : none;
  } catch {
    return none;
  }
}

/** One question to a worker of its own. */
export function ask(request: WorkerRequest, hear: (message: WorkerMessage) => void): Promise<WorkerMessage> {
  const Made = workerClass();
  if (Made === undefined) {
    return Promise.reject(new Error('this page can only show recorded runs; live runs need `npm run viz`'));
  }
  const worker = new Made();
  return new Promise<WorkerMessage>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
      hear(data);
      if (data.type !== 'progress') resolve(data);
    });
    worker.addEventListener('error', (event) => {
      reject(new Error(event.message || 'the worker that runs scenarios could not be started'));
    });
    worker.postMessage(request, []);
  }).finally(() => worker.terminate());
}
