import { defineConfig } from 'vitest/config';
// Looked for here, before the workers start: what is missing is said once.
import './test/etcd_process.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // `.ci/run` has these as steps of their own: test:browser, test:long, test:oracle.
    exclude: [
      'test/browser/**',
      'test/long/**',
      'test/**/*.long.test.ts',
      'test/**/*.oracle.test.ts',
      'node_modules/**',
    ],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The code under test keeps no state between runs (a rule of the house), so files may share a worker's modules.
    isolate: false,
    // Vitest leaves a core free, which is half of a small machine.
    maxWorkers: '100%',
  },
});
