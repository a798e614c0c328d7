import { workerClass } from '../load/live_run.ts';
import type { LiveState, WorkerMessage, WorkerRequest } from '../worker_protocol.ts';

interface Waiting {
  readonly resolve: (message: WorkerMessage) => void;
  readonly reject: (error: Error) => void;
}

/** A worker with one live run, for as long as that is open: one answer for each request, in their order. */
export class Simulator {
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];

  /** Throws an Error whose message is for people where no worker can be started. */
  constructor() {
    const Made = workerClass();
    if (Made === undefined)
      throw new Error('this page can only show recorded runs; live runs need `npm run viz`');
    this.worker = new Made();
    this.worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
      if (data.type === 'progress') return;
      const next = this.waiting.shift();
      if (data.type === 'error') next?.reject(new Error(data.text));
      else next?.resolve(data);
    });
    this.worker.addEventListener('error', (event) => {
      const error = new Error(event.message || 'the worker that runs scenarios could not be started');
      for (const { reject } of this.waiting.splice(0)) reject(error);
    });
  }

  /** Requests that were not answered yet. */
  get busy(): boolean {
    return this.waiting.length > 0;
  }

  async state(request: WorkerRequest): Promise<LiveState> {
    const answer = await this.ask(request);
    if (answer.type !== 'state') throw new Error(`the worker answered ${request.type} with ${answer.type}`);
    return answer;
  }

  /** The run until now as a file. */
  async finish(): Promise<Uint8Array> {
    const answer = await this.ask({ type: 'finish' });
    if (answer.type !== 'result') throw new Error(`the worker answered finish with ${answer.type}`);
    return answer.bytes;
  }

  private ask(request: WorkerRequest): Promise<WorkerMessage> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(request, []);
    });
  }

  close(): void {
    this.worker.terminate();
    for (const { reject } of this.waiting.splice(0)) reject(new Error('the live run was closed'));
  }
}
