import { BackendError, Buckets, readDatabase } from '../../core/backend/index.ts';
import { fromText } from '../../core/base/bytes.ts';
import type { NodeId } from '../../core/base/ids.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { DiskError, type Disk } from '../../core/ports.ts';
import { ConfChangeType, EntryType, asV2, confChangeOf } from '../../core/raft/index.ts';
import { Publisher, Snapshotter, formatSnapDbName, parseSnapName } from '../../core/snap/index.ts';
import { WalError, noSnapshot, verifyWal } from '../../core/wal/index.ts';
import type { ImportedDirectory } from '../../sim/disk/image.ts';
import { type DumpedSnap, dumpSnaps } from './dump/snap_dump.ts';
import { type WalDump, dumpWal } from './dump/wal_dump.ts';
import { UsageError } from './usage_error.ts';

const walDirectory = 'member/wal';
const snapDirectory = 'member/snap';
const dbPath = 'member/snap/db';

/** A simulated disk holds everything twice in memory. */
const bytesMax = 256 * 1024 * 1024;

/** What was found, and whether a member can start on it. */
export interface Examined {
  readonly wal: WalDump;
  readonly snaps: readonly DumpedSnap[];
  /** Raft index up to which the database holds what the log says; null: there is no database that can be read. */
  readonly appliedIndex: number | null;
  /** Who is in the cluster as of what the log knows to be committed, learners too. */
  readonly members: readonly bigint[];
  /** Why a member could not start on it, in sentences; empty if it can. */
  readonly faults: readonly string[];
}

/** Looks at a data directory as a member does that starts on it, and changes nothing. */
export function examine(disk: Disk): Examined {
  const wal = dumpWal(disk, walDirectory);
  const snaps = dumpSnaps(disk, snapDirectory, wal);
  const faults: string[] = [];
  const newest = snaps.filter(({ status }) => status === 'valid').at(-1);
  const mark = newest === undefined ? noSnapshot : (parseSnapName(newest.name) ?? noSnapshot);
  try {
    verifyWal(disk, walDirectory, mark);
  } catch (error) {
    if (!(error instanceof WalError || error instanceof DiskError)) throw error;
    faults.push(error.message);
  }
  const appliedIndex = readAppliedIndex(disk, mark.index, faults);
  // A snapshot that was just received is ahead of the entries.
  const last = Math.max(wal.entries.at(-1)?.entry.index ?? 0, mark.index);
  if (appliedIndex !== null && appliedIndex > last) {
    faults.push(`the database holds the log up to index ${appliedIndex}, and the log ends at ${last}`);
  }
  const received = disk.sizeBytes(`${snapDirectory}/${formatSnapDbName(mark.index)}`) >= 0;
  if (appliedIndex !== null && appliedIndex < mark.index && !received) {
    faults.push(
      `the database holds the log up to index ${appliedIndex}, its snapshot is of index ${mark.index}, and no backend came with it`,
    );
  }
  return { wal, snaps, appliedIndex, members: membersOf(disk, wal, newest?.name), faults };
}

/** The snapshot's members, then what the committed entries behind it change. */
function membersOf(disk: Disk, wal: WalDump, snapshot: string | undefined): readonly bigint[] {
  const ids = new NodeIdTable();
  const members = new Set<NodeId>();
  let from = 0;
  if (snapshot !== undefined) {
    const { index, confState } = new Snapshotter(disk, snapDirectory, new Publisher(disk, 0), ids).load(
      snapshot,
    ).metadata;
    for (const member of [...confState.voters, ...confState.learners]) members.add(member);
    from = index;
  }
  for (const { entry, replaced } of wal.entries) {
    const { index, type } = entry;
    if (replaced || type === EntryType.normal || index <= from || index > wal.hardState.commit) continue;
    for (const change of asV2(confChangeOf(entry, ids)).changes) {
      if (change.type === ConfChangeType.removeNode) members.delete(change.nodeId);
      else if (change.type !== ConfChangeType.updateNode) members.add(change.nodeId);
    }
  }
  return [...members].map((member) => ids.foreign(member));
}

/** A log that is there from its first entry on needs no database: it is made again. */
function readAppliedIndex(disk: Disk, snapshotIndex: number, faults: string[]): number | null {
  const size = disk.sizeBytes(dbPath);
  if (size < 0) {
    if (snapshotIndex > 0) faults.push(`there is no ${dbPath}, and the log begins behind a snapshot`);
    return null;
  }
  try {
    const meta = readDatabase(disk.read(dbPath, 0, size)).root.bucket(Buckets.meta);
    const bytes = meta?.get(fromText('consistent_index'));
    if (bytes?.length !== 8) return 0;
    return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0));
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    faults.push(`${dbPath}: ${error.message}`);
    return null;
  }
}

/** Reads what a member needs of the directory. Throws UsageError if that is too much for a simulated disk. */
export function readDirectory(disk: Disk, { node, cluster }: WalDump): ImportedDirectory {
  const files: { path: string; bytes: Uint8Array }[] = [];
  let total = 0;
  for (const directory of [walDirectory, snapDirectory]) {
    for (const name of disk.list(directory)) {
      const path = `${directory}/${name}`;
      const size = disk.sizeBytes(path);
      // Directories, and files that a program was preparing.
      if (size < 0 || name.endsWith('.tmp')) continue;
      if (directory === snapDirectory && total + size > bytesMax) throw tooLarge();
      const read = disk.read(path, 0, size);
      const bytes = directory === walDirectory ? withoutReserve(read) : read;
      total += bytes.length;
      if (total > bytesMax) throw tooLarge();
      files.push({ path, bytes });
    }
  }
  return { node, cluster, directories: ['member', walDirectory, snapDirectory], files };
}

function tooLarge(): UsageError {
  return new UsageError(
    `the directory holds more than ${bytesMax / 1024 / 1024} MiB, too much for a simulated disk.`,
  );
}

const pageBytes = 4096;

/** A log's file without most of the zeros that etcd reserves; those left look the same to whoever reads the log's end. */
function withoutReserve(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  const kept = (Math.floor(end / pageBytes) + 2) * pageBytes;
  return bytes.slice(0, Math.min(bytes.length, kept));
}
