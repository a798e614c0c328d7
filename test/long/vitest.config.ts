import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The properties of `npm test` that are tried more often here: what takes its count from runs.ts. */
const properties = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .filter((path) => /from '(\.\.\/)+runs\.ts'/.test(readFileSync(join(root, 'test', path), 'utf8')))
  .map((path) => `test/${path}`);

/** Checks that take minutes; `.ci/run` runs them, `npm run test:long` by hand. */
export default defineConfig({
  root,
  test: {
    include: ['test/long/**/*.test.ts', 'test/**/*.long.test.ts', ...properties],
    env: { DETCD_THOROUGH: '1' },
    testTimeout: 1_200_000,
    hookTimeout: 60_000,
    maxWorkers: '100%',
  },
});
