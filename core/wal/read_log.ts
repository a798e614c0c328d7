import { type BugSwitches, noBugs } from '../bugs.ts';
import type { Disk } from '../ports.ts';
import type { NodeIdTable } from '../base/node_ids.ts';
import type { SnapshotMark } from './payloads.ts';
import { lengthFieldBytes } from './record.ts';
import { Replay } from './replay.ts';
import { formatSegmentName, type SegmentName } from './segment_name.ts';
import { SegmentReader } from './segment_reader.ts';
import { isTornTail, isZero, lostBit, lostLength } from './tail.ts';
import { WalError } from './wal_error.ts';

/** What is to be done to the last file before it may be appended to. */
export interface Tail {
  readonly path: string;
  /** The file's, with what was put back. */
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly crc: number;
  readonly cutBytes: number;
  /** A record stops short: the file is kept as `.broken`. */
  readonly broken: boolean;
}

export interface ReadLog {
  readonly replay: Replay;
  readonly tail: Tail;
}

/**
 * Reads these segments, of which the last is the log's last, without changing anything. The entries behind `base` are kept; with
 * null none are, and the log need not go on from anywhere. Throws WalError and DiskError.
 */
export function readLog(
  disk: Disk,
  directory: string,
  segments: readonly SegmentName[],
  base: SnapshotMark | null,
  ids: NodeIdTable,
  bugs: BugSwitches = noBugs,
): ReadLog {
  const replay = new Replay(base, ids, !bugs.has('log-chain-per-file'));
  let tail: Tail | null = null;
  let crc: number | null = null;
  segments.forEach((segment, position) => {
    const path = `${directory}/${formatSegmentName(segment)}`;
    if (position === 0) replay.startLog(segment.firstIndex);
    replay.startSegment(path);
    const bytes = disk.read(path, 0, disk.sizeBytes(path));
    const isTorn = position === segments.length - 1 ? tornBy(bugs) : () => false;
    tail = readSegment(path, bytes, replay, crc, position === segments.length - 1, isTorn);
    crc = tail.crc;
    replay.finishSegment(tail.end);
  });
  replay.finishLog();
  return { replay, tail: tail as unknown as Tail };
}

/** What at the end of the log's last file counts as the trace of a crash. */
function tornBy(bugs: BugSwitches): (reader: SegmentReader) => boolean {
  if (bugs.has('log-cut-at-any-damage')) return () => true;
  if (bugs.has('torn-tail-is-fatal')) return () => false;
  return isTornTail;
}

function readSegment(
  path: string,
  bytes: Uint8Array,
  replay: Replay,
  crcBefore: number | null,
  last: boolean,
  isTorn: (reader: SegmentReader) => boolean,
): Tail {
  const reader = new SegmentReader(bytes, crcBefore ?? 0);
  let before = crcBefore;
  for (;;) {
    while (reader.next()) {
      replay.take(reader, before);
      before = reader.crc;
    }
    if (!last || !restore(reader)) break;
  }
  const { offset, crc, damage } = reader;
  const whole = damage === null && isZero(bytes, offset, bytes.length);
  if (!whole && !isTorn(reader)) {
    const stale = { kind: 'badRecord', expected: 'zeros behind the end', found: 'other bytes' } as const;
    const { kind, expected, found } = damage ?? stale;
    throw new WalError(kind, path, offset, expected, found);
  }
  let end = bytes.length;
  while (end > offset && bytes[end - 1] === 0) end--;
  return { path, bytes, end: offset, crc, cutBytes: end - offset, broken: damage !== null };
}

/** Puts back what a lost sector is known to have held, so that the reader can go on; false if there is nothing like that. */
function restore(reader: SegmentReader): boolean {
  const { bytes, offset } = reader;
  if (reader.damage === null) {
    const length = lostLength(reader);
    if (length > 0) writeLength(bytes, offset, length);
    return length > 0;
  }
  const bit = lostBit(reader);
  if (bit === null) return false;
  bytes[bit.offset] = (bytes[bit.offset] as number) | bit.mask;
  reader.damage = null;
  return true;
}

function writeLength(bytes: Uint8Array, at: number, length: number): void {
  let rest = length;
  for (let i = 0; i < lengthFieldBytes; i++) {
    bytes[at + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}
