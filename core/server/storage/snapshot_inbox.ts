import { BackendError, readDatabase } from '../../backend/index.ts';
import { type BugSwitches, noBugs } from '../../bugs.ts';
import type { Token } from '../../ports.ts';
import type { SnapMessage } from '../../raft/index.ts';
import type { SnapDbs } from '../../snap/index.ts';
import { Owner, type Tokens } from '../tokens.ts';

/** Snapshots that came from the leader: raft hears of one only when its backend is durable beside the log. */
export class SnapshotInbox {
  private readonly snapDbs: SnapDbs;
  private readonly tokens: Tokens;
  private readonly waiting = new Map<Token, SnapMessage>();
  private readonly pins: boolean;

  constructor(snapDbs: SnapDbs, tokens: Tokens, bugs: BugSwitches = noBugs) {
    this.snapDbs = snapDbs;
    this.tokens = tokens;
    this.pins = !bugs.has('snapshot-released-early');
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
    if (this.pins) this.snapDbs.pin(index);
    this.waiting.set(token, message);
    receipt.write(db);
    receipt.finish(db.length, token);
    return null;
  }

  /** The message that may be given to raft now. Older backends that nobody is going to open are removed. */
  onSynced(token: Token): SnapMessage | undefined {
    const message = this.waiting.get(token);
    this.waiting.delete(token);
    if (message !== undefined) this.snapDbs.release(message.snapshot.metadata.index);
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
