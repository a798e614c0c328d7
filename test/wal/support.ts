import { nodeId } from '../../core/base/ids.ts';
import { EntryType, makeEntry, type Entry, type HardState } from '../../core/raft/entry.ts';
import {
  openWal,
  recoverWal,
  Wal,
  type Recovered,
  type SnapshotMark,
  type WalError,
} from '../../core/wal/index.ts';
import { ascii, DiskBench } from '../disk/host.ts';

export const directory = 'member/wal';
export const metadata = Uint8Array.of(8, 1, 16, 2);
export const stepToken = 1;
const firstName = '0000000000000000-0000000000000000.wal';
export const firstPath = `${directory}/${firstName}`;

export function entry(index: number, term = 1, data = `entry ${index}`): Entry {
  return makeEntry(term, index, EntryType.normal, ascii(data));
}

export function state(term: number, vote: number, commit: number): HardState {
  return { term, vote: nodeId(vote), commit };
}

/** A disk with a log on it. `done` lists the tokens that have completed. */
export class WalBench extends DiskBench {
  wal: Wal | null = null;
  readonly done: number[] = [];
  readonly segmentBytes: number;

  constructor(seed = 'wal', segmentBytes = 64_000_000) {
    super(seed);
    this.segmentBytes = segmentBytes;
    this.makeParent();
  }

  makeParent(): void {
    this.disk.makeDirectory('member');
    this.disk.syncDirectory('', 0);
  }

  private get options() {
    return { stepToken, segmentBytes: this.segmentBytes };
  }

  create(): Wal {
    this.wal = Wal.create(this.disk, directory, metadata, this.options);
    return this.wal;
  }

  recover(): Recovered {
    const recovered = recoverWal(this.disk, directory, this.options);
    this.wal = recovered.wal;
    return recovered;
  }

  /** Recovers from a snapshot on. */
  open(index: number, term: number): Recovered {
    const mark: SnapshotMark = { index, term };
    const recovered = openWal(this.disk, directory, mark, this.options);
    this.wal = recovered.wal;
    return recovered;
  }

  /** The error that recovery ends with. */
  recoverError(recover = () => this.recover()): WalError {
    try {
      recover();
    } catch (error) {
      return error as WalError;
    }
    throw new Error('recovery found nothing wrong');
  }

  /** Completes up to `count` syncs, oldest first, and tells the log of its own. */
  settle(count = Infinity): void {
    for (let i = 0; i < count; i++) {
      const completion = this.completeOne();
      if (completion === null && this.host.scheduled.length === 0) return;
      if (completion === null || this.wal?.onDisk(completion.token) === true) continue;
      this.done.push(completion.token);
    }
  }

  bytes(path = firstPath): Uint8Array {
    return this.disk.read(path, 0, this.disk.sizeBytes(path));
  }

  /** Replaces a file's bytes durably. */
  overwrite(bytes: Uint8Array, path = firstPath): void {
    this.disk.truncate(path, 0);
    this.disk.write(path, 0, bytes);
    this.disk.sync(path, 0);
    this.completeAll();
  }
}

/** A log with these saved and synced, at rest. */
export function walWith(
  saves: readonly (readonly [HardState | null, readonly Entry[]])[],
  segmentBytes?: number,
) {
  const bench = new WalBench('wal', segmentBytes);
  const wal = bench.create();
  for (const [hardState, entries] of saves) wal.save(hardState, entries);
  wal.sync(9);
  bench.settle();
  return { bench, wal };
}

/** Starts of the frames in a file's bytes, and the end of the last one. */
export function frameStarts(bytes: Uint8Array): number[] {
  const starts: number[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at, true);
    if (length === 0) break;
    starts.push(at);
    at += 8 + length + ((bytes[at + 7] as number) & 7);
  }
  return [...starts, at];
}
