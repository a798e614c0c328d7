/** Not about one key. */
export const anyKey = -1;

/**
 * Open slots, by their index, that have to do with a contradiction. With each stands the key that all of it is about, if there is
 * one: then the contradiction stays whatever else fills the slot, as long as neither that nor what filled it touches the key.
 */
export class Blame {
  private readonly keys = new Map<number, number>();

  add(index: number, key: number): void {
    const known = this.keys.get(index);
    if (known === undefined) this.keys.set(index, key);
    else if (known !== key) this.keys.set(index, anyKey);
  }

  addAll(other: Blame): void {
    for (const [index, key] of other.keys) this.add(index, key);
  }

  remove(index: number): void {
    this.keys.delete(index);
  }

  keyOf(index: number): number {
    return this.keys.get(index) ?? anyKey;
  }

  /** The latest slot; -1 if there is none. */
  latest(): number {
    let latest = -1;
    for (const index of this.keys.keys()) if (index > latest) latest = index;
    return latest;
  }
}
