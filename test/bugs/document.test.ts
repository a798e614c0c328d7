import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { expect, it } from 'vitest';
import { bugsDocument } from '../../scenarios/cli/bugs/document.ts';
import { root } from '../tidy/sources.ts';

it('docs/BUGS.md is what the registry, the scripts and the last hunt say (DETCD_UPDATE=1 writes it)', () => {
  const path = join(root, 'docs', 'BUGS.md');
  const text = bugsDocument();
  if (env['DETCD_UPDATE'] === '1') writeFileSync(path, text);
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(text);
});
