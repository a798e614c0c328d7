import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import { keyRange, rangeCovers } from '../../core/mvcc/index.ts';
import { addPut, addTombstone } from '../../core/mvcc/key_index.ts';
import { TreeIndex } from '../../core/mvcc/tree_index.ts';

function visited(index: TreeIndex, low: string, end: string, atRevision: number, most = 99): string {
  const seen: string[] = [];
  index.visit(keyRange(fromText(low), end as ByteString), atRevision, (key, revision) => {
    seen.push(`${key}${revision.main}`);
    return seen.length < most;
  });
  return seen.join(' ');
}

describe('tree index', () => {
  const index = new TreeIndex();
  for (const [position, key] of ['d', 'a', 'c', 'b'].entries()) {
    addPut(index.insert(fromText(key)), { main: position + 2, sub: 0 });
  }
  const deleted = index.find(fromText('c'));
  if (deleted !== undefined) addTombstone(deleted, { main: 9, sub: 0 });

  it('visits the keys that existed at the revision in byte order', () => {
    expect(visited(index, '\0', '\0', 9)).toBe('a3 b5 d2');
    expect(visited(index, '\0', '\0', 8)).toBe('a3 b5 c4 d2');
    expect(visited(index, '\0', '\0', 3)).toBe('a3 d2');
  });

  it('takes the low end in and leaves the high end out', () => {
    expect(visited(index, 'a', 'd', 8)).toBe('a3 b5 c4');
    expect(visited(index, 'b', '\0', 8)).toBe('b5 c4 d2');
    expect(visited(index, 'd', 'a', 8)).toBe('');
    expect(visited(index, 'b', '', 8)).toBe('b5');
    expect(visited(new TreeIndex(), 'a', '\0', 8)).toBe('');
  });

  it('forgets keys of which a compaction leaves nothing', () => {
    const small = new TreeIndex();
    for (const key of ['a', 'b', 'c']) addPut(small.insert(fromText(key)), { main: 2, sub: 0 });
    for (const [key, main] of [
      ['a', 4],
      ['b', 5],
    ] as const) {
      const found = small.find(fromText(key));
      if (found !== undefined) addTombstone(found, { main, sub: 0 });
    }
    small.compact(5);
    expect(small.size).toBe(2);
    expect(small.find(fromText('a'))).toBeUndefined();
    expect(small.hasKeysAt(5)).toBe(true);
    expect(small.hasKeysAt(1)).toBe(false);
  });

  it('stops when the visitor says so', () => {
    expect(visited(index, '\0', '\0', 8, 2)).toBe('a3 b5');
    expect(visited(index, '\0', 'd', 8, 1)).toBe('a3');
  });
});

describe('key ranges', () => {
  it('cover a point, a span without its end, or everything from a key on', () => {
    const covered = (key: string, end?: string): string =>
      ['a', 'b', 'c', '\xff']
        .filter((one) =>
          rangeCovers(keyRange(fromText(key), end as ByteString | undefined), one as ByteString),
        )
        .join('');
    expect(covered('b')).toBe('b');
    expect(covered('b', '')).toBe('b');
    expect(covered('a', 'c')).toBe('ab');
    expect(covered('b', '\0')).toBe('bc\xff');
  });
});
