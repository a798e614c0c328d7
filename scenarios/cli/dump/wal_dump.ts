import { NodeIdTable } from '../../../core/base/node_ids.ts';
import { ProtobufReader } from '../../../core/base/protobuf.ts';
import { DiskError, type Disk } from '../../../core/ports.ts';
import type { Entry } from '../../../core/raft/entry.ts';
import { formatSegmentName, type SnapshotMark, WalError } from '../../../core/wal/index.ts';
import { readWalEntry } from '../../../core/wal/payloads.ts';
import { readLog } from '../../../core/wal/read_log.ts';
import { RecordType } from '../../../core/wal/record.ts';
import { Replay } from '../../../core/wal/replay.ts';
import { SegmentReader } from '../../../core/wal/segment_reader.ts';
import type { SegmentName } from '../../../core/wal/segment_name.ts';
import { lastRow, listSegments } from '../../../core/wal/segments.ts';
import { isTornTail, isZero } from '../../../core/wal/tail.ts';

export interface DumpedSegment {
  readonly name: string;
  readonly sizeBytes: number;
  readonly records: number;
  /** Up to here there are whole records. */
  readonly logBytes: number;
  /** 'skipped': behind damage, or before a hole in the row of files. */
  readonly status: 'read' | 'skipped';
}

export interface DumpedEntry {
  readonly entry: Entry;
  /** A later leader's entry has taken its place. */
  replaced: boolean;
}

export interface WalDamage {
  readonly file: string;
  readonly offsetBytes: number;
  /** What was expected and what was found. */
  readonly text: string;
  /** 'repairable': a crash leaves this, and opening the log cuts it off or puts it back. */
  readonly verdict: 'repairable' | 'fatal';
}

export interface WalDump {
  readonly node: bigint;
  readonly cluster: bigint;
  readonly segments: readonly DumpedSegment[];
  readonly snapshots: readonly SnapshotMark[];
  readonly hardState: { readonly term: number; readonly vote: bigint; readonly commit: number };
  /** In the order of their records. */
  readonly entries: readonly DumpedEntry[];
  readonly damage: WalDamage | null;
}

/** Reads a log record by record, as far as it can be trusted. Throws WalError if there is none. */
export function dumpWal(disk: Disk, directory: string): WalDump {
  const all = listSegments(disk, directory);
  const row = lastRow(all);
  const walk = new Walk(disk, directory);
  const segments = all.map((segment) => {
    const last = segment === row.at(-1);
    return row.includes(segment) && walk.damage === null
      ? walk.segment(segment, last)
      : walk.skipped(segment);
  });
  const { replay, ids, damage } = walk;
  const owner = ownerOf(replay.metadata ?? new Uint8Array(0));
  const { term, vote, commit } = replay.hardState;
  return {
    ...owner,
    segments,
    snapshots: replay.snapshots,
    hardState: { term, vote: ids.foreign(vote), commit },
    entries: walk.entries,
    damage: damage === null ? null : { ...damage, verdict: verdictOn(disk, directory, row) },
  };
}

/** What opening the log says of the damage. */
function verdictOn(disk: Disk, directory: string, row: readonly SegmentName[]): WalDamage['verdict'] {
  try {
    readLog(disk, directory, row, null, new NodeIdTable());
    return 'repairable';
  } catch (error) {
    if (error instanceof WalError || error instanceof DiskError) return 'fatal';
    throw error;
  }
}

class Walk {
  readonly ids = new NodeIdTable();
  readonly replay = new Replay(null, this.ids);
  readonly entries: DumpedEntry[] = [];
  damage: Omit<WalDamage, 'verdict'> | null = null;
  private readonly disk: Disk;
  private readonly directory: string;
  /** Positions in `entries` of those that are not replaced, by index. */
  private readonly live = new Map<number, number>();
  private highest = 0;
  private crc: number | null = null;

  constructor(disk: Disk, directory: string) {
    this.disk = disk;
    this.directory = directory;
  }

  private path(segment: SegmentName): string {
    return `${this.directory}/${formatSegmentName(segment)}`;
  }

  skipped(segment: SegmentName): DumpedSegment {
    const sizeBytes = this.disk.sizeBytes(this.path(segment));
    return { name: formatSegmentName(segment), sizeBytes, records: 0, logBytes: 0, status: 'skipped' };
  }

  segment(segment: SegmentName, last: boolean): DumpedSegment {
    const { disk, replay } = this;
    const path = this.path(segment);
    const name = formatSegmentName(segment);
    const sizeBytes = disk.sizeBytes(path);
    if (this.crc === null) replay.startLog(segment.firstIndex);
    replay.startSegment(path);
    const bytes = disk.read(path, 0, sizeBytes);
    const reader = new SegmentReader(bytes, this.crc ?? 0);
    let records = 0;
    let end = 0;
    try {
      while (reader.next()) {
        replay.take(reader, this.crc);
        if (reader.type === RecordType.entry) this.keep(readWalEntry(new ProtobufReader(reader.data)));
        this.crc = reader.crc;
        records++;
        end = reader.offset;
      }
      this.noteEnd(reader, name, last);
      if (this.damage === null) replay.finishSegment(end);
    } catch (error) {
      if (!(error instanceof WalError)) throw error;
      this.damage = { file: name, offsetBytes: error.offsetBytes, text: textOf(error) };
    }
    return { name, sizeBytes, records, logBytes: end, status: 'read' };
  }

  /** The reader stopped: at the log's end, or not. */
  private noteEnd(reader: SegmentReader, file: string, last: boolean): void {
    const { bytes, offset, damage } = reader;
    if (damage !== null) {
      const torn = last && isTornTail(reader) ? 'torn tail: ' : '';
      const text = `${torn}expected ${damage.expected}, found ${damage.found}`;
      this.damage = { file, offsetBytes: offset, text };
    } else if (!isZero(bytes, offset, bytes.length)) {
      const text = "expected zeros behind the log's end, found other bytes";
      this.damage = { file, offsetBytes: offset, text };
    }
  }

  private keep(entry: Entry): void {
    for (let index = entry.index; index <= this.highest; index++) {
      const position = this.live.get(index);
      if (position !== undefined) (this.entries[position] as DumpedEntry).replaced = true;
      this.live.delete(index);
    }
    this.live.set(entry.index, this.entries.length);
    this.highest = entry.index;
    this.entries.push({ entry, replaced: false });
  }
}

/** etcdserverpb.Metadata. */
function ownerOf(metadata: Uint8Array): { readonly node: bigint; readonly cluster: bigint } {
  const reader = new ProtobufReader(metadata);
  let node = 0n;
  let cluster = 0n;
  while (reader.next()) {
    if (reader.field === 1) node = reader.uint64();
    else if (reader.field === 2) cluster = reader.uint64();
    else reader.skip();
  }
  return { node, cluster };
}

/** An error's message without its place, which is told apart. */
function textOf({ message }: WalError): string {
  return message.slice(message.indexOf(': expected ') + 2);
}
