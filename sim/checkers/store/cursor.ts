/**
 * Ascending lists per key, looked up at slots that mostly grow: a cursor per key walks along, and back after a jump back, which
 * is cheaper than to search anew.
 */
export class Cursor {
  private readonly lists: readonly (readonly number[])[];
  private readonly place: Int32Array;

  constructor(lists: readonly (readonly number[])[]) {
    this.lists = lists;
    this.place = new Int32Array(lists.length);
  }

  /** Place in the key's list of the first number above a bound; the list's length if there is none. */
  placeAbove(key: number, bound: number): number {
    const list = this.lists[key] as readonly number[];
    let at = this.place[key] as number;
    while (at < list.length && (list[at] as number) <= bound) at++;
    while (at > 0 && (list[at - 1] as number) > bound) at--;
    this.place[key] = at;
    return at;
  }

  /** The first number above a bound; Infinity if there is none. */
  above(key: number, bound: number): number {
    return this.lists[key]?.[this.placeAbove(key, bound)] ?? Infinity;
  }
}
