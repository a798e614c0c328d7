import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runnerImport } from 'vite';
import { root } from '../tidy/sources.ts';

/**
 * `npm run bench:page [-- EVENTS]`: every bar of the page against what it measures here. What measures shares sources with the page,
 * which only a bundler reads; so vite loads it.
 */
async function main(): Promise<void> {
  // Compiled, this file lies in dist.
  const checkout = existsSync(join(root, 'package.json')) ? root : join(root, '..');
  await runnerImport(join(checkout, 'test', 'browser', 'page_bench.ts'), {
    root: checkout,
    configFile: false,
    logLevel: 'error',
  });
}

await main();
