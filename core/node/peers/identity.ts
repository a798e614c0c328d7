import type { IncomingHttpHeaders } from 'node:http';
import type { NodeId } from '../../base/ids.ts';
import type { NodeIdTable } from '../../base/node_ids.ts';
import { etcdVersion, minClusterVersion } from '../../version.ts';

/** Who a member is towards the others. */
export interface Identity {
  readonly id: NodeId;
  readonly clusterId: bigint;
  readonly ids: NodeIdTable;
  /** Where the others find it. */
  readonly peerUrls: readonly string[];
}

/** Answers that say more than their status: etcd's texts. */
export const incompatibleVersion = 'incompatible version';
export const clusterIdMismatch = 'cluster ID mismatch';

/** Ids in headers, paths and lines: lower-case hex without padding. */
export function hexOf(id: NodeId, ids: NodeIdTable): string {
  return ids.foreign(id).toString(16);
}

/** What etcd's members say of themselves with every request. */
export function headersOf({ id, clusterId, ids, peerUrls }: Identity): Record<string, string> {
  return {
    'X-Server-From': hexOf(id, ids),
    'X-Server-Version': etcdVersion,
    'X-Min-Cluster-Version': minClusterVersion,
    'X-Etcd-Cluster-ID': clusterId.toString(16),
    'X-PeerURLs': peerUrls.join(','),
  };
}

export function headerText(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name.toLowerCase()];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

/** An id in hex; null if it is none. */
export function parseHexId(text: string): bigint | null {
  return /^[0-9a-f]{1,16}$/i.test(text) ? BigInt(`0x${text}`) : null;
}

/** Who sent the request; null if it does not say. */
export function senderOf(headers: IncomingHttpHeaders, ids: NodeIdTable): NodeId | null {
  const id = parseHexId(headerText(headers, 'X-Server-From'));
  return id === null || id === 0n ? null : ids.local(id);
}

/** Why the sender of these headers can't be talked to, in etcd's words; null if it can. */
export function incompatibility(headers: IncomingHttpHeaders, clusterId: bigint): string | null {
  // One that does not tell its version is older than the headers are.
  const server = headerText(headers, 'X-Server-Version') || '2.0.0';
  const minimum = headerText(headers, 'X-Min-Cluster-Version') || '2.0.0';
  if (compareReleases(server, minClusterVersion) < 0 || compareReleases(minimum, etcdVersion) > 0) {
    return incompatibleVersion;
  }
  return headerText(headers, 'X-Etcd-Cluster-ID') === clusterId.toString(16) ? null : clusterIdMismatch;
}

/** Patches don't count. */
export function compareReleases(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.', 2).map(Number);
  const [majorB = 0, minorB = 0] = b.split('.', 2).map(Number);
  return majorA - majorB || minorA - minorB;
}
