import type { ByteString } from '../base/bytes.ts';
import { SortedMap } from '../base/sorted_map.ts';
import type { TreeNode } from './node.ts';

/** Makes every time that RFC 3339 can name positive, so that the digits sort as the times do. */
const offsetNs = 100_000_000_000_000_000_000n;
const digits = 22;

/**
 * Nodes that expire, the earliest first. etcd leaves the order of equal times to its heap's history, which members needn't share;
 * here the path decides.
 */
export class Expiries {
  private readonly paths = new SortedMap<string, ByteString>();

  get size(): number {
    return this.paths.size;
  }

  /** Nodes without an expiry are passed over. */
  add(node: TreeNode): void {
    if (node.expireNs !== null) this.paths.set(sortKey(node.expireNs, node.path), node.path);
  }

  remove(node: TreeNode): void {
    if (node.expireNs !== null) this.paths.delete(sortKey(node.expireNs, node.path));
  }

  /** The path of the next node to expire; null if there is none. */
  first(): ByteString | null {
    let found: ByteString | null = null;
    this.paths.visit('', undefined, (path) => {
      found = path;
      return false;
    });
    return found;
  }
}

function sortKey(expireNs: bigint, path: ByteString): string {
  return `${`${expireNs + offsetNs}`.padStart(digits, '0')}${path}`;
}
