import { createHash } from 'node:crypto';
import { compareStrings } from '../../base/bytes.ts';

/** The first 64 bits of a SHA-1, as etcd makes its ids. */
function idOf(bytes: Uint8Array | string): bigint {
  return createHash('sha1').update(bytes).digest().readBigUInt64BE(0);
}

/** The id of a member that is there from the cluster's first start on: every member comes to the same. */
export function firstMemberId(peerUrls: readonly string[], clusterToken: string): bigint {
  return idOf(peerUrls.toSorted(compareStrings).join('') + clusterToken);
}

/** The id of a member that is added later: the second makes it another one each time. */
export function addedMemberId(peerUrls: readonly string[], wallNs: bigint): bigint {
  return idOf(peerUrls.toSorted(compareStrings).join('') + (wallNs / 1_000_000_000n).toString());
}

/** The id of a cluster of these first members. */
export function clusterIdOf(members: readonly bigint[]): bigint {
  const bytes = Buffer.alloc(8 * members.length);
  const sorted = members.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [i, id] of sorted.entries()) bytes.writeBigUInt64BE(id, 8 * i);
  return idOf(bytes);
}
