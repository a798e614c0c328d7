import { compareKeys, toTheEnd } from '../history/key_order.ts';

/** Numbers for keys, in order of first mention, and their byte order for ranges. */
export class KeyTable {
  readonly keys: string[] = [];
  private readonly ids = new Map<string, number>();
  private sorted: Int32Array | null = null;

  get size(): number {
    return this.keys.length;
  }

  /** The key's number, a new one if it has none. */
  intern(key: string): number {
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.keys.length;
      this.ids.set(key, id);
      this.keys.push(key);
      this.sorted = null;
    }
    return id;
  }

  /** The key's number, or -1. */
  find(key: string): number {
    return this.ids.get(key) ?? -1;
  }

  /** Numbers of all keys in byte order. */
  inOrder(): Int32Array {
    if (this.sorted !== null) return this.sorted;
    const order = Int32Array.from(this.keys.keys());
    order.sort((a, b) => compareKeys(this.keys[a] as string, this.keys[b] as string));
    this.sorted = order;
    return order;
  }

  /** Place in `inOrder` of the first key that is not below `key`. */
  lowerBound(key: string): number {
    const order = this.inOrder();
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(this.keys[order[middle] as number] as string, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Place behind the last key of a range. */
  upperBound(rangeEnd: string): number {
    return rangeEnd === toTheEnd ? this.inOrder().length : this.lowerBound(rangeEnd);
  }

  /** Calls back with every known key of a range. */
  visit(key: string, rangeEnd: string | undefined, visitor: (id: number) => void): void {
    if (rangeEnd === undefined || rangeEnd === '') {
      const id = this.find(key);
      if (id >= 0) visitor(id);
      return;
    }
    const order = this.inOrder();
    const end = this.upperBound(rangeEnd);
    for (let at = this.lowerBound(key); at < end; at++) visitor(order[at] as number);
  }
}
