import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimeHeap } from '../../core/lease/time_heap.ts';

interface Item {
  readonly id: bigint;
  readonly atMs: number;
}

const step = fc.record({
  kind: fc.constantFrom('set', 'set', 'set', 'delete', 'take'),
  id: fc.bigInt(-8n, 8n),
  atMs: fc.nat(6),
});

function compare(a: Item, b: Item): number {
  return a.atMs - b.atMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

describe('time heap against a sorted list', () => {
  it('gives the earliest first, equal times by id', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const heap = new TimeHeap();
        let items: Item[] = [];
        for (const { kind, id, atMs } of steps) {
          const gone = kind === 'take' ? items[0]?.id : id;
          items = items.filter((item) => item.id !== gone);
          if (kind === 'set') {
            heap.set(id, atMs);
            items = [...items, { id, atMs }].toSorted(compare);
          } else if (gone !== undefined) {
            heap.delete(gone);
          }
          expect(heap.first).toEqual(items[0]);
          expect(heap.size).toBe(items.length);
        }
        for (const item of items) {
          expect(heap.first).toEqual(item);
          heap.delete(item.id);
        }
      }),
    );
  });
});
