/** The threads of HashThreads run this. */
import { parentPort } from 'node:worker_threads';
import { type NumberedResult, type NumberedTask, doHashTask } from './hash_task.ts';

parentPort?.on('message', ({ id, task }: NumberedTask) => {
  const done: NumberedResult = { id, result: doHashTask(task) };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage(done);
});
