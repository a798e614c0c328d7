import { assert } from '../base/assert.ts';
import type { Disk, Token } from '../ports.ts';
import { makingSuffix, type Publisher } from './publisher.ts';
import { SnapError } from './snap_error.ts';
import { formatSnapDbName, parseSnapDbName } from './snap_name.ts';

/** Defragmentation copies the backend under such a name; a crash leaves it behind. */
const defragPrefix = 'db.tmp';

/** One backend on its way from the leader. */
export interface DbReceipt {
  /** Appends the next bytes. */
  write(bytes: Uint8Array): void;
  /** As many came so far. */
  readonly sizeBytes: number;
  /** What came so far. Throws DiskError. */
  read(): Uint8Array;
  /**
   * All bytes are here. The token completes when the file is durable under its name; only then may the snapshot's message be handed
   * to raft. Throws SnapError('wrongSize'), and the file is gone, if the bytes are not as many as were announced.
   */
  finish(sizeBytes: number, token: Token): void;
  /** The connection broke: what came is removed. */
  abort(): void;
}

/** The backends that came with snapshots, beside the `.snap` files: `%016x.snap.db`. */
export class SnapDbs {
  private readonly disk: Disk;
  private readonly directory: string;
  private readonly publisher: Publisher;
  private readonly pinned = new Set<number>();
  private nextReceipt = 1;

  /** The directory must exist. */
  constructor(disk: Disk, directory: string, publisher: Publisher) {
    this.disk = disk;
    this.directory = directory;
    this.publisher = publisher;
  }

  /** Starts to receive the backend of this snapshot, under a name of its own: two senders may be at it at once. */
  receive(index: number): DbReceipt {
    const { disk } = this;
    const path = `${this.directory}/${formatSnapDbName(index)}`;
    const making = `${path}.${this.nextReceipt++}${makingSuffix}`;
    if (disk.sizeBytes(making) >= 0) disk.remove(making);
    let offset = 0;
    let open = true;
    const close = () => {
      assert(open, `the receipt of ${path} is over`);
      open = false;
    };
    return {
      write: (bytes) => {
        assert(open, `the receipt of ${path} is over`);
        disk.write(making, offset, bytes);
        offset += bytes.length;
      },
      get sizeBytes() {
        return offset;
      },
      read: () => disk.read(making, 0, offset),
      finish: (sizeBytes, token) => {
        close();
        if (offset !== sizeBytes || offset === 0) {
          disk.remove(making);
          throw new SnapError('wrongSize', path, `${sizeBytes} bytes`, `${offset} bytes`);
        }
        this.publisher.publish(making, path, token);
      },
      abort: () => {
        close();
        disk.remove(making);
      },
    };
  }

  /** The file of this snapshot's backend. Throws SnapError if there is none (etcd: ErrNoDBSnapshot). */
  path(index: number): string {
    const path = `${this.directory}/${formatSnapDbName(index)}`;
    if (this.disk.sizeBytes(path) < 0) throw new SnapError('notFound', path, 'a received backend', 'no file');
    return path;
  }

  /** Whoever is going to open this backend pins it, so that a newer snapshot's release leaves it (etcd issue 18055). */
  pin(index: number): void {
    this.pinned.add(index);
  }

  unpin(index: number): void {
    this.pinned.delete(index);
  }

  /** Removes the backends of older snapshots than this one, unless they are pinned. Returns how many. */
  release(index: number): number {
    return this.removeWhere((found) => found < index && !this.pinned.has(found));
  }

  /**
   * At boot, before anything is received: removes what a crash left half-made, and backends of snapshots that were never recorded.
   * `index` is that of the snapshot that the member starts from, 0 for none; its backend stays. Returns how many files went.
   */
  removeOrphans(index: number): number {
    let removed = this.removeWhere((found) => found !== index);
    for (const name of this.disk.list(this.directory)) {
      if (!name.endsWith(makingSuffix) && !name.startsWith(defragPrefix)) continue;
      this.disk.remove(`${this.directory}/${name}`);
      removed++;
    }
    return removed;
  }

  private removeWhere(test: (index: number) => boolean): number {
    let removed = 0;
    for (const name of this.disk.list(this.directory)) {
      const index = parseSnapDbName(name);
      if (index === null || !test(index)) continue;
      this.disk.remove(`${this.directory}/${name}`);
      removed++;
    }
    return removed;
  }
}
