import { existsSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasOracle } from '../oracle.ts';
import { filesBelow, playFile } from './conformance.ts';

/** Transcripts of a real etcd raft. They live beside the repository, or where DETCD_CONFORMANCE points. */
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = join(env['DETCD_CONFORMANCE'] ?? join(root, '../shared/conformance'), 'raft');
const isPresent = existsSync(folder);
const judged = hasOracle(`raft transcripts in ${folder}`, isPresent, 'set DETCD_CONFORMANCE');

describe.runIf(judged)(`transcripts of etcd's raft (${basename(folder)})`, () => {
  it('are present', () => {
    expect(isPresent, `no such folder: ${folder}`).toBe(true);
  });

  for (const path of isPresent ? filesBelow(folder) : []) {
    it(relative(folder, path), () => {
      const { result } = playFile(path);
      expect(result, 'a transcript of a known kind').not.toBeNull();
      expect(result?.difference ?? null).toBeNull();
    });
  }
});
