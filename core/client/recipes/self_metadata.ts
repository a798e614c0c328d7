import type { ByteString } from '../../base/bytes.ts';
import type { EtcdClient, Task } from '../api.ts';
import { Follower, type Step } from './follow.ts';

/**
 * Tells each machine about itself, by the address it asks from, as metad does. Under one prefix there are `data/...` and
 * `mapping/<address>/<name>`, whose value is a path below `data/`.
 *
 * Promised: an answer is put together from mapping and data of one revision, and holds nothing but what that address is mapped to; answers
 * of one server never go back. Not promised: the latest (a server that is cut off answers with what it has, and names its revision), nor
 * that an address is who it says: that is for the network to see to.
 */
export class SelfMetadata {
  private readonly follower: Follower;
  private readonly dataFolder: ByteString;
  private readonly mappingFolder: ByteString;

  constructor(client: EtcdClient, prefix: ByteString) {
    this.dataFolder = `${prefix}data/` as ByteString;
    this.mappingFolder = `${prefix}mapping/` as ByteString;
    // One follower for both: two would be at different revisions.
    this.follower = new Follower(client, prefix);
  }

  get revision(): number {
    return this.follower.revision;
  }

  get snapshots(): number {
    return this.follower.snapshots;
  }

  /** Follows; null if there was no change in time. */
  next(timeoutMs: number): Task<Step | null> {
    return this.follower.next(timeoutMs);
  }

  /**
   * What the address is mapped to: by mapped name, or by mapped name and the rest of the path where the mapping is a folder. In the order
   * of names; empty if nothing is mapped.
   */
  self(address: ByteString): ReadonlyMap<ByteString, ByteString> {
    const { pairs } = this.follower;
    const found = new Map<ByteString, ByteString>();
    const folder = `${this.mappingFolder}${address}/` as ByteString;
    this.visit(folder, (name, target) => {
      const key = `${this.dataFolder}${target}` as ByteString;
      const value = pairs.get(key)?.value;
      if (value !== undefined) found.set(name, value);
      this.visit(`${key}/` as ByteString, (rest, below) => found.set(`${name}/${rest}` as ByteString, below));
    });
    return found;
  }

  private visit(folder: ByteString, visitor: (rest: ByteString, value: ByteString) => void): void {
    this.follower.pairs.visit(folder, undefined, ({ key, value }) => {
      if (!key.startsWith(folder)) return false;
      visitor(key.slice(folder.length) as ByteString, value);
      return true;
    });
  }
}
