import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../core/base/assert.ts';
import {
  addPut,
  addTombstone,
  compactKeyIndex,
  findRevision,
  isLive,
  keeps,
  newKeyIndex,
  type KeyIndex,
} from '../../core/mvcc/key_index.ts';

const at = (main: number, sub = 0): { main: number; sub: number } => ({ main, sub });

/** Such as `2 3 x5`: puts at 2 and 3, a delete at 5; `5.1` is the second change of revision 5. */
function indexOf(history: string): KeyIndex {
  const index = newKeyIndex();
  for (const change of history.split(' ').filter((word) => word !== '')) {
    const [main, sub = 0] = change.replace('x', '').split('.').map(Number);
    if (change.startsWith('x')) addTombstone(index, at(main as number, sub));
    else addPut(index, at(main as number, sub));
  }
  return index;
}

function historyOf({ changes }: KeyIndex): string {
  const words: string[] = [];
  for (let i = 0; i < changes.length; i += 2) {
    const [main, mark] = [changes[i] as number, changes[i + 1] as number];
    words.push(`${mark % 2 === 1 ? 'x' : ''}${main}${mark > 1 ? `.${mark >> 1}` : ''}`);
  }
  return words.join(' ');
}

describe('key index', () => {
  it('finds the newest revision at or before the one asked for', () => {
    const index = indexOf('2 4 5 9 12');
    const found = [1, 2, 3, 4, 5, 8, 9, 11, 12, 99].map((main) => findRevision(index, main)?.main);
    expect(found).toEqual([undefined, 2, 2, 4, 5, 5, 9, 9, 12, 12]);
  });

  it('has no revision between a tombstone and the next put', () => {
    const index = indexOf('2 x5.1');
    expect(isLive(index)).toBe(false);
    addPut(index, at(8));
    const found = [2, 4, 5, 7, 8].map((main) => findRevision(index, main)?.main);
    expect(found).toEqual([2, 2, undefined, undefined, 8]);
  });

  it('starts version and creation anew with each generation', () => {
    expect(indexOf('2 3')).toMatchObject({ created: 2, version: 2 });
    expect(indexOf('2 3 x4')).toMatchObject({ created: 0, version: 0 });
    expect(indexOf('2 3 x4 6.3')).toMatchObject({ created: 6, version: 1 });
  });

  it('sees the last of several changes in one transaction', () => {
    const index = indexOf('2 x3 3.1');
    expect(findRevision(index, 3)).toEqual(at(3, 1));
    addPut(index, at(4, 0));
    addTombstone(index, at(4, 1));
    expect(findRevision(index, 4)).toBeUndefined();
    expect(findRevision(index, 3)).toEqual(at(3, 1));
  });

  it('finds revisions in a long history', () => {
    const index = newKeyIndex();
    for (let i = 1; i <= 50; i++) addPut(index, at(3 * i, i));
    for (let i = 1; i <= 50; i++) expect(findRevision(index, 3 * i + (i % 3))).toEqual(at(3 * i, i));
  });

  it('stops on revisions that go back', () => {
    const index = indexOf('2 3.4');
    for (const back of [at(2), at(3, 4), at(3, 3)]) {
      expect(() => addPut(index, back)).toThrow(AssertionError);
      expect(() => addTombstone(index, back)).toThrow(AssertionError);
    }
    addPut(index, at(3, 5));
  });
});

describe('compaction of a key index', () => {
  const compacted = (history: string, revision: number): string => {
    const index = indexOf(history);
    const empty = compactKeyIndex(index, revision);
    expect(empty).toBe(historyOf(index) === '');
    return historyOf(index);
  };

  it('keeps the newest revision up to the compacted one, and all after it', () => {
    expect(compacted('2 4 6 8', 1)).toBe('2 4 6 8');
    expect(compacted('2 4 6 8', 2)).toBe('2 4 6 8');
    expect(compacted('2 4 6 8', 5)).toBe('4 6 8');
    expect(compacted('2 4 6 8', 6)).toBe('6 8');
    expect(compacted('2 4 6 8', 99)).toBe('8');
  });

  it('drops a tombstone older than the compacted revision, with its generation', () => {
    expect(compacted('2 4 x6 8 9', 7)).toBe('8 9');
    expect(compacted('2 x3 4 x5 8', 6)).toBe('8');
  });

  it('keeps a tombstone at the compacted revision, because a watch may start there', () => {
    expect(compacted('2 4 x6 8', 6)).toBe('x6 8');
    expect(compacted('2 4 x6', 6)).toBe('x6');
  });

  it('keeps a tombstone after the compacted revision, and what a read finds before it', () => {
    expect(compacted('2 4 x6', 5)).toBe('4 x6');
  });

  it('leaves nothing of a key that was deleted before', () => {
    expect(compacted('2 4 x6', 7)).toBe('');
    expect(compacted('2 x3 4 x6', 99)).toBe('');
  });

  it('keeps the last of several changes of the compacted revision', () => {
    expect(compacted('2 x5 5.1 7', 5)).toBe('5.1 7');
    expect(compacted('2 5 x5.1', 5)).toBe('x5.1');
  });

  it('says before it is done what it will keep', () => {
    for (const history of ['2 4 6 8', '2 4 x6 8 9', '2 x3 4 x5 8', '2 x5 5.1 7', '2 5 x5.1', 'x4', '']) {
      for (let revision = 1; revision < 11; revision++) {
        const before = indexOf(history);
        const after = compacted(history, revision).split(' ');
        for (const change of history.split(' ').filter((word) => word !== '')) {
          const [main, sub = 0] = change.replace('x', '').split('.').map(Number);
          expect(
            keeps(before, at(main as number, sub), revision),
            `${change} of ${history} at ${revision}`,
          ).toBe(after.includes(change));
        }
      }
    }
  });

  it('does not forget when the key was created and how often it was put', () => {
    const index = indexOf('2 4 6');
    compactKeyIndex(index, 6);
    addPut(index, at(9));
    expect(index).toMatchObject({ created: 2, version: 4 });
  });
});
