import { compareStrings } from '../base/bytes.ts';
import { snapshotFilesKept } from '../limits.ts';
import type { Disk, Token } from '../ports.ts';
import type { Snapshot } from '../raft/entry.ts';
import type { NodeIdTable } from '../base/node_ids.ts';
import type { SnapshotMark } from '../wal/payloads.ts';
import { makingSuffix, type Publisher } from './publisher.ts';
import { decodeSnapFile, encodeSnapFile } from './snap_codec.ts';
import { SnapError } from './snap_error.ts';
import { formatSnapName, parseSnapName } from './snap_name.ts';

export interface LoadedSnapshot {
  /** Null: no file matches a record of the log, so the log must be read from its first entry on. */
  readonly snapshot: Snapshot | null;
  /** Files that could not be trusted and were renamed to `.broken`, newest first. */
  readonly broken: readonly SnapError[];
}

/** The `.snap` files of a member's directory. */
export class Snapshotter {
  private readonly disk: Disk;
  private readonly directory: string;
  private readonly publisher: Publisher;
  private readonly ids: NodeIdTable;
  private nextSave = 1;
  /** The newest snapshot of which the log durably has a record. */
  private releasedIndex = 0;

  /** The directory must exist. */
  constructor(disk: Disk, directory: string, publisher: Publisher, ids: NodeIdTable) {
    this.disk = disk;
    this.directory = directory;
    this.publisher = publisher;
    this.ids = ids;
  }

  /**
   * Writes the snapshot's file. The token completes when it is durable under its name: only then may the log get its record of the
   * snapshot, or a crash between the two leaves a record without a snapshot (etcd: SaveSnap, then the WAL).
   */
  save(snapshot: Snapshot, token: Token): void {
    const path = `${this.directory}/${formatSnapName(snapshot.metadata)}`;
    const making = `${path}.${this.nextSave++}${makingSuffix}`;
    if (this.disk.sizeBytes(making) >= 0) this.disk.remove(making);
    this.disk.write(making, 0, encodeSnapFile(snapshot, this.ids));
    this.publisher.publish(making, path, token);
  }

  /**
   * The newest snapshot that the log has a record of (of `marks`, see the log's `validSnapshots`). A file that can't be trusted becomes
   * `.broken`, and the next older one is tried. Throws DiskError if a file can't be read: it may be right.
   */
  loadNewest(marks: readonly SnapshotMark[]): LoadedSnapshot {
    const broken: SnapError[] = [];
    for (const name of this.names().reverse()) {
      const path = `${this.directory}/${name}`;
      try {
        const snapshot = this.load(name);
        const { index, term } = snapshot.metadata;
        if (marks.some((mark) => mark.index === index && mark.term === term)) {
          this.release(index);
          return { snapshot, broken };
        }
      } catch (error) {
        if (!(error instanceof SnapError)) throw error;
        // Not synced: after a crash the file is found broken again.
        this.disk.rename(path, `${path}.broken`);
        broken.push(error);
      }
    }
    return { snapshot: null, broken };
  }

  /** Reads one file. Throws SnapError and DiskError. */
  load(name: string): Snapshot {
    const path = `${this.directory}/${name}`;
    const snapshot = decodeSnapFile(this.disk.read(path, 0, this.disk.sizeBytes(path)), path, this.ids);
    const actual = formatSnapName(snapshot.metadata);
    if (actual !== name) throw new SnapError('wrongName', path, name, actual);
    return snapshot;
  }

  /** Names of the snapshot files, oldest first. */
  names(): string[] {
    const names = this.disk.list(this.directory).filter((name) => parseSnapName(name) !== null);
    return names.sort(compareStrings);
  }

  /** The log's record of this snapshot is durable: files of older ones may be purged. Releasing an older one changes nothing. */
  release(index: number): void {
    if (index > this.releasedIndex) this.releasedIndex = index;
  }

  /**
   * Removes the oldest files until `keepFiles` are left, but never the newest that the log has a record of: after crashes between file
   * and record, all that are newer may be of no use. Returns their names. A crash may bring them back; nothing rests on them.
   */
  purge(keepFiles = snapshotFilesKept): readonly string[] {
    const names = this.names();
    const removed = names
      .slice(0, Math.max(0, names.length - keepFiles))
      .filter((name) => (parseSnapName(name)?.index ?? 0) < this.releasedIndex);
    for (const name of removed) this.disk.remove(`${this.directory}/${name}`);
    return removed;
  }
}
