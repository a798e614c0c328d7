import { fromBytes, fromText, toBytes, type ByteString } from '../../core/base/bytes.ts';
import type { Disk } from '../../core/ports.ts';
import {
  Backend,
  Database,
  readDatabase,
  type BackendHooks,
  type BucketReader,
} from '../../core/backend/index.ts';
import { DiskBench } from '../disk/host.ts';

export const directory = 'member/snap';
export const path = `${directory}/db`;
export const stepToken = 1;

export const text = fromText;

export function bytes(content: string): Uint8Array {
  return toBytes(fromText(content));
}

/** A key that sorts as its number does. */
export function numbered(index: number, prefix = 'key'): ByteString {
  return fromText(`${prefix}${String(index).padStart(8, '0')}`);
}

/** Every pair of a bucket and of the buckets within, as lines. */
export function contentOf(bucket: BucketReader, prefix = ''): string[] {
  const lines: string[] = [];
  const cursor = bucket.cursor();
  for (let found = cursor.first(); found; found = cursor.next()) {
    const { key } = cursor;
    if (!cursor.isBucket) {
      lines.push(`${prefix}${key}=${fromBytes(cursor.value)}`);
      continue;
    }
    const inner = bucket.bucket(key);
    if (inner === undefined) throw new Error(`no bucket ${key}`);
    lines.push(`${prefix}${key}/ sequence ${inner.sequence}`, ...contentOf(inner, `${prefix}${key}/`));
  }
  return lines;
}

/** What a file holds, read as a new program would. */
export function contentOfFile(file: Uint8Array): string[] {
  return contentOf(readDatabase(file).root);
}

/** A disk with a directory for a database. `done` lists the callers' tokens that have completed. */
export class StorageBench extends DiskBench {
  readonly done: number[] = [];
  owner: { onDisk(token: number): boolean } | null = null;

  constructor(seed = 'backend') {
    super(seed);
    this.disk.makeDirectory('member');
    this.disk.makeDirectory(directory);
    this.disk.syncDirectory('', 0);
    this.disk.syncDirectory('member', 0);
    this.completeAll();
  }

  database(disk: Disk = this.disk): Database {
    const database = Database.open(disk, path, stepToken);
    this.owner = database;
    return database;
  }

  backend(hooks?: BackendHooks, batchOperationsMax?: number): Backend {
    const options = {
      stepToken,
      ...(hooks === undefined ? {} : { hooks }),
      ...(batchOperationsMax === undefined ? {} : { batchOperationsMax }),
    };
    const backend = Backend.open(this.disk, path, options);
    this.owner = backend;
    return backend;
  }

  /** Completes up to `count` syncs, oldest first, and tells the owner of its own. */
  settle(count = Infinity): void {
    for (let i = 0; i < count; i++) {
      const completion = this.completeOne();
      if (completion === null && this.host.scheduled.length === 0) return;
      if (completion === null || this.owner?.onDisk(completion.token) === true) continue;
      this.done.push(completion.token);
    }
  }

  file(): Uint8Array {
    return this.disk.read(path, 0, this.disk.sizeBytes(path));
  }

  /** Replaces the file durably. */
  install(file: Uint8Array): void {
    if (this.disk.sizeBytes(path) >= 0) this.disk.truncate(path, 0);
    this.disk.write(path, 0, file);
    this.disk.sync(path, 0);
    this.disk.syncDirectory(directory, 0);
    this.completeAll();
  }
}
