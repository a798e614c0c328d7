/** What a configuration says beside its counters. Offsets into a row. */
export const valueAt = 0;
/** Node of the log of changes that led here. */
export const nodeAt = 1;
export const masksAt = 2;

const initialRows = 16;
const removed = -2;

/**
 * A set of configurations, each a row of integers: value, node, `done` bits, `used` bits, and how many open operations of each
 * class were spent. A configuration covers another one if it has the same value, at least the same obligations done, and
 * spent no more: whatever can follow the other can follow it. Covered ones are dropped, which loses nothing.
 */
export class Configurations {
  readonly stride: number;
  readonly words: number;
  rows: Int32Array;
  /** Rows in use, removed ones included. */
  count = 0;
  comparisons = 0;
  private readonly heads: Int32Array;
  private nextRow = new Int32Array(initialRows);

  constructor(words: number, columns: number, valueCount: number) {
    this.words = words;
    this.stride = masksAt + 2 * words + columns;
    this.rows = new Int32Array(initialRows * this.stride);
    // Values from -1 (`anyOther`) up.
    this.heads = new Int32Array(valueCount + 1).fill(-1);
  }

  clear(): void {
    for (let row = 0; row < this.count; row++) {
      const value = this.rows[row * this.stride] as number;
      if (value !== removed) this.heads[value + 1] = -1;
    }
    this.count = 0;
  }

  /** Before a caller changes values in place: this set then only serves to be read row by row. */
  forgetLists(): void {
    this.heads.fill(-1);
  }

  isRemoved(row: number): boolean {
    return this.rows[row * this.stride] === removed;
  }

  /** Copies a row in unless one in the set covers it; drops those that it covers. Returns the row's number, or -1. */
  insert(from: Int32Array, fromBase: number): number {
    const value = from[fromBase] as number;
    let previous = -1;
    for (let row = this.heads[value + 1] as number; row >= 0; row = this.nextRow[row] as number) {
      this.comparisons++;
      if (this.covers(this.rows, row * this.stride, from, fromBase)) return -1;
      if (this.covers(from, fromBase, this.rows, row * this.stride)) {
        this.unlink(value, previous, row);
      } else {
        previous = row;
      }
    }
    return this.append(from, fromBase, value);
  }

  private covers(a: Int32Array, aBase: number, b: Int32Array, bBase: number): boolean {
    const doneEnd = masksAt + this.words;
    const usedEnd = doneEnd + this.words;
    for (let i = masksAt; i < doneEnd; i++) {
      if (((b[bBase + i] as number) & ~(a[aBase + i] as number)) !== 0) return false;
    }
    for (let i = doneEnd; i < usedEnd; i++) {
      if (((a[aBase + i] as number) & ~(b[bBase + i] as number)) !== 0) return false;
    }
    for (let i = usedEnd; i < this.stride; i++) {
      if ((a[aBase + i] as number) > (b[bBase + i] as number)) return false;
    }
    return true;
  }

  private unlink(value: number, previous: number, row: number): void {
    const following = this.nextRow[row] as number;
    if (previous < 0) this.heads[value + 1] = following;
    else this.nextRow[previous] = following;
    this.rows[row * this.stride] = removed;
  }

  private append(from: Int32Array, fromBase: number, value: number): number {
    const row = this.count++;
    const base = row * this.stride;
    if (base + this.stride > this.rows.length) {
      const grown = new Int32Array(this.rows.length * 2);
      grown.set(this.rows);
      // `from` may be this very array: it stays valid, its rows don't move.
      this.rows = grown;
    }
    if (row >= this.nextRow.length) {
      const grown = new Int32Array(this.nextRow.length * 2);
      grown.set(this.nextRow);
      this.nextRow = grown;
    }
    for (let i = 0; i < this.stride; i++) this.rows[base + i] = from[fromBase + i] as number;
    this.nextRow[row] = this.heads[value + 1] as number;
    this.heads[value + 1] = row;
    return row;
  }
}

/** One change of the register: a closed operation's position, or the complement of an open operation's class. */
export interface Change {
  readonly change: number;
  /** Of the return at which it was applied. */
  readonly rank: number;
}

/** The changes of the register that were tried, as a tree in columns: memory for the order that explains the history. */
export class ChangeLog {
  private parents = new Int32Array(1024);
  private changes = new Int32Array(1024);
  private ranks = new Int32Array(1024);
  private count = 0;

  add(parent: number, change: number, rank: number): number {
    if (this.count === this.parents.length) {
      this.parents = doubled(this.parents);
      this.changes = doubled(this.changes);
      this.ranks = doubled(this.ranks);
    }
    this.parents[this.count] = parent;
    this.changes[this.count] = change;
    this.ranks[this.count] = rank;
    return this.count++;
  }

  /** The changes that led to a node, first one first. */
  pathTo(node: number): Change[] {
    const path: Change[] = [];
    for (let at = node; at >= 0; at = this.parents[at] as number) {
      path.push({ change: this.changes[at] as number, rank: this.ranks[at] as number });
    }
    return path.reverse();
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(array.length * 2);
  grown.set(array);
  return grown;
}
