// Inside the script, so that the standalone page has it without asking for a file.
const workers = import.meta.glob<new () => Worker>('../worker/load_worker.ts', {
  query: '?worker&inline',
  import: 'default',
  eager: true,
});

/** As in `load_worker_class.ts`. */
export const [LoadWorker] = Object.values(workers);
