import { equalBytes } from '../base/bytes.ts';
import { ProtobufError, ProtobufReader } from '../base/protobuf.ts';
import { emptyHardState, type Entry, type HardState } from '../raft/entry.ts';
import type { NodeIdTable } from '../base/node_ids.ts';
import {
  decodedExactly,
  hardStateCodec,
  readSnapshotMark,
  readWalEntry,
  writeWalEntry,
  type HardStateCodec,
  type SnapshotMark,
} from './payloads.ts';
import { RecordType } from './record.ts';
import { crcText, type SegmentReader } from './segment_reader.ts';
import { WalError, type WalErrorKind } from './wal_error.ts';

/**
 * Takes the records of a log in order and keeps what holds at its end. A record's type has no checksum, so what stands where, and
 * whether a hard state could follow the one before it, is checked here.
 */
export class Replay {
  metadata: Uint8Array | null = null;
  hardState: HardState = emptyHardState;
  /** Without gaps, from the one after the base on. */
  readonly entries: Entry[] = [];
  readonly snapshots: SnapshotMark[] = [];
  /** Index of the last entry or of a snapshot that replaced the log, 0 for none. */
  lastIndex = 0;
  /** Of the entry at `lastIndex`; 0 if it stands in a file before the first one read. */
  private lastTerm = 0;
  /** Null: nobody wants the entries. */
  private readonly base: SnapshotMark | null;
  /** A log without a snapshot has the mark of index 0 at its beginning (etcd: wal.Create). */
  private baseFound: boolean;
  /** Term of the entry at the base's index, 0 if none was read. */
  private termAtBase = 0;
  private readonly codec: HardStateCodec;
  private path = '';
  private offset = 0;
  private recordsInSegment = 0;
  private readonly chained: boolean;

  /** `chained`: a file that does not continue the checksums of the file before is refused, as it must be. */
  constructor(base: SnapshotMark | null, ids: NodeIdTable, chained = true) {
    this.base = base;
    this.chained = chained;
    this.baseFound = base === null;
    this.codec = hardStateCodec(ids);
  }

  /** Before the first segment: a file is named after the index that followed the log's last one when it was begun. */
  startLog(firstIndex: number): void {
    this.lastIndex = Math.max(0, firstIndex - 1);
  }

  startSegment(path: string): void {
    this.path = path;
    this.recordsInSegment = 0;
  }

  /** A segment's first records are written before it gets its name, so they can't be missing because of a crash. */
  finishSegment(endOffset: number): void {
    this.offset = endOffset;
    if (this.recordsInSegment < 2) {
      throw this.error('torn', 'a crc and a metadata record', `${this.recordsInSegment} records`);
    }
  }

  /** After the last segment: what was read must be a log that goes on from the base. */
  finishLog(): void {
    const { base, entries } = this;
    if (base === null) return;
    if (!this.baseFound) throw this.error('snapshotNotFound', markText(base), 'no record of it');
    const { commit } = this.hardState;
    if (base.index > commit) {
      throw this.error('snapshotNotFound', `a commit of at least ${base.index}`, `commit ${commit}`);
    }
    const end = base.index + entries.length;
    if (commit > end) throw this.error('gap', `entries up to commit ${commit}`, `entries up to ${end}`);
  }

  /** `crcBefore` is the checksum of the chain before this record; null for the first record of the log. */
  take(reader: SegmentReader, crcBefore: number | null): void {
    this.offset = reader.frameStart;
    const position = this.recordsInSegment++;
    const { type } = reader;
    if (position === 0 || type === RecordType.crc) this.takeCrc(reader, position, crcBefore);
    else if (position === 1 || type === RecordType.metadata) this.takeMetadata(reader, position);
    else if (type === RecordType.entry) this.takeEntry(reader.data);
    else if (type === RecordType.state) this.takeState(reader.data);
    else this.takeSnapshot(reader.data);
  }

  private takeCrc(reader: SegmentReader, position: number, crcBefore: number | null): void {
    if (position !== 0 || reader.type !== RecordType.crc) {
      const found = `a record of type ${reader.type} as number ${position}`;
      throw this.error('badRecord', 'a crc record as number 0 and nowhere else', found);
    }
    if (this.chained && crcBefore !== null && crcBefore !== reader.crc) {
      throw this.error('crcMismatch', crcText(crcBefore), crcText(reader.crc));
    }
  }

  private takeMetadata(reader: SegmentReader, position: number): void {
    if (reader.type !== RecordType.metadata || position !== 1) {
      const found = `a record of type ${reader.type} as number ${position}`;
      throw this.error('badRecord', 'a metadata record as number 1 and nowhere else', found);
    }
    if (this.metadata !== null && !equalBytes(this.metadata, reader.data)) {
      const bytes = (data: Uint8Array) => `metadata of ${data.length} bytes: ${data.join(' ')}`;
      throw this.error('metadataConflict', bytes(this.metadata), bytes(reader.data));
    }
    this.metadata = reader.data.slice();
  }

  /** An entry replaces the one at its index and all that follow: they were a deposed leader's. */
  private takeEntry(data: Uint8Array): void {
    const entry = decodedExactly(readWalEntry, writeWalEntry, data);
    if (entry === null) throw this.error('badRecord', 'an entry', `${data.length} other bytes`);
    const { index, term } = entry;
    const { commit } = this.hardState;
    const found = `index ${index}`;
    if (index > this.lastIndex + 1) {
      throw this.error('gap', `an entry of at most index ${this.lastIndex + 1}`, found);
    }
    if (index <= commit) throw this.error('badRecord', `an entry above commit ${commit}`, found);
    const before = this.termBefore(index);
    if (term < before || term === 0) {
      throw this.error('badRecord', `an entry of term ${Math.max(before, 1)} or above`, `term ${term}`);
    }
    this.keep(entry);
    this.lastIndex = index;
    this.lastTerm = term;
  }

  /** Term of the entry before this index, 0 if it is not known. */
  private termBefore(index: number): number {
    if (index === this.lastIndex + 1) return this.lastTerm;
    return this.base === null ? 0 : (this.entries[index - this.base.index - 2]?.term ?? 0);
  }

  private keep(entry: Entry): void {
    const { base, entries } = this;
    if (base === null) return;
    const place = entry.index - base.index - 1;
    if (place > entries.length) {
      const expected = `an entry of at most index ${base.index + entries.length + 1}`;
      throw this.error('gap', expected, `index ${entry.index}`);
    }
    entries.length = Math.max(0, place);
    if (place >= 0) entries.push(entry);
    else this.termAtBase = place === -1 ? entry.term : 0;
  }

  private takeState(data: Uint8Array): void {
    const state = decodedExactly(this.codec.read, this.codec.write, data);
    if (state === null) throw this.error('badRecord', 'a hard state', `${data.length} other bytes`);
    const { term, vote, commit } = this.hardState;
    const votedOtherwise = state.term === term && vote !== 0 && state.vote !== vote;
    if (state.term < term || state.term === 0 || votedOtherwise || state.commit < commit) {
      const expected = `a hard state after term ${term}, vote ${vote}, commit ${commit}`;
      const found = `term ${state.term}, vote ${state.vote}, commit ${state.commit}`;
      throw this.error('badRecord', expected, found);
    }
    if (state.commit > this.lastIndex) {
      throw this.error('badRecord', `a commit of at most ${this.lastIndex}`, `commit ${state.commit}`);
    }
    this.hardState = state;
  }

  private takeSnapshot(data: Uint8Array): void {
    try {
      const mark = readSnapshotMark(new ProtobufReader(data));
      this.snapshots.push(mark);
      this.applySnapshot(mark);
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error;
      throw this.error('badRecord', 'a snapshot mark', error.message);
    }
  }

  /**
   * A snapshot from the leader replaces a log that lacks its entry or has another one there; entries beyond were a deposed
   * leader's. The member's own snapshots name an entry of the log and change nothing.
   */
  private applySnapshot(mark: SnapshotMark): void {
    const { base, entries } = this;
    const place = base === null ? -1 : mark.index - base.index - 1;
    if (base !== null && mark.index === base.index) {
      if (mark.term !== base.term) throw this.error('snapshotMismatch', markText(base), markText(mark));
      this.baseFound = true;
    }
    const known = place >= 0 ? (entries[place]?.term ?? 0) : place === -1 ? this.termAtBase : mark.term;
    const replaces = mark.index > this.lastIndex || (base !== null && known !== 0 && known !== mark.term);
    if (!replaces) return;
    this.lastIndex = mark.index;
    this.lastTerm = mark.term;
    if (place < 0) entries.length = 0;
    else if (place < entries.length) entries.length = place;
  }

  error(kind: WalErrorKind, expected: string, found: string): WalError {
    return new WalError(kind, this.path, this.offset, expected, found);
  }
}

function markText({ index, term }: SnapshotMark): string {
  return `a snapshot of index ${index}, term ${term}`;
}
