import { type ByteString, emptyByteString, fromText, toText } from '../../base/bytes.ts';
import type { NodeId } from '../../base/ids.ts';
import type { NodeIdTable } from '../../base/node_ids.ts';
import { type BugSwitches, noBugs } from '../../bugs.ts';
import {
  type NodeView,
  V2Code,
  V2Error,
  type V2Store,
  attributesJson,
  attributesKey,
  clusterVersionKey,
  memberStoreKey,
  membersKey,
  parseAttributes,
  parseRaftAttributes,
  raftAttributesJson,
  raftAttributesKey,
  removedMemberKey,
  removedMembersKey,
} from '../../v2store/index.ts';
import type { ClusterMember } from './member.ts';
import type { Membership, MemberChange, MembershipSink } from './membership.ts';

/** Members never expire, so what views say of the time does not matter. */
const noTime = 0n;
const forever = { expireNs: null, refresh: false } as const;

/** Keeps the membership in the v2 tree, and so in snapshots. */
export class V2Sink implements MembershipSink {
  private readonly v2: V2Store;
  private readonly ids: NodeIdTable;
  private readonly savesPromotions: boolean;

  constructor(v2: V2Store, ids: NodeIdTable, bugs: BugSwitches = noBugs) {
    this.v2 = v2;
    this.ids = ids;
    this.savesPromotions = !bugs.has('promotion-not-saved');
  }

  onMember(member: ClusterMember, change: MemberChange): void {
    const id = this.ids.foreign(member.id);
    const value = change === 'attributes' ? attributesJson(member) : raftAttributesJson(member);
    if (change === 'attributes') this.set(attributesKey(id), value);
    else if (change === 'promoted' && !this.savesPromotions) return;
    else if (change !== 'added') this.v2.update(raftAttributesKey(id), { value, ...forever }, noTime);
    else this.create(raftAttributesKey(id), value);
  }

  onRemoved(member: NodeId): void {
    const id = this.ids.foreign(member);
    this.v2.delete(memberStoreKey(id), { dir: true, recursive: true }, noTime);
    this.create(removedMemberKey(id), emptyByteString);
  }

  onVersion(version: string): void {
    this.set(clusterVersionKey, fromText(version));
  }

  private create(path: ByteString, value: ByteString): void {
    this.v2.create(path, { dir: false, value, unique: false, expireNs: null }, noTime);
  }

  private set(path: ByteString, value: ByteString): void {
    this.v2.set(path, { dir: false, value, ...forever }, noTime);
  }
}

/** Takes the membership from a tree that a snapshot brought. Throws V2SnapshotError on a member it can't read. */
export function readMembership(v2: V2Store, membership: Membership): void {
  const members = childrenOf(v2, membersKey).map(({ key, nodes }): ClusterMember => {
    const id = membership.idOf(lastPart(key));
    const valueOf = (name: string): ByteString =>
      nodes?.find((node) => lastPart(node.key) === name)?.value ?? ('{}' as ByteString);
    return {
      id,
      ...parseRaftAttributes(valueOf('raftAttributes')),
      ...parseAttributes(valueOf('attributes')),
    };
  });
  const removed = childrenOf(v2, removedMembersKey).map(({ key }) => membership.idOf(lastPart(key)));
  const version = nodeAt(v2, clusterVersionKey)?.value ?? null;
  membership.reset(members, removed, version === null ? null : toText(version));
}

function lastPart(key: ByteString): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

function childrenOf(v2: V2Store, path: ByteString): readonly NodeView[] {
  return nodeAt(v2, path)?.nodes ?? [];
}

function nodeAt(v2: V2Store, path: ByteString): NodeView | null {
  try {
    return v2.get(path, true, noTime).node;
  } catch (error) {
    if (error instanceof V2Error && error.code === V2Code.keyNotFound) return null;
    throw error;
  }
}
