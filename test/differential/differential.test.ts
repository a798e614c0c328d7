import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareStrings } from '../../core/base/bytes.ts';
import { hasEtcd } from '../etcd_process.ts';
import { differences } from './differences.ts';
import { runDifferential } from './run.ts';

/** A taste; `differential_many.long.test.ts` asks for the whole. */
const amount = { seed: 7, runs: 1, stepsMax: 60 };

it('every documented difference has its entry, and every entry its rule', () => {
  const text = readFileSync(new URL('../../docs/DIFFERENCES.md', import.meta.url), 'utf8');
  const [compared = ''] = text.split('\n## ');
  const entries = [...compared.matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, name = '']) => name);
  expect(entries.toSorted(compareStrings)).toEqual(
    differences.map(({ name }) => name).toSorted(compareStrings),
  );
});

describe.runIf(hasEtcd)('the same calls to our member and to a real etcd', () => {
  it('get the same answers', async () => {
    const tally = await runDifferential(amount);
    expect(tally.calls).toBeGreaterThan(50);
  }, 120_000);
});
