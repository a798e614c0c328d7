import { emptyBytes } from '../base/bytes.ts';
import { noNode, type NodeId } from '../base/ids.ts';
import { varintSize } from '../base/protobuf.ts';

/** What an entry's data holds; the numbers are raftpb's. */
export const EntryType = { normal: 0, confChange: 1, confChangeV2: 2 } as const;
export type EntryType = (typeof EntryType)[keyof typeof EntryType];

/**
 * One slot of the replicated log. (term, index) names it: two entries with the same pair are equal (log
 * matching).
 */
export interface Entry {
  readonly term: number;
  readonly index: number;
  readonly type: EntryType;
  /** `emptyBytes` for the entry with which a leader opens its term. */
  readonly data: Uint8Array;
}

/** The one place that makes entries, so that they all have one shape. */
export function makeEntry(
  term: number,
  index: number,
  type: EntryType = EntryType.normal,
  data: Uint8Array = emptyBytes,
): Entry {
  return { term, index, type, data };
}

const entryTypeNames = ['EntryNormal', 'EntryConfChange', 'EntryConfChangeV2'] as const;

export function entryTypeName(type: EntryType): string {
  return entryTypeNames[type];
}

/**
 * What a node must have on disk besides its log before it answers (Raft paper, figure 2: persistent state).
 */
export interface HardState {
  readonly term: number;
  readonly vote: NodeId;
  /** Not needed for safety; it saves the node from applying late after a restart. */
  readonly commit: number;
}

export const emptyHardState: HardState = { term: 0, vote: noNode, commit: 0 };

export function isEmptyHardState(state: HardState): boolean {
  return state.term === 0 && state.vote === noNode && state.commit === 0;
}

/** A configuration as it is stored in snapshots. Every list is sorted. */
export interface ConfState {
  /** Voters of the incoming configuration: the only one unless it is joint. */
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
  /** Not empty means joint: a majority of these must agree, too. */
  readonly votersOutgoing: readonly NodeId[];
  /** Voters of the outgoing configuration that become learners when it is left. */
  readonly learnersNext: readonly NodeId[];
  /** The leader leaves the joint configuration by itself as soon as it is applied. */
  readonly autoLeave: boolean;
}

export const emptyConfState: ConfState = {
  voters: [],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};

export interface SnapshotMetadata {
  readonly confState: ConfState;
  /** The last entry that the snapshot covers. */
  readonly index: number;
  readonly term: number;
}

export interface Snapshot {
  readonly data: Uint8Array;
  readonly metadata: SnapshotMetadata;
}

export const emptySnapshot: Snapshot = {
  data: emptyBytes,
  metadata: { confState: emptyConfState, index: 0, term: 0 },
};

export function isEmptySnapshot(snapshot: Snapshot): boolean {
  return snapshot.metadata.index === 0;
}

/**
 * The data of an entry that took the place of a refused conf change. It is empty, but recognisable by its
 * buffer, because etcd writes the type of such an entry although it is the default, so that size limits count
 * two bytes more than for other empty entries.
 */
export const voidedData = new Uint8Array(new ArrayBuffer(1), 0, 0);

function isTypeWritten(entry: Entry): boolean {
  if (entry.type !== EntryType.normal) return true;
  return entry.data.length === 0 && entry.data.buffer.byteLength === voidedData.buffer.byteLength;
}

/**
 * Bytes of the entry in raftpb's encoding with presence, where a default type is left out: what size limits
 * count.
 */
export function entryBytes(entry: Entry): number {
  const length = entry.data.length;
  const data = length === 0 ? 0 : 1 + varintSize(length) + length;
  const type = isTypeWritten(entry) ? 2 : 0;
  return type + 2 + varintSize(entry.term) + varintSize(entry.index) + data;
}

export function entriesBytes(entries: readonly Entry[]): number {
  let total = 0;
  for (const entry of entries) total += entryBytes(entry);
  return total;
}

/** Bytes of user data only. Empty entries count nothing, so that a new leader's can never be refused. */
export function payloadBytes(entries: readonly Entry[]): number {
  let total = 0;
  for (const entry of entries) total += entry.data.length;
  return total;
}

/**
 * How many of the entries fit into `bytesMax`, but at least one, so that a large entry can't block the log.
 */
export function countWithin(entries: readonly Entry[], bytesMax: number): number {
  if (entries.length === 0 || bytesMax === Infinity) return entries.length;
  let total = 0;
  for (let i = 0; i < entries.length; i++) {
    total += entryBytes(entries[i] as Entry);
    if (total > bytesMax && i > 0) return i;
  }
  return entries.length;
}
