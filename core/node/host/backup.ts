import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Backend, ReadView } from '../../backend/index.ts';
import { type Meta, encodeMetaPage, firstDataPage, metaSlot, newestMeta } from '../../backend/meta.ts';
import { errors } from '../../server/api/index.ts';
import { RequestFailure } from '../grpc/failure.ts';

/** Enough for both metas, whatever the size of a page. */
const headBytes = 2 * 65_536;
/** How often it is looked whether the commit is in the file: it takes two syncs. */
const lookMs = 5;

/** What a backup needs of a member that goes on. */
export interface BackupSource {
  /** Of the database's file. */
  readonly path: string;
  /** Does it between two inputs. Rejects with RequestFailure when the member stops. */
  turn<Result>(work: (backend: Backend) => Result): Promise<Result>;
}

/** A file as it was found under its name. */
interface Found {
  readonly inode: number;
  readonly meta: Meta;
}

/** What is in the file before anything else happens: the commit under way is no more than one transaction further. */
interface Begun extends Found {
  /** Keeps the pages of this and all later states from being used again. */
  readonly view: ReadView;
}

/**
 * A database file as of one moment, read in pieces while the member goes on: the pages of a committed state stay in the file as long as a reader
 * of it, or of an earlier one, is open (bbolt copies its file alike: Tx.WriteTo). Free pages come along. Must be closed.
 */
export class Backup {
  readonly sizeBytes: number;
  private readonly file: FileHandle;
  private readonly view: ReadView;
  private readonly head: Uint8Array;

  private constructor(file: FileHandle, view: ReadView, meta: Meta) {
    this.file = file;
    this.view = view;
    this.sizeBytes = meta.highWater * meta.pageBytes;
    this.head = new Uint8Array(firstDataPage * meta.pageBytes);
    for (const older of [{ ...meta, txid: meta.txid - 1 }, meta])
      this.head.set(encodeMetaPage(older), metaSlot(older.txid) * meta.pageBytes);
  }

  /** Commits what was written so far and waits until the file has it. Rejects with RequestFailure when the member stops. */
  static async open(source: BackupSource): Promise<Backup> {
    for (;;) {
      const begun = await source.turn((backend): Begun => {
        backend.commit();
        return { view: backend.read(), ...look(source.path) };
      });
      const file = await fileWithCommit(source, begun);
      if (file !== null) return new Backup(file, begun.view, lookInto(file.fd).meta);
      // Another file has taken the name: a defragmentation, a snapshot from the leader.
      begun.view.end();
    }
  }

  /** A part of the file, whole. */
  async read(offsetBytes: number, lengthBytes: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(lengthBytes);
    for (let at = 0; at < lengthBytes;) {
      const { bytesRead } = await this.file.read(bytes, at, lengthBytes - at, offsetBytes + at);
      if (bytesRead === 0) throw new RequestFailure(errors.stopped);
      at += bytesRead;
    }
    if (offsetBytes < this.head.length) bytes.set(this.head.subarray(offsetBytes, offsetBytes + lengthBytes));
    return bytes;
  }

  async close(): Promise<void> {
    this.view.end();
    await this.file.close();
  }
}

/** The file when everything that was written before is in it; null if it was replaced. */
async function fileWithCommit(source: BackupSource, begun: Begun): Promise<FileHandle | null> {
  let file: FileHandle | null = null;
  try {
    for (;;) {
      const { inode, meta, settled } = await source.turn((backend) => ({
        ...look(source.path),
        settled: backend.settled,
      }));
      if (inode !== begun.inode) return null;
      if (settled || meta.txid >= begun.meta.txid + 2) break;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
    file = await open(source.path, 'r');
    if (lookInto(file.fd).inode === begun.inode) return file;
    await file.close();
    return null;
  } catch (error) {
    begun.view.end();
    await file?.close();
    throw error;
  }
}

function look(path: string): Found {
  const descriptor = openSync(path, 'r');
  try {
    return lookInto(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function lookInto(descriptor: number): Found {
  const head = new Uint8Array(headBytes);
  const count = readSync(descriptor, head, 0, headBytes, 0);
  return { inode: fstatSync(descriptor).ino, meta: newestMeta(head.subarray(0, count)) };
}
