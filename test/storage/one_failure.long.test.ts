import { expect, it } from 'vitest';
import { isThorough } from '../runs.ts';
import { failOnce, nothingFailed, operationsOf } from './one_failure.ts';

const kinds = [
  { kind: 'sync', what: 'a sync' },
  { kind: 'write', what: 'a write' },
  { kind: 'full', what: 'a write to a full disk' },
  { kind: 'read', what: 'a read' },
] as const;

it.each(kinds)(
  '$what fails: the member says which file, stops, and has lost nothing afterwards',
  ({ kind }) => {
    const seen = nothingFailed();
    const operations = operationsOf(kind);
    const step = isThorough || kind === 'read' ? 1 : 4;
    for (let number = 1; number <= operations; number += step) failOnce({ kind, number }, seen);
    expect(seen.stopped).toBeGreaterThan((operations / step) * 0.8);
    expect(seen.restartedAtOnce).toBeGreaterThan(0);
    expect(seen.refusedAtOnce).toBe(0);
  },
);
