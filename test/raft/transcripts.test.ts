import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { filesBelow } from './conformance.ts';
import { playTranscript, recogniseTranscript } from './transcript.ts';

/**
 * The project's own stories. DETCD_UPDATE=1 writes what happens into them: read the difference before you
 * keep it.
 */
const folder = join(dirname(fileURLToPath(import.meta.url)), 'testdata');

describe("transcripts of this project's own stories", () => {
  for (const path of filesBelow(folder)) {
    it(relative(folder, path), () => {
      const text = readFileSync(path, 'utf8');
      expect(recogniseTranscript(text)).toBe('interaction');
      const result = playTranscript(text, 'interaction');
      if (env['DETCD_UPDATE'] === '1') writeFileSync(path, result.rewritten);
      else expect(result.difference).toBeNull();
    });
  }
});
