import { type BugSwitches, noBugs } from '../bugs.ts';
import type { Disk } from '../ports.ts';
import type { HardState } from '../raft/entry.ts';
import { NodeIdTable } from '../base/node_ids.ts';
import type { SnapshotMark } from './payloads.ts';
import { readLog } from './read_log.ts';
import { lastRow, listSegments, segmentsFrom } from './segments.ts';

/**
 * The snapshots that a member may start from, oldest first: those with a record in the log that the log also committed. A record
 * above the commit index is that of a crash between it and the hard state (etcd: ValidSnapshotEntries). Reads all files, changes
 * none. Throws WalError and DiskError.
 */
export function validSnapshots(
  disk: Disk,
  directory: string,
  bugs: BugSwitches = noBugs,
): readonly SnapshotMark[] {
  const segments = lastRow(listSegments(disk, directory));
  const { snapshots, hardState } = readLog(disk, directory, segments, null, new NodeIdTable(), bugs).replay;
  return snapshots.filter(({ index }) => index <= hardState.commit);
}

export interface WalSummary {
  readonly metadata: Uint8Array;
  readonly hardState: HardState;
  readonly entryCount: number;
  readonly lastIndex: number;
  /** Bytes of a torn tail, which opening the log would cut off. */
  readonly tornBytes: number;
  /** The 64-bit ids behind the vote, where they don't fit. */
  readonly ids: NodeIdTable;
}

/** Reads what opening the log at this snapshot would read, and changes nothing. Throws WalError as opening would. */
export function verifyWal(disk: Disk, directory: string, snapshot: SnapshotMark): WalSummary {
  const { wanted } = segmentsFrom(listSegments(disk, directory), directory, snapshot.index);
  const ids = new NodeIdTable();
  const { replay, tail } = readLog(disk, directory, wanted, snapshot, ids);
  if (replay.metadata === null) throw replay.error('badRecord', 'a metadata record', 'none');
  return {
    metadata: replay.metadata,
    hardState: replay.hardState,
    entryCount: replay.entries.length,
    lastIndex: replay.lastIndex,
    tornBytes: tail.cutBytes,
    ids,
  };
}
