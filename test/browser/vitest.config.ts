import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { chromiumRequired, missingBrowser } from './chromium.ts';

if (missingBrowser !== null && !chromiumRequired) {
  process.stderr.write(`browser tests SKIPPED: ${missingBrowser}\n`);
}

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One browser at a time: the tests measure how long the page's work takes.
    fileParallelism: false,
  },
});
