import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { version } from '../../core/version.ts';
import { root, sources } from './sources.ts';

describe('the words', () => {
  it('the version is the package.json one', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(version).toBe(manifest.version);
  });

  it('nothing is left half done and no test is switched off for good', () => {
    const pattern = /\bTODO\b|\bFIXME\b|\bXXX\b|not implemented|\.only\(|@ts-ignore|@ts-nocheck|\bas any\b/;
    const found = sources(/\.(ts|mjs)$/)
      .filter((source) => source.path !== 'test/tidy/words.test.ts')
      .flatMap((source) =>
        source.text
          .split('\n')
          .map((line, index) => [line, index] as const)
          .filter(([line]) => pattern.test(line))
          .map(([line, index]) => `${source.path}:${index + 1}: ${line.trim()}`),
      );
    expect(found.join('\n')).toBe('');
  });

  it('no path of a machine and no registry host is in the sources or the lock file', () => {
    const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
    expect(lock).not.toMatch(/"resolved":/);
    const found = sources(/\.(ts|mjs)$/).filter(
      (source) =>
        source.path !== 'test/tidy/words.test.ts' &&
        /\/(?:home|root|work)\/\w|registry\.npmjs/.test(source.text),
    );
    expect(found.map((source) => source.path).join('\n')).toBe('');
  });
});
