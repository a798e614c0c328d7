import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/long/**', 'node_modules/**'],
    testTimeout: 30_000,
    // The code under test keeps no state between runs (a rule of the house), so files may share a worker's modules.
    isolate: false,
  },
});
