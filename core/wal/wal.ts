import { assert } from '../base/assert.ts';
import { type BugSwitches, noBugs } from '../bugs.ts';
import { walFilesKept, walSegmentBytes } from '../limits.ts';
import type { Disk, Token } from '../ports.ts';
import { isEmptyHardState, emptyHardState, type Entry, type HardState } from '../raft/entry.ts';
import { NodeIdTable } from '../base/node_ids.ts';
import { ProtobufWriter } from '../base/protobuf.ts';
import {
  hardStateCodec,
  writeSnapshotMark,
  writeWalEntry,
  type HardStateCodec,
  type SnapshotMark,
} from './payloads.ts';
import { FrameWriter, RecordType } from './record.ts';
import { formatSegmentName, type SegmentName } from './segment_name.ts';

export interface WalOptions {
  /** A disk token that the log uses for its own steps; the member hands its completions to `onDisk`. */
  readonly stepToken: Token;
  /** A segment that has grown to this size is followed by a new one. */
  readonly segmentBytes?: number;
  /** For a log with ids of 64 bits; the log makes one of its own if it gets none. */
  readonly ids?: NodeIdTable;
  readonly bugs?: BugSwitches;
}

/** Where a recovered or new log goes on. */
export interface WalTail {
  readonly segments: readonly SegmentName[];
  /** Position of the first segment that is still needed; 0 if left out. */
  readonly keptFrom?: number;
  readonly metadata: Uint8Array;
  readonly hardState: HardState;
  readonly lastIndex: number;
  readonly crc: number;
  readonly offsetBytes: number;
}

interface Naming {
  readonly from: string;
  readonly to: string;
  /** Directory that holds the name. */
  readonly parent: string;
}

/** Whether an answer that rests on these must wait for a sync: not if only the commit index moved (etcd: raft.MustSync). */
export function mustSync(next: HardState | null, previous: HardState, entryCount: number): boolean {
  if (entryCount > 0) return true;
  return next !== null && (next.term !== previous.term || next.vote !== previous.vote);
}

/** The directory holds a log (which may be damaged), so it must be recovered, not created. */
export function walExists(disk: Disk, directory: string): boolean {
  return disk.list(directory).some((name) => name.endsWith('.wal'));
}

const body = new ProtobufWriter();

/**
 * The write-ahead log: hard states and entries in etcd's segment files. Only ever appended to. Some steps must be durable before
 * the next may reach the disk (a new file's bytes before its name, a cut tail before what replaces it). While such a step is under
 * way (`ready` is false), what is saved stays in memory and syncs wait: their tokens complete when everything is durable.
 */
export class Wal {
  private readonly disk: Disk;
  private readonly directory: string;
  private readonly stepToken: Token;
  private readonly segmentBytes: number;
  private readonly segments: SegmentName[];
  private readonly metadata: Uint8Array;
  private readonly writer: FrameWriter;
  private readonly codec: HardStateCodec;
  private hardState: HardState;
  private keptFrom: number;
  private lastIndex: number;
  /** End of the log in its last file, without what still waits in the writer. */
  private offset: number;
  private tailPath: string;
  /** Steps submitted and not completed; the log is written to only at 0. */
  private stepsUnderWay = 0;
  private naming: Naming | null = null;
  private waitingSyncs: Token[] = [];
  private readonly syncsNames: boolean;

  constructor(disk: Disk, directory: string, tail: WalTail, options: WalOptions) {
    this.disk = disk;
    this.directory = directory;
    this.stepToken = options.stepToken;
    this.segmentBytes = options.segmentBytes ?? walSegmentBytes;
    this.segments = [...tail.segments];
    this.metadata = tail.metadata;
    this.writer = new FrameWriter(tail.crc);
    this.codec = hardStateCodec(options.ids ?? new NodeIdTable());
    this.hardState = tail.hardState;
    this.keptFrom = tail.keptFrom ?? 0;
    this.lastIndex = tail.lastIndex;
    this.offset = tail.offsetBytes;
    this.tailPath = `${directory}/${formatSegmentName(this.lastSegment)}`;
    this.syncsNames = !(options.bugs ?? noBugs).has('rename-not-synced');
  }

  /**
   * Starts an empty log. Its directory appears under its name only when its first file is complete; call `sync` to learn when
   * that is durable. The parent directory must exist. A half-made log of an earlier attempt is replaced.
   */
  static create(disk: Disk, directory: string, metadata: Uint8Array, options: WalOptions): Wal {
    assert(!walExists(disk, directory), `${directory} already holds a log`);
    const first = { sequence: 0, firstIndex: 0 };
    const tail = {
      segments: [first],
      metadata,
      hardState: emptyHardState,
      lastIndex: 0,
      crc: 0,
      offsetBytes: 0,
    };
    const wal = new Wal(disk, directory, tail, options);
    const making = `${directory}.tmp`;
    for (const name of disk.list(making)) disk.remove(`${making}/${name}`);
    disk.makeDirectory(making);
    wal.writer.append(RecordType.crc, null);
    wal.writer.append(RecordType.metadata, metadata);
    wal.append(RecordType.snapshot, writeSnapshotMark, { index: 0, term: 0 });
    const file = `${making}/${formatSegmentName(first)}`;
    wal.flushTo(file);
    wal.step(() => disk.sync(file, wal.stepToken));
    wal.step(() => disk.syncDirectory(making, wal.stepToken));
    wal.naming = { from: making, to: directory, parent: parentOf(directory) };
    return wal;
  }

  /** False while a step is under way; saving and syncing are allowed all the same. */
  get ready(): boolean {
    return this.stepsUnderWay === 0;
  }

  /** The segment files, first to last. */
  get segmentNames(): readonly SegmentName[] {
    return this.segments;
  }

  /** Index of the last entry saved. */
  get lastEntryIndex(): number {
    return this.lastIndex;
  }

  private get lastSegment(): SegmentName {
    const last = this.segments.at(-1);
    assert(last !== undefined, 'a log has a segment');
    return last;
  }

  /**
   * Appends entries, then the hard state (null or empty: none). Returns whether answers that rest on them must wait for a sync.
   * Write errors come with the completion of the next sync.
   */
  save(hardState: HardState | null, entries: readonly Entry[]): boolean {
    const needsSync = mustSync(hardState, this.hardState, entries.length);
    for (const entry of entries) {
      this.append(RecordType.entry, writeWalEntry, entry);
      this.lastIndex = entry.index;
    }
    if (hardState !== null && !isEmptyHardState(hardState)) {
      this.append(RecordType.state, this.codec.write, hardState);
      this.hardState = hardState;
    }
    this.flush();
    return needsSync;
  }

  private append<Value>(
    type: RecordType,
    write: (writer: ProtobufWriter, value: Value) => void,
    value: Value,
  ): void {
    body.reset();
    write(body, value);
    this.writer.append(type, body.written, body.length);
  }

  /** Notes that the state up to this entry is in a snapshot, whose file must be durable already. */
  saveSnapshot(mark: SnapshotMark): void {
    this.append(RecordType.snapshot, writeSnapshotMark, mark);
    if (mark.index > this.lastIndex) this.lastIndex = mark.index;
    this.flush();
  }

  /** The token completes when everything saved so far is durable. Syncs complete in the order of their submission. */
  sync(token: Token): void {
    if (this.ready) this.disk.sync(this.tailPath, token);
    else this.waitingSyncs.push(token);
  }

  /**
   * Tells of a completed sync. True if it was one of the log's own steps. A sync that failed must not be handed over: the log is
   * not to be trusted any more, and the member stops.
   */
  onDisk(token: Token): boolean {
    if (token !== this.stepToken) return false;
    assert(this.stepsUnderWay > 0, 'a completed step of the log was under way');
    this.stepsUnderWay--;
    if (this.stepsUnderWay > 0) return true;
    const { naming, disk } = this;
    if (naming === null) {
      this.goOn();
      return true;
    }
    this.naming = null;
    disk.rename(naming.from, naming.to);
    if (this.syncsNames) this.step(() => disk.syncDirectory(naming.parent, this.stepToken));
    else this.goOn();
    return true;
  }

  /** Submits a sync that must complete before the log is written to again. */
  step(submit: () => void): void {
    this.stepsUnderWay++;
    submit();
  }

  /**
   * What is at or below this index is in a snapshot: files that only hold such entries may be purged. The file that contains the
   * index is kept, for the log is opened there. Releasing an index below an earlier one changes nothing.
   */
  release(index: number): void {
    const reached = this.segments.findIndex(({ firstIndex }) => firstIndex >= index);
    const kept = Math.max(0, (reached < 0 ? this.segments.length : reached) - 1);
    if (kept > this.keptFrom) this.keptFrom = kept;
  }

  /**
   * Removes released files, oldest first, until `keepFiles` are left. Returns how many. Nothing waits for the removals to be durable:
   * a file that a crash brings back is not read, and is purged again.
   */
  purge(keepFiles = walFilesKept): number {
    const count = Math.max(0, Math.min(this.keptFrom, this.segments.length - keepFiles));
    for (const segment of this.segments.splice(0, count)) {
      this.disk.remove(`${this.directory}/${formatSegmentName(segment)}`);
    }
    this.keptFrom -= count;
    return count;
  }

  private goOn(): void {
    const waiting = this.waitingSyncs;
    this.waitingSyncs = [];
    this.flush();
    for (const token of waiting) this.sync(token);
  }

  private flush(): void {
    if (!this.ready || this.writer.length === 0) return;
    this.flushTo(this.tailPath);
    if (this.offset >= this.segmentBytes) this.cut();
  }

  private flushTo(path: string): void {
    this.disk.write(path, this.offset, this.writer.view());
    this.offset += this.writer.length;
    this.writer.clear();
  }

  /**
   * Ends the last file and begins the next: under another name until both are durable, because only the last file may have a torn
   * tail.
   */
  private cut(): void {
    const { disk } = this;
    const finished = this.tailPath;
    const next = { sequence: this.lastSegment.sequence + 1, firstIndex: this.lastIndex + 1 };
    this.segments.push(next);
    this.tailPath = `${this.directory}/${formatSegmentName(next)}`;
    this.offset = 0;
    this.writer.append(RecordType.crc, null);
    this.writer.append(RecordType.metadata, this.metadata);
    if (!isEmptyHardState(this.hardState)) {
      this.append(RecordType.state, this.codec.write, this.hardState);
    }
    const making = `${this.tailPath}.tmp`;
    this.flushTo(making);
    this.step(() => disk.sync(finished, this.stepToken));
    this.step(() => disk.sync(making, this.stepToken));
    this.naming = { from: making, to: this.tailPath, parent: this.directory };
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
