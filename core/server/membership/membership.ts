import { compareNumbers } from '../../base/bytes.ts';
import type { NodeId } from '../../base/ids.ts';
import type { NodeIdTable } from '../../base/node_ids.ts';
import { learnersMax } from '../../limits.ts';
import { type ConfChange, ConfChangeType } from '../../raft/index.ts';
import type { MemberAttributes } from '../../v2store/index.ts';
import { type ClusterMember, type MemberFields, decodeMember } from './member.ts';

/** Why a conf change can't be made. */
export type MembershipError =
  'idRemoved' | 'idExists' | 'idNotFound' | 'peerUrlExists' | 'memberNotLearner' | 'tooManyLearners';

/** What is new about a member. */
export type MemberChange = 'added' | 'promoted' | 'raftAttributes' | 'attributes';

/** Where a change of the membership is kept besides memory. */
export interface MembershipSink {
  onMember(member: ClusterMember, change: MemberChange): void;
  onRemoved(id: NodeId): void;
  onVersion(version: string): void;
}

/**
 * Who is in the cluster, as of the last applied entry. Follows the log from the snapshot on and nothing else, so that every member
 * judges a conf change alike, also one that it applies again after a restart (etcd: membership.RaftCluster).
 */
export class Membership {
  /** The version that all members have agreed on, null before the first agreement. */
  version: string | null = null;
  private readonly ids: NodeIdTable;
  private readonly byId = new Map<NodeId, ClusterMember>();
  private readonly removedIds = new Set<NodeId>();
  /** What `list` returned last; null: it is to be sorted anew. */
  private listed: readonly ClusterMember[] | null = null;

  constructor(ids: NodeIdTable) {
    this.ids = ids;
  }

  /** What a snapshot says takes the place of everything. */
  reset(members: readonly ClusterMember[], removed: readonly NodeId[], version: string | null): void {
    this.listed = null;
    this.byId.clear();
    this.removedIds.clear();
    for (const member of members) this.byId.set(member.id, member);
    for (const id of removed) this.removedIds.add(id);
    this.version = version;
  }

  /** Ascending by id. The same array until a member changes: it is asked for at every tick. */
  list(): readonly ClusterMember[] {
    this.listed ??= [...this.byId.values()].sort((a, b) => compareNumbers(a.id, b.id));
    return this.listed;
  }

  get(id: NodeId): ClusterMember | undefined {
    return this.byId.get(id);
  }

  isRemoved(id: NodeId): boolean {
    return this.removedIds.has(id);
  }

  /** Members that were removed, ascending: their ids never come back. */
  removed(): NodeId[] {
    return [...this.removedIds].sort(compareNumbers);
  }

  /** Null if the change can be made. */
  check(change: ConfChange): MembershipError | null {
    const { type, nodeId } = change;
    if (this.removedIds.has(nodeId)) return 'idRemoved';
    const known = this.byId.get(nodeId);
    if (type === ConfChangeType.removeNode) return known === undefined ? 'idNotFound' : null;
    const fields = decodeFields(change);
    if (type === ConfChangeType.updateNode) {
      if (known === undefined) return 'idNotFound';
      return this.usesPeerUrl(fields, nodeId) ? 'peerUrlExists' : null;
    }
    if (fields.isPromote) {
      if (known === undefined) return 'idNotFound';
      return known.isLearner ? null : 'memberNotLearner';
    }
    if (known !== undefined) return 'idExists';
    if (this.usesPeerUrl(fields, nodeId)) return 'peerUrlExists';
    const learners = this.list().filter(({ isLearner }) => isLearner).length;
    return type === ConfChangeType.addLearnerNode && learners >= learnersMax ? 'tooManyLearners' : null;
  }

  private usesPeerUrl({ peerUrls }: MemberFields, except: NodeId): boolean {
    for (const member of this.byId.values()) {
      if (member.id !== except && member.peerUrls.some((url) => peerUrls.includes(url))) return true;
    }
    return false;
  }

  /** Makes a change that `check` allowed. */
  apply(change: ConfChange, sinks: readonly MembershipSink[]): void {
    const { type, nodeId } = change;
    if (type === ConfChangeType.removeNode) {
      this.listed = null;
      this.byId.delete(nodeId);
      this.removedIds.add(nodeId);
      for (const sink of sinks) sink.onRemoved(nodeId);
      return;
    }
    const { name, peerUrls, clientUrls, isPromote } = decodeFields(change);
    const known = this.byId.get(nodeId);
    if (known !== undefined && isPromote) this.set({ ...known, isLearner: false }, 'promoted', sinks);
    else if (known !== undefined) this.set({ ...known, peerUrls }, 'raftAttributes', sinks);
    else {
      const isLearner = type === ConfChangeType.addLearnerNode;
      this.set({ id: nodeId, name, peerUrls, clientUrls, isLearner }, 'added', sinks);
    }
  }

  /** A member has told its name and where clients find it. Nothing if it is not a member any more. */
  setAttributes(id: NodeId, attributes: MemberAttributes, sinks: readonly MembershipSink[]): void {
    const known = this.byId.get(id);
    if (known !== undefined) this.set({ ...known, ...attributes }, 'attributes', sinks);
  }

  setVersion(version: string, sinks: readonly MembershipSink[]): void {
    this.version = version;
    for (const sink of sinks) sink.onVersion(version);
  }

  private set(member: ClusterMember, change: MemberChange, sinks: readonly MembershipSink[]): void {
    this.listed = null;
    this.byId.set(member.id, member);
    for (const sink of sinks) sink.onMember(member, change);
  }

  /** The id behind lower-case hex, as paths and keys name it. */
  idOf(hex: string): NodeId {
    return this.ids.local(BigInt(`0x${hex}`));
  }
}

const noFields: MemberFields = {
  id: null,
  name: '',
  peerUrls: [],
  clientUrls: [],
  isLearner: false,
  isPromote: false,
};

function decodeFields(change: ConfChange): MemberFields {
  return change.context.length === 0 ? noFields : decodeMember(change.context);
}
