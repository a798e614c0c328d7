import { defineConfig } from 'vitest/config';

/** Checks that take minutes; `.ci/run` runs them, `npm run test:long` by hand. */
export default defineConfig({
  test: { include: ['test/long/**/*.test.ts'], testTimeout: 1_200_000, hookTimeout: 60_000 },
});
