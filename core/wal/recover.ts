import type { Disk } from '../ports.ts';
import type { Entry, HardState } from '../raft/entry.ts';
import type { SnapshotMark } from './payloads.ts';
import { lengthFieldBytes } from './record.ts';
import { Replay } from './replay.ts';
import { formatSegmentName, parseSegmentName, type SegmentName } from './segment_name.ts';
import { SegmentReader } from './segment_reader.ts';
import { isTornTail, isZero, lostBit, lostLength } from './tail.ts';
import { Wal, type WalOptions } from './wal.ts';
import { WalError } from './wal_error.ts';

export interface Recovered {
  /** Ready to be appended to. Answer nothing that rests on what was recovered before a `sync` of it has completed. */
  readonly wal: Wal;
  readonly metadata: Uint8Array;
  readonly hardState: HardState;
  /** From index 1 on, without gaps. */
  readonly entries: readonly Entry[];
  /** In the order of their records. */
  readonly snapshots: readonly SnapshotMark[];
  /** Bytes of a torn tail that were cut off; 0 for a log with a whole end. */
  readonly cutBytes: number;
}

/** What is to be done to the last file before it may be appended to. */
interface Tail {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly crc: number;
  readonly cutBytes: number;
  /** A record stops short: the file is kept as `.broken`. */
  readonly broken: boolean;
  /** What was put back. */
  readonly restored: readonly Patch[];
}

interface Patch {
  readonly offset: number;
  readonly length: number;
}

/**
 * Reads a log after a restart. A torn tail of the last file is cut off, and what stands behind the log's end becomes zeros.
 * Throws WalError if there is no log or it can't be trusted, DiskError if it can't be read.
 */
export function recoverWal(disk: Disk, directory: string, options: WalOptions): Recovered {
  const segments = findSegments(disk, directory);
  const replay = new Replay();
  let tail: Tail | null = null;
  let crc: number | null = null;
  segments.forEach((segment, position) => {
    const path = `${directory}/${formatSegmentName(segment)}`;
    replay.startSegment(path);
    const bytes = disk.read(path, 0, disk.sizeBytes(path));
    tail = readSegment(path, bytes, replay, crc, position === segments.length - 1);
    crc = tail.crc;
    replay.finishSegment(tail.end);
  });
  return repaired(disk, directory, segments, replay, tail as unknown as Tail, options);
}

function findSegments(disk: Disk, directory: string): SegmentName[] {
  const segments: SegmentName[] = [];
  for (const name of disk.list(directory)) {
    const segment = parseSegmentName(name);
    if (segment !== null) segments.push(segment);
  }
  if (segments.length === 0) throw new WalError('notFound', directory, 0, 'files *.wal', 'none');
  segments.sort((a, b) => a.sequence - b.sequence || a.firstIndex - b.firstIndex);
  for (let i = 1; i < segments.length; i++) {
    const expected = (segments[i - 1] as SegmentName).sequence + 1;
    const segment = segments[i] as SegmentName;
    if (segment.sequence !== expected) {
      const path = `${directory}/${formatSegmentName(segment)}`;
      throw new WalError('missingSegment', path, 0, `number ${expected}`, `number ${segment.sequence}`);
    }
  }
  return segments;
}

function readSegment(
  path: string,
  bytes: Uint8Array,
  replay: Replay,
  crcBefore: number | null,
  last: boolean,
): Tail {
  const reader = new SegmentReader(bytes, crcBefore ?? 0);
  const restored: Patch[] = [];
  let before = crcBefore;
  for (;;) {
    while (reader.next()) {
      replay.take(reader, before);
      before = reader.crc;
    }
    const patch = last ? restore(reader) : null;
    if (patch === null) break;
    restored.push(patch);
  }
  const { offset, crc, damage } = reader;
  const whole = damage === null && isZero(bytes, offset, bytes.length);
  if (!whole && !(last && isTornTail(reader))) {
    const stale = { kind: 'badRecord', expected: 'zeros behind the end', found: 'other bytes' } as const;
    const { kind, expected, found } = damage ?? stale;
    throw new WalError(kind, path, offset, expected, found);
  }
  let end = bytes.length;
  while (end > offset && bytes[end - 1] === 0) end--;
  return { path, bytes, end: offset, crc, cutBytes: end - offset, broken: damage !== null, restored };
}

/** Puts back what a lost sector is known to have held, so that the reader can go on; null if there is nothing like that. */
function restore(reader: SegmentReader): Patch | null {
  const { bytes, offset } = reader;
  if (reader.damage === null) {
    const length = lostLength(reader);
    if (length === 0) return null;
    writeLength(bytes, offset, length);
    return { offset, length: lengthFieldBytes };
  }
  const bit = lostBit(reader);
  if (bit === null) return null;
  bytes[bit.offset] = (bytes[bit.offset] as number) | bit.mask;
  reader.damage = null;
  return { offset: bit.offset, length: 1 };
}

function writeLength(bytes: Uint8Array, at: number, length: number): void {
  let rest = length;
  for (let i = 0; i < lengthFieldBytes; i++) {
    bytes[at + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

/** The log, once its last file is fit to be appended to. */
function repaired(
  disk: Disk,
  directory: string,
  segments: readonly SegmentName[],
  replay: Replay,
  tail: Tail,
  options: WalOptions,
): Recovered {
  const { metadata, hardState, entries, snapshots } = replay;
  if (metadata === null) throw replay.error('badRecord', 'a metadata record', 'none');
  const { path, bytes, crc, cutBytes } = tail;
  const position = { segments, metadata, hardState, crc, offsetBytes: tail.end };
  const lastIndex = Math.max(replay.lastIndex, ...snapshots.map((mark) => mark.index));
  const wal = new Wal(disk, directory, { ...position, lastIndex }, options);
  for (const name of disk.list(directory)) {
    if (name.endsWith('.tmp')) disk.remove(`${directory}/${name}`);
  }
  if (tail.broken) {
    const copy = `${path}.broken`;
    if (disk.sizeBytes(copy) >= 0) disk.remove(copy);
    disk.write(copy, 0, bytes);
    wal.step(() => disk.sync(copy, options.stepToken));
  }
  for (const { offset, length } of tail.restored) {
    disk.write(path, offset, bytes.subarray(offset, offset + length));
  }
  if (tail.end < bytes.length) disk.truncate(path, tail.end);
  // Also makes durable what a killed process had left in the page cache.
  wal.step(() => disk.sync(path, options.stepToken));
  wal.step(() => disk.syncDirectory(directory, options.stepToken));
  return { wal, metadata, hardState, entries, snapshots, cutBytes };
}
