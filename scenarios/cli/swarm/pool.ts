import { Worker } from 'node:worker_threads';
import type { SwarmRun } from '../../../sim/swarm/plan.ts';
import type { SwarmResult } from '../../../sim/swarm/result.ts';
import { threadUrl } from '../thread_url.ts';
import type { WorkerSettings } from './worker.ts';

export type RunAnswer =
  | { readonly kind: 'result'; readonly result: SwarmResult }
  /** The thread died of it, or had to be ended. */
  | { readonly kind: 'lost'; readonly check: string; readonly reason: string; readonly wallMs: number };

/** Makes one run at a time. */
export interface Runner {
  run(run: SwarmRun): Promise<RunAnswer>;
  /** Ends whatever goes on. */
  stop(): Promise<void>;
}

const killed = 'the run killed its thread';

/** A thread of its own; started again after a run that killed it. */
export class ThreadRunner implements Runner {
  private readonly settings: WorkerSettings;
  private readonly runLimitMs: number;
  private worker: Worker | null = null;

  /** `runLimitMs`: a run that takes longer than this in real time is ended, and counts as failed. */
  constructor(settings: WorkerSettings, runLimitMs: number) {
    this.settings = settings;
    this.runLimitMs = runLimitMs;
  }

  run(run: SwarmRun): Promise<RunAnswer> {
    const worker = (this.worker ??= new Worker(threadUrl('swarm'), { workerData: this.settings }));
    const startMs = performance.now();
    return new Promise((resolve) => {
      const end = (answer: RunAnswer): void => {
        clearTimeout(timer);
        // Only these: a Worker has listeners of its own.
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        resolve(answer);
      };
      const lose = (check: string, reason: string): void => {
        this.worker = null;
        end({ kind: 'lost', check, reason, wallMs: Math.round(performance.now() - startMs) });
      };
      const timer = setTimeout(() => {
        lose('the run did not end', `it took longer than ${this.runLimitMs / 1000} s of real time`);
        void worker.terminate();
      }, this.runLimitMs);
      const onMessage = (result: SwarmResult): void => end({ kind: 'result', result });
      const onError = (error: Error): void => lose(killed, `${error.name}: ${error.message}`);
      const onExit = (code: number): void => lose(killed, `the thread ended with code ${code}`);
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      worker.postMessage(run);
    });
  }

  async stop(): Promise<void> {
    await this.worker?.terminate();
    this.worker = null;
  }
}
