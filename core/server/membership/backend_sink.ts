import { fromText, toBytes } from '../../base/bytes.ts';
import type { NodeId } from '../../base/ids.ts';
import type { NodeIdTable } from '../../base/node_ids.ts';
import { type BatchTx, Buckets } from '../../backend/index.ts';
import { type ClusterMember, encodeMember, memberHex } from './member.ts';
import type { MembershipSink } from './membership.ts';

const removedText = toBytes(fromText('removed'));
const versionKey = fromText('clusterVersion');

/** Keeps the membership in the backend's buckets `members`, `members_removed` and `cluster`. */
export class BackendSink implements MembershipSink {
  private readonly tx: BatchTx;
  private readonly ids: NodeIdTable;

  constructor(tx: BatchTx, ids: NodeIdTable) {
    this.tx = tx;
    this.ids = ids;
  }

  onMember(member: ClusterMember): void {
    const key = fromText(memberHex(member.id, this.ids));
    this.tx.put(Buckets.members, key, encodeMember(member, this.ids));
  }

  onRemoved(id: NodeId): void {
    const key = fromText(memberHex(id, this.ids));
    this.tx.delete(Buckets.members, key);
    this.tx.put(Buckets.membersRemoved, key, removedText);
  }

  onVersion(version: string): void {
    this.tx.put(Buckets.cluster, versionKey, toBytes(fromText(version)));
  }
}
