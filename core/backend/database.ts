import { assert } from '../base/assert.ts';
import { type Failpoint, noFailpoint } from '../base/failpoint.ts';
import { type BugSwitches, noBugs } from '../bugs.ts';
import type { Disk, Token } from '../ports.ts';
import { CommittedBucket } from './bucket.ts';
import { compactCopy, type DatabaseImage } from './compact_copy.ts';
import { Freelist } from './freelist.ts';
import { encodeMetaPage, metaSlot, newestMeta, type Meta } from './meta.ts';
import { BackendError } from './backend_error.ts';
import { defaultPageBytes } from './page_header.ts';
import { Pages } from './pages.ts';
import type { Spilling } from './spill.ts';
import type { BackendSite } from './sites.ts';
import { ReadTx, Readers, WriteTx } from './transaction.ts';
import type { TreeNode } from './tree_node.ts';
import { unusedPages, walkPages } from './walk.ts';

/** One file's state in memory. A defragmentation starts a new one; readers of the old keep it. */
interface FileState {
  readonly pages: Pages;
  readonly freelist: Freelist;
  readonly readers: Readers;
  /** The newest transaction, whose way to the disk may be under way. */
  readonly meta: Meta;
}

/** Bytes on their way to a place in the file. */
interface PageWrite {
  readonly pageId: number;
  readonly bytes: Uint8Array;
}

/** What is awaited: data pages before the meta that names them; a new file's or a found file's bytes before its name. */
type Stage = 'idle' | 'data' | 'meta' | 'file' | 'found' | 'name';

/**
 * A database in bbolt's file format. A commit takes two steps, each of which must be durable before the next may reach the disk;
 * while they are under way nothing else can be committed, but everything can be read, and the next transaction can be filled.
 */
export class Database {
  private readonly disk: Disk;
  private readonly path: string;
  private readonly stepToken: Token;
  private state: FileState;
  private stage: Stage = 'idle';
  private durable: number;
  /** What is to be written when the first step of a commit is durable. */
  private secondStep: readonly PageWrite[] = [];
  private pass: Failpoint<BackendSite> = noFailpoint;
  private bugs: BugSwitches = noBugs;

  private constructor(disk: Disk, path: string, stepToken: Token, state: FileState) {
    this.disk = disk;
    this.path = path;
    this.stepToken = stepToken;
    this.state = state;
    this.durable = state.meta.txid;
  }

  /**
   * Opens the file, or makes one: its directory must exist, and the new file appears under its name only when it is complete.
   * Reads and checks every page that is in use. Throws BackendError and DiskError.
   */
  static open(
    disk: Disk,
    path: string,
    stepToken: Token,
    failpoint: Failpoint<BackendSite> = noFailpoint,
    bugs: BugSwitches = noBugs,
  ): Database {
    // With the planted bug somebody may still be at it.
    if (!bugs.has('defrag-races-snapshot')) removeLeftovers(disk, path);
    const database = Database.openOrMake(disk, path, stepToken);
    database.pass = failpoint;
    database.bugs = bugs;
    return database;
  }

  private static openOrMake(disk: Disk, path: string, stepToken: Token): Database {
    const size = disk.sizeBytes(path);
    if (size >= 0) {
      const found = new Database(disk, path, stepToken, openNamed(disk.read(path, 0, size), path));
      found.submitFound();
      return found;
    }
    const image = compactCopy(null, 1, defaultPageBytes);
    const database = new Database(disk, path, stepToken, stateOf(image));
    database.durable = 0;
    database.submitFile(image);
    return database;
  }

  /** True: everything committed is durable, and another commit can start. */
  get idle(): boolean {
    return this.stage === 'idle';
  }

  /** A new file is being written that is to take the name. */
  get isReplacing(): boolean {
    return this.stage === 'file';
  }

  /** The newest transaction's, durable or not. */
  get meta(): Meta {
    return this.state.meta;
  }

  /** Id of the newest transaction that is known to be durable. */
  get durableTxid(): number {
    return this.durable;
  }

  /** Pages that can be used again at once. */
  get freePages(): number {
    return this.state.freelist.freeCount;
  }

  get openReaders(): number {
    return this.state.readers.size;
  }

  /** Reads the newest committed state; must be ended. */
  read(): ReadTx {
    return new ReadTx(this.state.meta, this.state.pages, this.state.readers);
  }

  /** Starts the next transaction. There is one at a time: `commit` or `replace` ends it. */
  write(): WriteTx {
    return new WriteTx(this.state.meta, this.state.pages);
  }

  /** Writes the transaction's pages. Its state is the newest from now on, and durable when the database is idle again. */
  commit(transaction: WriteTx): void {
    this.checkStart(transaction);
    const { state } = this;
    const { pageBytes } = state.meta;
    // A crash falls back to the durable state at worst: pages given up by it or before, which no reader needs, are free.
    state.freelist.release(Math.min(this.durable, state.readers.oldest));
    let { highWater } = state.meta;
    const writes: PageWrite[] = [];
    const kept: TreeNode[] = [];
    const freedEarly = this.bugs.has('page-freed-early');
    const context: Spilling = {
      pages: state.pages,
      allocate(count) {
        const reused = state.freelist.allocate(count);
        if (reused !== null) return reused;
        highWater += count;
        return highWater - count;
      },
      write(pageId, bytes) {
        state.pages.set(pageId, bytes);
        writes.push({ pageId, bytes });
      },
      keep(node) {
        kept.push(node);
      },
      discard(node) {
        if (node.pageId === 0) return;
        state.freelist.freeLater(transaction.txid, node.pageId, state.pages.span(node.pageId));
        if (freedEarly) state.freelist.release(transaction.txid);
      },
    };
    const root = transaction.root.settleRoot(context);
    state.pages.keep(kept);
    if (state.meta.freelist !== null) {
      const { freelist } = state.meta;
      state.freelist.freeLater(transaction.txid, freelist, state.pages.span(freelist));
    }
    const { txid } = transaction;
    const meta = { pageBytes, root, sequence: transaction.root.sequence, freelist: null, highWater, txid };
    this.state = { ...state, meta };
    writes.sort((a, b) => a.pageId - b.pageId);
    const metas = [{ pageId: metaSlot(txid), bytes: encodeMetaPage(meta) }];
    const metaFirst = this.bugs.has('meta-before-data');
    this.secondStep = metaFirst ? writes : metas;
    this.writePages(metaFirst ? metas : writes);
    this.stage = 'data';
    this.pass('beforeSyncDataPages');
    this.disk.sync(this.path, this.stepToken);
  }

  private writePages(writes: readonly PageWrite[]): void {
    const { pageBytes } = this.state.meta;
    for (const { pageId, bytes } of writes) this.disk.write(this.path, pageId * pageBytes, bytes);
  }

  /** Commits the transaction by writing everything into a new file without free pages, which then takes the file's name. */
  replace(transaction: WriteTx): void {
    this.checkStart(transaction);
    const image = compactCopy(transaction.root, transaction.txid, this.state.meta.pageBytes);
    this.state = stateOf(image);
    this.submitFile(image);
  }

  private checkStart(transaction: WriteTx): void {
    assert(this.idle, 'one commit at a time');
    assert(transaction.txid === this.state.meta.txid + 1, 'a transaction starts from the newest state');
  }

  private get makingPath(): string {
    return `${this.path}.tmp.0`;
  }

  /**
   * What was found may be in the page cache only, if the process ended and the machine did not: without a sync, a power loss during
   * the next commit could bring back the state before, whose pages are free by now.
   */
  private submitFound(): void {
    const { meta } = this.state;
    this.durable = meta.txid - 1;
    // Written again, because the page cache may hold a page clean that a failed sync never brought to the platter. Its data pages
    // were durable before it was written first.
    this.disk.write(this.path, metaSlot(meta.txid) * meta.pageBytes, encodeMetaPage(meta));
    this.stage = 'found';
    this.disk.sync(this.path, this.stepToken);
  }

  private submitFile(image: DatabaseImage): void {
    this.disk.write(this.makingPath, 0, image.bytes);
    this.stage = 'file';
    this.disk.sync(this.makingPath, this.stepToken);
  }

  /** Whether the token is the one of this database's steps. */
  owns(token: Token): boolean {
    return token === this.stepToken;
  }

  /**
   * Tells of a completed sync. True if it was one of the database's own steps. A sync that failed must not be handed over: what
   * the disk holds is not known any more, and the member stops.
   */
  onDisk(token: Token): boolean {
    if (token !== this.stepToken) return false;
    const { disk, path } = this;
    assert(!this.idle, 'a completed step of the database was under way');
    if (this.stage === 'data') {
      this.writePages(this.secondStep);
      this.secondStep = [];
      this.stage = 'meta';
      this.pass('beforeSyncMetaPage');
      disk.sync(path, this.stepToken);
    } else if (this.stage === 'file' || this.stage === 'found') {
      if (this.stage === 'file') {
        this.pass('defragBeforeRename');
        disk.rename(this.makingPath, path);
      }
      this.stage = 'name';
      disk.syncDirectory(parentOf(path), this.stepToken);
    } else {
      this.stage = 'idle';
      this.durable = this.state.meta.txid;
    }
    return true;
  }

  /** Checks the pages in memory: each is in use, free, or waits to be free. Throws AssertionError and BackendError. */
  audit(): void {
    const { meta, pages, freelist } = this.state;
    const used = walkPages(meta, (pageId) => pages.view(pageId).bytes);
    for (const id of [...freelist.freePages(), ...freelist.waitingPages()]) {
      assert(used[id] === 0, `page ${id} is in use and free, or free twice`);
      used[id] = 1;
    }
    const lost = unusedPages(used);
    assert(lost.length === 0, `pages ${lost.join(' ')} are neither in use nor free`);
  }
}

/** A database file's newest state, for those who only read it. Throws BackendError. */
export function readDatabase(file: Uint8Array): { readonly meta: Meta; readonly root: CommittedBucket } {
  const { meta, pages } = openFile(file);
  return { meta, root: new CommittedBucket(pages, pages.view(meta.root), meta.sequence) };
}

function openNamed(file: Uint8Array, path: string): FileState {
  try {
    return openFile(file);
  } catch (error) {
    throw error instanceof BackendError ? error.of(path) : error;
  }
}

function openFile(file: Uint8Array): FileState {
  const meta = newestMeta(file);
  if (meta.highWater * meta.pageBytes > file.length) {
    throw new BackendError('corruptPage', -1, `${meta.highWater} pages`, `a file of ${file.length} bytes`);
  }
  const pages = new Pages(meta.pageBytes, file);
  const used = walkPages(meta, (pageId) => pages.fromFile(pageId));
  return { pages, freelist: new Freelist(unusedPages(used)), readers: new Readers(), meta };
}

function stateOf({ meta, pages }: DatabaseImage): FileState {
  return { pages, freelist: new Freelist([]), readers: new Readers(), meta };
}

/** What a defragmentation left that did not come to its end. */
function removeLeftovers(disk: Disk, path: string): void {
  const parent = parentOf(path);
  for (const name of disk.list(parent)) {
    const leftover = parent === '' ? name : `${parent}/${name}`;
    if (leftover.startsWith(`${path}.tmp.`)) disk.remove(leftover);
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
