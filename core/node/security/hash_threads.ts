import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { assertDefined } from '../../base/assert.ts';
import { errors } from '../../server/api/index.ts';
import { RequestFailure } from '../grpc/failure.ts';
import {
  type HashResult,
  type HashTask,
  type NumberedResult,
  type NumberedTask,
  doHashTask,
} from './hash_task.ts';

/** Passwords are rare: more threads than this would take the cores from everything else. */
const threadsMax = 2;
/** Tasks that may wait. At 100 ms each and two threads the last one is done before a client's 7 s are over. */
export const waitingTasksMax = 128;

/** What a thread runs. Node can't run the sources in a thread: from there, the compiled file is taken. */
function threadUrl(): URL {
  const isCompiled = import.meta.url.endsWith('.js');
  const folder = isCompiled ? '.' : '../../../dist/core/node/security';
  return new URL(`${folder}/hash_thread.js`, import.meta.url);
}

interface Waiting {
  readonly task: HashTask;
  readonly resolve: (result: HashResult) => void;
  readonly reject: (failure: RequestFailure) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Null: it has nothing to do. */
  current: (Waiting & { readonly id: number }) | null;
}

/** bcrypt in threads of their own, which start when there is something to do: in one go it would hold everything else up. */
export class HashThreads {
  private readonly threads: Thread[] = [];
  private readonly waiting: Waiting[] = [];
  private readonly size = Math.min(threadsMax, availableParallelism());
  private lastId = 0;
  private isClosed = false;
  private isBroken = false;

  /** Rejects with RequestFailure: too many wait already, or the member stops. */
  run(task: HashTask): Promise<HashResult> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) reject(new RequestFailure(errors.stopped));
      else if (this.waiting.length >= waitingTasksMax) reject(new RequestFailure(errors.tooManyRequests));
      else {
        this.waiting.push({ task, resolve, reject });
        this.next();
      }
    });
  }

  private next(): void {
    if (this.isBroken) {
      for (const { task, resolve } of this.waiting.splice(0)) resolve(doHashTask(task));
      return;
    }
    while (this.waiting.length > 0) {
      const thread = this.threads.find(({ current }) => current === null) ?? this.start();
      if (thread === null) return;
      const id = ++this.lastId;
      const taken = assertDefined(this.waiting.shift(), 'a task that waits');
      thread.current = { ...taken, id };
      const message: NumberedTask = { id, task: taken.task };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      thread.worker.postMessage(message);
    }
  }

  private start(): Thread | null {
    if (this.threads.length >= this.size) return null;
    const worker = new Worker(threadUrl());
    const thread: Thread = { worker, current: null };
    this.threads.push(thread);
    // A member's end does not wait for it.
    worker.unref();
    worker.on('message', ({ id, result }: NumberedResult) => {
      const { current } = thread;
      if (current?.id !== id) return;
      thread.current = null;
      current.resolve(result);
      this.next();
    });
    worker.on('error', () => this.onBroken());
    return thread;
  }

  /** Threads can't be had: better slow than not at all. */
  private onBroken(): void {
    if (this.isClosed) return;
    this.isBroken = true;
    for (const { worker, current } of this.threads.splice(0)) {
      void worker.terminate();
      if (current !== null) this.waiting.unshift(current);
    }
    this.next();
  }

  /** Whoever waits is told that the member stops. */
  close(): void {
    this.isClosed = true;
    const unfinished = this.waiting.splice(0);
    for (const { worker, current } of this.threads.splice(0)) {
      void worker.terminate();
      if (current !== null) unfinished.push(current);
    }
    for (const { reject } of unfinished) reject(new RequestFailure(errors.stopped));
  }
}
