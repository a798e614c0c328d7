#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/scenarios/cli/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('detcd is not built yet. Run `npm start` or `npm run build` once in its folder.\n');
  process.exitCode = 2;
}
