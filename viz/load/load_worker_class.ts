// The standalone page has `load_worker_inside.ts` in place of this: there the worker must not be a file to ask for.
const workers = import.meta.glob<new () => Worker>('../worker/load_worker.ts', {
  query: '?worker',
  import: 'default',
  eager: true,
});

/** The worker that reads trace files; undefined in a build without it. */
export const [LoadWorker] = Object.values(workers);
