import { BackendError, readDatabase } from '../../backend/index.ts';
import { type BugSwitches, noBugs } from '../../bugs.ts';
import { DiskError, type Token } from '../../ports.ts';
import type { SnapMessage } from '../../raft/index.ts';
import type { DbReceipt, SnapDbs } from '../../snap/index.ts';
import { Owner, type Tokens } from '../tokens.ts';

/** Null: the snapshot is durable and raft has its message; else why it was not taken. */
export type SnapshotTold = (refused: string | null) => void;

interface Waiting {
  readonly message: SnapMessage;
  readonly told: SnapshotTold;
}

/** Snapshots that came from the leader: raft hears of one only when its backend is durable beside the log. */
export class SnapshotInbox {
  private readonly snapDbs: SnapDbs;
  private readonly tokens: Tokens;
  private readonly waiting = new Map<Token, Waiting>();
  private readonly pins: boolean;

  constructor(snapDbs: SnapDbs, tokens: Tokens, bugs: BugSwitches = noBugs) {
    this.snapDbs = snapDbs;
    this.tokens = tokens;
    this.pins = !bugs.has('snapshot-released-early');
  }

  /** The backend of this message's snapshot is going to come in pieces: then `finish`. */
  begin(message: SnapMessage): DbReceipt {
    return this.snapDbs.receive(message.snapshot.metadata.index);
  }

  /** All pieces are here. */
  finish(message: SnapMessage, receipt: DbReceipt, told: SnapshotTold): void {
    const refused = whyUnfit(() => receipt.read());
    if (refused === null) return this.keep(message, receipt, told);
    receipt.abort();
    told(refused);
  }

  /**
   * All bytes of the backend are here. Returns why they can't be taken, or null: what is no database must not come near the one
   * that is there, and raft sends another.
   */
  receive(message: SnapMessage, db: Uint8Array): string | null {
    const refused = whyUnfit(() => db);
    if (refused !== null) return refused;
    const receipt = this.begin(message);
    receipt.write(db);
    this.keep(message, receipt, () => undefined);
    return null;
  }

  private keep(message: SnapMessage, receipt: DbReceipt, told: SnapshotTold): void {
    const token = this.tokens.next(Owner.receipt);
    if (this.pins) this.snapDbs.pin(message.snapshot.metadata.index);
    this.waiting.set(token, { message, told });
    receipt.finish(receipt.sizeBytes, token);
  }

  /**
   * The message that may be given to raft now, of which whoever waits for it is told then. Older backends that nobody is going to
   * open are removed.
   */
  onSynced(token: Token): Waiting | undefined {
    const waiting = this.waiting.get(token);
    this.waiting.delete(token);
    if (waiting !== undefined) this.snapDbs.release(waiting.message.snapshot.metadata.index);
    return waiting;
  }
}

function whyUnfit(database: () => Uint8Array): string | null {
  try {
    readDatabase(database());
    return null;
  } catch (error) {
    if (error instanceof BackendError || error instanceof DiskError) return error.message;
    throw error;
  }
}
