import { equalBytes } from '../base/bytes.ts';
import { ProtobufError, ProtobufReader } from '../base/protobuf.ts';
import { emptyHardState, type Entry, type HardState } from '../raft/entry.ts';
import { readHardState, writeHardState } from '../raft/wire.ts';
import {
  decodedExactly,
  readSnapshotMark,
  readWalEntry,
  writeWalEntry,
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
  readonly entries: Entry[] = [];
  readonly snapshots: SnapshotMark[] = [];
  private path = '';
  private offset = 0;
  private recordsInSegment = 0;

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

  /** Index of the last entry, 0 for none. */
  get lastIndex(): number {
    return this.entries.at(-1)?.index ?? 0;
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
    if (crcBefore !== null && crcBefore !== reader.crc) {
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
    if (index > this.lastIndex + 1) {
      throw this.error('gap', `an entry of at most index ${this.lastIndex + 1}`, `index ${index}`);
    }
    if (index <= commit) throw this.error('badRecord', `an entry above commit ${commit}`, `index ${index}`);
    this.entries.length = index - 1;
    const before = this.entries.at(-1)?.term ?? 0;
    if (term < before || term === 0) {
      throw this.error('badRecord', `an entry of term ${Math.max(before, 1)} or above`, `term ${term}`);
    }
    this.entries.push(entry);
  }

  private takeState(data: Uint8Array): void {
    const state = decodedExactly(readHardState, writeHardState, data);
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
      this.snapshots.push(readSnapshotMark(new ProtobufReader(data)));
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error;
      throw this.error('badRecord', 'a snapshot mark', error.message);
    }
  }

  error(kind: WalErrorKind, expected: string, found: string): WalError {
    return new WalError(kind, this.path, this.offset, expected, found);
  }
}
