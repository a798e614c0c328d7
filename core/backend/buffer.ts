import type { ByteString } from '../base/bytes.ts';

/** A buffer as it was when a reader took it: the first `count` entries. null: the key is deleted. */
export interface FrozenBuffer {
  readonly keys: readonly ByteString[];
  readonly values: readonly (Uint8Array | null)[];
  readonly count: number;
}

/**
 * Changes to one bucket that readers of the last commit do not see there yet, in key order. Deletes are in it too: what a reader
 * sees never depends on when a commit comes (etcd's buffer lacks them, so it must commit at once: issue 17230).
 */
export class BucketBuffer {
  /** Only with a planted bug: what the first slot of the buffer that was here before holds still. */
  private leftover: { readonly key: ByteString; readonly value: Uint8Array | null } | null = null;
  private keys: ByteString[] = [];
  private values: (Uint8Array | null)[] = [];
  /** A reader holds the arrays: appending does not disturb it, anything else needs a copy. */
  private shared = false;

  set(key: ByteString, value: Uint8Array | null): void {
    const last = this.keys.at(-1);
    if (last === undefined || last < key) {
      this.keys.push(key);
      this.values.push(value);
      return;
    }
    if (this.shared) {
      this.keys = [...this.keys];
      this.values = [...this.values];
      this.shared = false;
    }
    const index = bufferLowerBound({ keys: this.keys, values: this.values, count: this.keys.length }, key);
    const known = this.keys[index] === key;
    this.keys.splice(index, known ? 1 : 0, key);
    this.values.splice(index, known ? 1 : 0, value);
  }

  /** What readers find: null for a deleted key, undefined for one that is not in here. */
  get(key: ByteString): Uint8Array | null | undefined {
    const { keys, values } = this;
    const index = bufferLowerBound({ keys, values, count: keys.length }, key);
    return keys[index] === key ? values[index] : undefined;
  }

  freeze(): FrozenBuffer {
    this.shared = true;
    return { keys: this.keys, values: this.values, count: this.keys.length };
  }

  /** Only with a planted bug: an empty one whose first slot is still there, as of a buffer that is used again. */
  static reused({ keys, values, leftover }: BucketBuffer): BucketBuffer {
    const buffer = new BucketBuffer();
    const [key] = keys;
    buffer.leftover = key === undefined ? leftover : { key, value: values[0] ?? null };
    return buffer;
  }

  /** Only with a planted bug: merging no writes into an empty one takes the slot for a write. */
  mergeNothing(): void {
    if (this.keys.length > 0 || this.leftover === null) return;
    this.set(this.leftover.key, this.leftover.value);
    this.leftover = null;
  }
}

/** The first position whose key is not below `key`. */
export function bufferLowerBound(buffer: FrozenBuffer, key: ByteString): number {
  let low = 0;
  let high = buffer.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((buffer.keys[middle] as ByteString) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
