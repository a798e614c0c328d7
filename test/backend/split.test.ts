import { describe, expect, it } from 'vitest';
import { splitNode } from '../../core/backend/split.ts';
import { TreeNode } from '../../core/backend/tree_node.ts';
import { bytes, numbered } from './support.ts';

/** A leaf whose elements take these sizes on a page. */
function leafOf(sizes: readonly number[]): TreeNode {
  const node = new TreeNode(true, 0);
  sizes.forEach((size, i) => node.put(numbered(i), bytes('x'.repeat(size - 16 - 11)), false));
  return node;
}

function counts(sizes: readonly number[], fillPercent = 0.5): number[] {
  return splitNode(leafOf(sizes), 4096, fillPercent).map(({ start, end }) => end - start);
}

const repeated = (count: number, size: number): number[] => Array.from({ length: count }, () => size);

// The header takes 16 bytes of a page.
describe('a node is split', () => {
  it('when it leaves no byte of its page but for the seal, not before', () => {
    expect(counts([...repeated(40, 100), 71])).toEqual([41]);
    expect(counts([...repeated(40, 100), 72])).toEqual([20, 21]);
  });

  it('into pages as full as asked for, and a rest', () => {
    expect(counts(repeated(100, 100))).toEqual([20, 20, 20, 40]);
    expect(counts(repeated(100, 100), 0.9)).toEqual([36, 36, 28]);
    const sizes = splitNode(leafOf(repeated(100, 100)), 4096, 0.5).map((part) => part.bytes);
    expect(sizes).toEqual([2016, 2016, 2016, 4016]);
  });

  it('not if that would leave fewer than two keys on a side, however large they are', () => {
    expect(counts(repeated(4, 9000))).toEqual([4]);
    expect(counts(repeated(5, 9000))).toEqual([2, 3]);
    expect(counts([...repeated(4, 30), 9000])).toEqual([3, 2]);
  });

  it('an empty one is one page', () => {
    expect(counts([])).toEqual([0]);
  });
});
