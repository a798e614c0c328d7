import { noBugs } from '../bugs.ts';
import type { Disk } from '../ports.ts';
import type { Entry, HardState } from '../raft/entry.ts';
import { NodeIdTable } from '../base/node_ids.ts';
import type { SnapshotMark } from './payloads.ts';
import { readLog, type ReadLog } from './read_log.ts';
import { listSegments, segmentsFrom } from './segments.ts';
import { Wal, type WalOptions, type WalTail } from './wal.ts';

export interface Recovered {
  /** Ready to be appended to. Answer nothing that rests on what was recovered before a `sync` of it has completed. */
  readonly wal: Wal;
  readonly metadata: Uint8Array;
  readonly hardState: HardState;
  /** From the one after the snapshot on (from index 1 without one), without gaps. */
  readonly entries: readonly Entry[];
  /** In the order of their records, in the files that were read. */
  readonly snapshots: readonly SnapshotMark[];
  /** Bytes of a torn tail that were cut off; 0 for a log with a whole end. */
  readonly cutBytes: number;
}

/** Where a log starts that no snapshot shortens. */
export const noSnapshot: SnapshotMark = { index: 0, term: 0 };

/**
 * Reads a log after a restart, from its first entry on. A torn tail of the last file is cut off, and what stands behind the log's end
 * becomes zeros. Throws WalError if there is no log or it can't be trusted, DiskError if it can't be read.
 */
export function recoverWal(disk: Disk, directory: string, options: WalOptions): Recovered {
  return openWal(disk, directory, noSnapshot, options);
}

/**
 * The same from a snapshot on: only the files that may hold what follows it are read. The log must have a record of the snapshot
 * ('snapshotNotFound', and 'snapshotMismatch' if its term is another) and have committed it: see `validSnapshots`.
 */
export function openWal(
  disk: Disk,
  directory: string,
  snapshot: SnapshotMark,
  options: WalOptions,
): Recovered {
  const segments = listSegments(disk, directory);
  const { from, wanted } = segmentsFrom(segments, directory, snapshot.index);
  const ids = options.ids ?? new NodeIdTable();
  const log = readLog(disk, directory, wanted, snapshot, ids, options.bugs);
  return repaired(disk, directory, log, { segments, keptFrom: from }, { ...options, ids });
}

/** The log, once its last file is fit to be appended to. */
function repaired(
  disk: Disk,
  directory: string,
  { replay, tail }: ReadLog,
  files: Pick<WalTail, 'segments' | 'keptFrom'>,
  options: WalOptions,
): Recovered {
  const { metadata, hardState, entries, snapshots, lastIndex } = replay;
  if (metadata === null) throw replay.error('badRecord', 'a metadata record', 'none');
  const { path, bytes, crc, cutBytes } = tail;
  const offsetBytes = (options.bugs ?? noBugs).has('log-reopens-at-start') ? 0 : tail.end;
  const position = { ...files, metadata, hardState, crc, offsetBytes, lastIndex };
  const wal = new Wal(disk, directory, position, options);
  for (const name of disk.list(directory)) {
    if (name.endsWith('.tmp')) disk.remove(`${directory}/${name}`);
  }
  if (tail.broken) {
    const copy = `${path}.broken`;
    if (disk.sizeBytes(copy) >= 0) disk.remove(copy);
    disk.write(copy, 0, bytes);
    wal.step(() => disk.sync(copy, options.stepToken));
  }
  if (tail.end < bytes.length) disk.truncate(path, tail.end);
  // Also makes durable what a killed process had left in the page cache; written again, because the cache counts as clean what a
  // failed sync never brought to the platter.
  disk.write(path, 0, bytes.subarray(0, tail.end));
  wal.step(() => disk.sync(path, options.stepToken));
  wal.step(() => disk.syncDirectory(directory, options.stepToken));
  return { wal, metadata, hardState, entries, snapshots, cutBytes };
}
