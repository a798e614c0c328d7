import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import '../etcd_process.ts';

/** Tests that a real etcd judges for more than a second; `.ci/run` runs them, `npm run test:oracle` by hand. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/**/*.oracle.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    isolate: false,
    // One file at a time: who is slowed down by a neighbour elects another leader.
    maxWorkers: 1,
  },
});
