import { MessageChannel, type MessagePort, Worker, receiveMessageOnPort } from 'node:worker_threads';
import type { RunRequest } from '../../../sim/run.ts';
import type { ShrinkCase } from '../../../sim/shrink/case.ts';
import type { RunsAtOnce, ShrinkTarget } from '../../../sim/shrink/search.ts';
import type { RunFile } from '../../../sim/trace/codec.ts';
import { decodeRunFile } from '../../../sim/trace/codec.ts';
import { findScenario } from '../../catalogue.ts';
import type { LoadedScenario } from '../scenario_file.ts';
import { threadUrl } from '../thread_url.ts';
import type { ShrinkAnswer, ShrinkTask, ShrinkWorkerData } from './worker.ts';

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  /** Tasks that it has not answered. */
  open: number;
}

/** A thread that says nothing for so long is gone: a run that big is not one of a shrinker's. */
const silenceMsMax = 600_000;

/**
 * Runs candidates in threads. The search is synchronous, so it sleeps until a thread has an answer. Of candidates that were begun and are
 * wanted no more, the answers are dropped.
 */
export class ShrinkThreads implements RunsAtOnce {
  readonly width: number;
  private readonly threads: readonly Thread[];
  private readonly answers = new Int32Array(new SharedArrayBuffer(4));
  private next = 0;
  private windowStart = 0;
  private readonly heard = new Map<number, ShrinkAnswer>();

  /** `own`: the scenario's file, if it is none of the catalogue. */
  constructor(jobs: number, base: RunRequest, own: (LoadedScenario & { readonly path: string }) | null) {
    this.width = jobs;
    this.threads = Array.from({ length: jobs }, () => this.start(base, own));
  }

  private start(
    { scenario, ...base }: RunRequest,
    own: (LoadedScenario & { readonly path: string }) | null,
  ): Thread {
    if (own === null && findScenario(scenario.name) === undefined)
      throw new Error(`${scenario.name} is neither of the catalogue nor of a file`);
    const { port1, port2 } = new MessageChannel();
    const file = own === null ? null : { path: own.path, module: own.module };
    const { answers } = this;
    const data: ShrinkWorkerData = { base, scenario: scenario.name, file, port: port2, answers };
    const worker = new Worker(threadUrl('shrink'), { workerData: data, transferList: [port2] });
    worker.unref();
    port1.unref();
    return { worker, port: port1, open: 0 };
  }

  first(
    candidates: readonly ShrinkCase[],
    target: ShrinkTarget,
  ): { readonly position: number; readonly file: RunFile } | null {
    const from = this.next;
    this.windowStart = from;
    this.heard.clear();
    for (const candidate of candidates) this.post({ number: this.next++, candidate, target });
    for (let position = 0; position < candidates.length; position++) {
      const { bytes, error } = this.answerTo(from + position);
      if (error !== null) throw new Error(error);
      if (bytes !== null) return { position, file: decodeRunFile(bytes) };
    }
    return null;
  }

  private post(task: ShrinkTask): void {
    const [free] = [...this.threads].sort((a, b) => a.open - b.open);
    if (free === undefined) throw new Error('there is no thread');
    free.open++;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    free.port.postMessage(task);
  }

  /** Sleeps until this task is answered. */
  private answerTo(number: number): ShrinkAnswer {
    for (;;) {
      const seen = Atomics.load(this.answers, 0);
      this.receive();
      const found = this.heard.get(number);
      if (found !== undefined) {
        this.heard.delete(number);
        return found;
      }
      if (Atomics.wait(this.answers, 0, seen, silenceMsMax) === 'timed-out')
        throw new Error(`no thread has answered for ${silenceMsMax / 1000} s`);
    }
  }

  private receive(): void {
    for (const thread of this.threads) {
      for (;;) {
        const received = receiveMessageOnPort(thread.port) as { readonly message: ShrinkAnswer } | undefined;
        if (received === undefined) break;
        thread.open--;
        const { message } = received;
        // Of a window that was left early nobody wants the rest.
        if (message.number >= this.windowStart) this.heard.set(message.number, message);
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
  }
}
