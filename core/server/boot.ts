import { type ConsistentIndex, type Backend } from '../backend/index.ts';
import { heartbeatTicks, inflightMessagesMax, messageBytesMax } from '../limits.ts';
import {
  type Entry,
  type HardState,
  MemoryStorage,
  RawNode,
  type Snapshot,
  isEmptyHardState,
} from '../raft/index.ts';
import { Publisher, SnapDbs, type SnapError, Snapshotter } from '../snap/index.ts';
import {
  Wal,
  WalError,
  type WalOptions,
  noSnapshot,
  openWal,
  validSnapshots,
  walExists,
} from '../wal/index.ts';
import type { MemberConfig } from './config.ts';
import { aloneFromNowOn } from './force_new_cluster.ts';
import { encodeMember } from './membership/index.ts';
import { memberDirectory, snapDirectory, walDirectory } from './paths.ts';
import { decodeMetadata, encodeMetadata } from './storage/metadata.ts';
import { openBackend, recoverBackend } from './storage/open_backend.ts';
import type { EtcdPorts } from './traffic.ts';
import { type Tokens, nobodyToken, publisherStepToken, walStepToken } from './tokens.ts';

/** What a member has when it has read its disk. */
export interface Booted {
  readonly node: RawNode;
  readonly storage: MemoryStorage;
  readonly wal: Wal;
  readonly publisher: Publisher;
  readonly snapshotter: Snapshotter;
  readonly snapDbs: SnapDbs;
  readonly backend: Backend;
  /** Where the log starts, null for its first entry. */
  readonly snapshot: Snapshot | null;
  /** A received backend took the place of an older one: a crash had come between its receipt and its taking effect. */
  readonly backendReplaced: boolean;
  /** False at the first start. */
  readonly recovered: boolean;
  /** Entries of the log that was found, empty at the first start. */
  readonly entries: readonly Entry[];
  /** Bytes of a torn tail that were cut off. */
  readonly cutBytes: number;
  /** Snapshot files that could not be trusted. */
  readonly broken: readonly SnapError[];
}

type MemberPorts = EtcdPorts;

/** The parts of the snapshot directory. */
type SnapParts = Pick<Booted, 'publisher' | 'snapshotter' | 'snapDbs'>;

/**
 * Starts from what the disk holds, else as a new member. The newest snapshot that the log knows decides where the log is read
 * from; then the backend is opened, or the one that came with that snapshot (etcd: bootstrap). Throws WalError, SnapError,
 * BackendError and DiskError.
 */
export function bootMember(
  config: MemberConfig,
  ports: MemberPorts,
  tokens: Tokens,
  consistentIndex: ConsistentIndex,
): Booted {
  const { disk } = ports;
  disk.makeDirectory(memberDirectory);
  disk.makeDirectory(snapDirectory);
  // Syncs complete in order: a folder's own name is durable before anything in it is counted on.
  disk.syncDirectory('', nobodyToken);
  disk.syncDirectory(memberDirectory, nobodyToken);
  const publisher = new Publisher(disk, publisherStepToken);
  const parts: SnapParts = {
    publisher,
    snapshotter: new Snapshotter(disk, snapDirectory, publisher, config.ids),
    snapDbs: new SnapDbs(disk, snapDirectory, publisher),
  };
  return walExists(disk, walDirectory)
    ? restart(config, ports, tokens, parts, consistentIndex)
    : firstStart(config, ports, tokens, parts, consistentIndex);
}

function firstStart(
  config: MemberConfig,
  ports: MemberPorts,
  tokens: Tokens,
  parts: SnapParts,
  consistentIndex: ConsistentIndex,
): Booted {
  const { disk } = ports;
  const backend = openBackend(disk, tokens, consistentIndex, config);
  refuseOrphan(consistentIndex);
  const metadata = encodeMetadata({ node: config.id, cluster: config.clusterId }, config.ids);
  const wal = Wal.create(disk, walDirectory, metadata, walOptions(config));
  const storage = new MemoryStorage();
  const node = newMember(config, ports, storage);
  const nothing = {
    snapshot: null,
    backendReplaced: false,
    recovered: false,
    entries: [],
    cutBytes: 0,
    broken: [],
  };
  return { ...parts, ...nothing, node, storage, wal, backend };
}

function restart(
  config: MemberConfig,
  ports: MemberPorts,
  tokens: Tokens,
  parts: SnapParts,
  consistentIndex: ConsistentIndex,
): Booted {
  const { disk } = ports;
  const { snapshot, broken } = parts.snapshotter.loadNewest(validSnapshots(disk, walDirectory, config.bugs));
  // Before the backend is opened, which may begin a file under a name that counts as left behind.
  parts.snapDbs.removeOrphans(snapshot?.metadata.index ?? 0);
  const { backend, replaced } = recoverBackend(
    disk,
    tokens,
    consistentIndex,
    snapshot,
    parts.snapDbs,
    config,
  );
  const recovered = openWal(disk, walDirectory, snapshot?.metadata ?? noSnapshot, walOptions(config));
  checkOwner(config, recovered.metadata);
  const storage = new MemoryStorage();
  const { wal, cutBytes } = recovered;
  const found = {
    ...parts,
    snapshot,
    backendReplaced: replaced,
    recovered: true,
    cutBytes,
    broken,
    storage,
    wal,
    backend,
  };
  if (isEmptyHardState(recovered.hardState)) {
    // The first save was torn before its hard state: it never counted, and the members it would commit are not known.
    refuseOrphan(consistentIndex);
    return { ...found, node: newMember(config, ports, storage), entries: [] };
  }
  const { hardState, entries } = config.forceNewCluster
    ? aloneFromNowOn(config, recovered, snapshot)
    : recovered;
  restore(
    storage,
    snapshot,
    { ...hardState, commit: committedOf(hardState, consistentIndex, entries) },
    entries,
  );
  return { ...found, node: newNode(config, ports, storage), entries };
}

function walOptions({ ids, walSegmentBytes: segmentBytes, bugs }: MemberConfig): WalOptions {
  return { stepToken: walStepToken, ids, segmentBytes, bugs };
}

/**
 * What was applied was committed, also if the hard state that said so was not synced. Without this a leader whose state is ahead of its
 * commit index could name no snapshot, and a follower that needs one to acknowledge anything would never let it go on.
 */
function committedOf(
  { commit }: HardState,
  { position }: ConsistentIndex,
  entries: readonly Entry[],
): number {
  const applied = entries.find(({ index }) => index === position.index);
  return applied?.term === position.term ? Math.max(commit, position.index) : commit;
}

function restore(
  storage: MemoryStorage,
  snapshot: Snapshot | null,
  hardState: HardState,
  entries: readonly Entry[],
): void {
  if (snapshot !== null) storage.applySnapshot(snapshot);
  storage.setHardState(hardState);
  storage.append(entries);
}

/** A state without the log that led to it: the log was lost, and with it what this member promised. */
function refuseOrphan(consistentIndex: ConsistentIndex): void {
  const { index } = consistentIndex.position;
  if (index === 0) return;
  const found = `a backend at entry ${index}`;
  throw new WalError('gap', walDirectory, 0, 'the log that led to the backend', found);
}

function checkOwner(config: MemberConfig, metadata: Uint8Array): void {
  const owner = decodeMetadata(metadata, config.ids);
  if (owner.node === config.id && owner.cluster === config.clusterId) return;
  const name = (node: typeof owner.node, cluster: bigint): string =>
    `member ${config.ids.foreign(node).toString(16)} of cluster ${cluster.toString(16)}`;
  const expected = name(config.id, config.clusterId);
  throw new WalError('metadataConflict', walDirectory, 0, expected, name(owner.node, owner.cluster));
}

/** A member that never counted: one of the first, or one that was added to a cluster and knows nobody yet. */
function newMember(config: MemberConfig, ports: MemberPorts, storage: MemoryStorage): RawNode {
  return config.joins ? newNode(config, ports, storage) : bootstrapped(config, ports, storage);
}

function bootstrapped(config: MemberConfig, ports: MemberPorts, storage: MemoryStorage): RawNode {
  const node = newNode(config, ports, storage);
  const members = [...config.initialMembers].sort((a, b) => a.id - b.id);
  node.bootstrap(
    members.map(({ id, name, peerUrls }) => ({
      id,
      context: encodeMember({ id, name, peerUrls, clientUrls: [], isLearner: false }, config.ids),
    })),
  );
  return node;
}

function newNode(config: MemberConfig, ports: MemberPorts, storage: MemoryStorage): RawNode {
  const { bugs } = config;
  const checkQuorum = !bugs.has('lease-without-check-quorum');
  return new RawNode({
    id: config.id,
    electionTicks: config.electionTicks,
    heartbeatTicks,
    storage,
    messageBytesMax: config.messageBytesMax ?? messageBytesMax,
    inflightMessagesMax,
    checkQuorum,
    preVote: config.preVote,
    // Clocks drift and processes stand still: etcd does not read by leases either.
    readOnlyOption: bugs.has('lease-reads') || !checkQuorum ? 'leaseBased' : 'safe',
    ids: config.ids,
    random: ports.random,
    log: ports.log,
    bugs,
  });
}
