import { BackendError, readDatabase } from '../../backend/index.ts';
import type { Token } from '../../ports.ts';
import type { SnapMessage } from '../../raft/index.ts';
import type { SnapDbs } from '../../snap/index.ts';
import { Owner, type Tokens } from '../tokens.ts';

/** Snapshots that came from the leader: raft hears of one only when its backend is durable beside the log. */
export class SnapshotInbox {
  private readonly snapDbs: SnapDbs;
  private readonly tokens: Tokens;
  private readonly waiting = new Map<Token, SnapMessage>();

  constructor(snapDbs: SnapDbs, tokens: Tokens) {
    this.snapDbs = snapDbs;
    this.tokens = tokens;
  }

  /**
   * All bytes of the backend are here. Returns why they can't be taken, or null: what is no database must not come near the one
   * that is there, and raft sends another.
   */
  receive(message: SnapMessage, db: Uint8Array): string | null {
    const { index } = message.snapshot.metadata;
    const refused = whyUnfit(db);
    if (refused !== null) return `snapshot ${index} from the leader: ${refused}`;
    const token = this.tokens.next(Owner.receipt);
    const receipt = this.snapDbs.receive(index);
    this.snapDbs.pin(index);
    this.waiting.set(token, message);
    receipt.write(db);
    receipt.finish(db.length, token);
    return null;
  }

  /** The message that may be given to raft now. */
  onSynced(token: Token): SnapMessage | undefined {
    const message = this.waiting.get(token);
    this.waiting.delete(token);
    return message;
  }
}

function whyUnfit(db: Uint8Array): string | null {
  try {
    readDatabase(db);
    return null;
  } catch (error) {
    if (error instanceof BackendError) return error.message;
    throw error;
  }
}
