import { assertDefined } from '../base/assert.ts';
import type { LeaseId } from '../mvcc/index.ts';
import { compareLeaseIds } from './lease.ts';

interface Item {
  readonly id: LeaseId;
  readonly atMs: number;
}

/** What falls due when: a binary heap with one time per lease. Equal times come out in the order of the ids. */
export class TimeHeap {
  private readonly items: Item[] = [];
  private readonly positions = new Map<LeaseId, number>();

  get size(): number {
    return this.items.length;
  }

  /** The earliest, or undefined if there is none. */
  get first(): Item | undefined {
    return this.items[0];
  }

  /** Adds the lease or moves it to another time. */
  set(id: LeaseId, atMs: number): void {
    const at = this.positions.get(id) ?? this.items.length;
    this.place({ id, atMs }, at);
    this.siftDown(this.siftUp(at));
  }

  delete(id: LeaseId): void {
    const at = this.positions.get(id);
    if (at === undefined) return;
    this.positions.delete(id);
    const last = assertDefined(this.items.pop(), 'the last item');
    if (at === this.items.length) return;
    this.place(last, at);
    this.siftDown(this.siftUp(at));
  }

  clear(): void {
    this.items.length = 0;
    this.positions.clear();
  }

  private place(item: Item, at: number): void {
    this.items[at] = item;
    this.positions.set(item.id, at);
  }

  /** Returns where the item ends up. */
  private siftUp(from: number): number {
    const item = this.items[from] as Item;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (compareItems(this.items[parent] as Item, item) <= 0) break;
      this.place(this.items[parent] as Item, at);
      at = parent;
    }
    if (at !== from) this.place(item, at);
    return at;
  }

  private siftDown(from: number): void {
    const item = this.items[from] as Item;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.items.length) break;
      const right = this.items[child + 1];
      if (right !== undefined && compareItems(right, this.items[child] as Item) < 0) child++;
      if (compareItems(item, this.items[child] as Item) <= 0) break;
      this.place(this.items[child] as Item, at);
      at = child;
    }
    if (at !== from) this.place(item, at);
  }
}

function compareItems(a: Item, b: Item): number {
  return a.atMs - b.atMs || compareLeaseIds(a.id, b.id);
}
