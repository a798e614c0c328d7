import { mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type ByteString, bigEndian64, emptyByteString, fromText } from '../../../base/bytes.ts';
import type { NodeId } from '../../../base/ids.ts';
import { NodeIdTable } from '../../../base/node_ids.ts';
import { Backend, type BatchTx, Buckets } from '../../../backend/index.ts';
import {
  ConfChangeType,
  EntryType,
  type Snapshot,
  emptyConfState,
  encodeConfChange,
  makeConfChange,
  makeEntry,
} from '../../../raft/index.ts';
import { type ClusterMember, V2Sink, encodeMember } from '../../../server/membership/index.ts';
import { dbPath, memberDirectory, snapDirectory } from '../../../server/paths.ts';
import { encodeMetadata } from '../../../server/storage/metadata.ts';
import { Publisher, Snapshotter } from '../../../snap/index.ts';
import { V2Store } from '../../../v2store/index.ts';
import { Wal } from '../../../wal/index.ts';
import { clusterIdOf, firstMemberId } from '../../host/member_ids.ts';
import { SettledDisk } from './settled_disk.ts';

export interface NamedPeer {
  readonly name: string;
  readonly peerUrls: readonly string[];
}

export interface Restore {
  /** Whole and checked. */
  readonly database: Uint8Array;
  readonly dataDirectory: string;
  /** Absent: in the data directory. */
  readonly walDirectory: string;
  readonly name: string;
  readonly cluster: readonly NamedPeer[];
  readonly clusterToken: string;
}

const steps = { wal: 1, publisher: 2, backend: 3 } as const;
/** The new cluster's only term so far. */
const term = 1;
const indexKey = fromText('consistent_index');

/**
 * Writes a data directory whose member begins a new cluster with the database's contents: new ids, a log that adds the members, a snapshot of
 * that, and the database, in which the old members are no more (etcdctl snapshot restore). The directories must not exist.
 */
export async function restoreSnapshot(restore: Restore): Promise<void> {
  const ids = new NodeIdTable();
  const { cluster, clusterToken, dataDirectory } = restore;
  const founders = cluster
    .map(({ name, peerUrls }) => ({ name, peerUrls, foreign: firstMemberId(peerUrls, clusterToken) }))
    .toSorted((a, b) => (a.foreign < b.foreign ? -1 : a.foreign > b.foreign ? 1 : 0));
  const members = founders.map(({ name, peerUrls, foreign }): ClusterMember => ({
    id: ids.local(foreign),
    name,
    peerUrls,
    clientUrls: [],
    isLearner: false,
  }));
  const own = members.find(({ name }) => name === restore.name) as ClusterMember;
  const clusterId = clusterIdOf(founders.map(({ foreign }) => foreign));
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  await writeDatabase(dataDirectory, restore.database, members.length);
  const metadata = encodeMetadata({ node: own.id, cluster: clusterId }, ids);
  await writeLog(restore, metadata, members, ids);
}

/** The database with the position in the new log, and without the members of the old one. */
async function writeDatabase(root: string, database: Uint8Array, index: number): Promise<void> {
  const settled = new SettledDisk(root);
  const { disk } = settled;
  try {
    disk.makeDirectory(memberDirectory);
    disk.makeDirectory(snapDirectory);
    await settled.durable((token) => disk.syncDirectory('', token));
    await settled.durable((token) => disk.syncDirectory(memberDirectory, token));
    disk.write(dbPath, 0, database);
    await settled.durable((token) => disk.sync(dbPath, token));
    const backend = Backend.open(disk, dbPath, { stepToken: steps.backend });
    settled.add(backend);
    const tx = backend.lock();
    for (const bucket of [Buckets.members, Buckets.membersRemoved]) removeAll(tx, bucket);
    setPosition(tx, index);
    backend.unlock();
    await settled.durable((token) => backend.commit(token));
  } finally {
    await settled.close();
  }
}

function removeAll(tx: BatchTx, bucket: ByteString): void {
  tx.createBucket(bucket);
  const keys: ByteString[] = [];
  tx.visit(bucket, emptyByteString, undefined, (key) => {
    keys.push(key);
    return true;
  });
  for (const key of keys) tx.delete(bucket, key);
}

function setPosition(tx: BatchTx, index: number): void {
  tx.createBucket(Buckets.meta);
  tx.put(Buckets.meta, indexKey, bigEndian64(index));
  // Since 3.5 the term and the configuration stand there, too; those found are the old cluster's.
  const termKey = fromText('term');
  if (tx.get(Buckets.meta, termKey) !== undefined) tx.put(Buckets.meta, termKey, bigEndian64(term));
  tx.delete(Buckets.meta, fromText('confState'));
}

/** The log, and the snapshot from which it is read: first its file, then the mark in the log. */
async function writeLog(
  { dataDirectory, walDirectory }: Restore,
  metadata: Uint8Array,
  members: readonly ClusterMember[],
  ids: NodeIdTable,
): Promise<void> {
  const place = walDirectory === '' ? `${dataDirectory}/member/wal` : walDirectory;
  const root = dirname(place);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const [logs, snaps] = [new SettledDisk(root), new SettledDisk(dataDirectory)];
  const index = members.length;
  try {
    const wal = Wal.create(logs.disk, basename(place), metadata, { stepToken: steps.wal, ids });
    logs.add(wal);
    const entries = members.map((member, position) => {
      const change = makeConfChange(ConfChangeType.addNode, member.id, encodeMember(member, ids));
      return makeEntry(term, position + 1, EntryType.confChange, encodeConfChange(change, ids));
    });
    wal.save({ term, vote: (members[0] as ClusterMember).id, commit: index }, entries);
    await logs.durable((token) => wal.sync(token));
    const publisher = new Publisher(snaps.disk, steps.publisher);
    snaps.add(publisher);
    const snapshotter = new Snapshotter(snaps.disk, snapDirectory, publisher, ids);
    await snaps.durable((token) => snapshotter.save(snapshotOf(members, ids), token));
    wal.saveSnapshot({ index, term });
    await logs.durable((token) => wal.sync(token));
  } finally {
    await logs.close();
    await snaps.close();
  }
}

function snapshotOf(members: readonly ClusterMember[], ids: NodeIdTable): Snapshot {
  const v2 = new V2Store();
  const sink = new V2Sink(v2, ids);
  for (const member of members) sink.onMember(member, 'added');
  const voters: NodeId[] = members.map(({ id }) => id);
  return {
    data: v2.save(),
    metadata: {
      index: members.length,
      term,
      confState: { ...emptyConfState, voters: voters.toSorted((a, b) => a - b) },
    },
  };
}
