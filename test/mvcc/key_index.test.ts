import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../core/base/assert.ts';
import {
  endGeneration,
  findRevision,
  newKeyIndex,
  openGeneration,
  putRevision,
} from '../../core/mvcc/key_index.ts';

const at = (main: number, sub = 0): { main: number; sub: number } => ({ main, sub });

describe('key index', () => {
  it('finds the newest revision at or before the one asked for', () => {
    const index = newKeyIndex(at(2));
    for (const main of [4, 5, 9, 12]) putRevision(index, at(main));
    const found = [1, 2, 3, 4, 5, 8, 9, 11, 12, 99].map((main) => findRevision(index, main)?.main);
    expect(found).toEqual([undefined, 2, 2, 4, 5, 5, 9, 9, 12, 12]);
  });

  it('has no revision between a tombstone and the next put', () => {
    const index = newKeyIndex(at(2));
    endGeneration(index, at(5, 1));
    expect(openGeneration(index)).toBeUndefined();
    putRevision(index, at(8));
    const found = [2, 4, 5, 7, 8].map((main) => findRevision(index, main)?.main);
    expect(found).toEqual([2, 2, undefined, undefined, 8]);
  });

  it('starts version and creation anew with each generation', () => {
    const index = newKeyIndex(at(2));
    putRevision(index, at(3));
    expect(openGeneration(index)).toMatchObject({ created: at(2), version: 2 });
    endGeneration(index, at(4));
    putRevision(index, at(6, 3));
    expect(openGeneration(index)).toMatchObject({ created: at(6, 3), version: 1 });
    expect(index.generations.map((generation) => generation.version)).toEqual([3, 1]);
  });

  it('sees the last of several changes in one transaction', () => {
    const index = newKeyIndex(at(2));
    endGeneration(index, at(3, 0));
    putRevision(index, at(3, 1));
    expect(findRevision(index, 3)).toEqual(at(3, 1));
    putRevision(index, at(4, 0));
    endGeneration(index, at(4, 1));
    expect(findRevision(index, 4)).toBeUndefined();
  });

  it('stops on a second tombstone and on revisions that go back', () => {
    const index = newKeyIndex(at(2));
    expect(() => putRevision(index, at(2))).toThrow(AssertionError);
    endGeneration(index, at(3));
    expect(() => endGeneration(index, at(4))).toThrow(AssertionError);
    expect(() => putRevision(index, at(3))).toThrow(AssertionError);
  });
});
