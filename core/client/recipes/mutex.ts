import { type ByteString, emptyByteString } from '../../base/bytes.ts';
import type { Task } from '../api.ts';
import { type Attempt, deadlineNs } from './attempt.ts';
import { type Ownership, joinLine, leaveLine, waitInLine } from './line.ts';
import type { Session } from './session.ts';

/**
 * A lock that one session holds at a time, first come first served.
 *
 * Promised: tokens grow from holder to holder, and at each revision of the store at most one session owns the lock.
 * Not promised: that a holder knows when it has lost it. One that is paused or cut off for longer than its session's time to live still
 * believes to hold it while somebody else does. So what the lock protects must refuse a token below the highest it has seen
 * (`FencedRegister`), or be written in a txn with `ownedBy`. Also not: that an attempt of unknown outcome leaves no place in the line; it
 * stands there until the session ends, so close the session then.
 */
export class Mutex {
  readonly session: Session;
  private readonly prefix: ByteString;

  constructor(session: Session, name: ByteString) {
    this.session = session;
    this.prefix = `${name}/` as ByteString;
  }

  /** Waits for the lock. `timeout`, `lost`: it is not held. */
  *lock(timeoutMs: number): Task<Attempt<Ownership>> {
    const { session, prefix } = this;
    const untilNs = yield* deadlineNs(session.client, timeoutMs);
    const joined = yield* joinLine(session, prefix, emptyByteString, untilNs);
    if (joined.status !== 'ok') return joined;
    return yield* waitInLine(session, prefix, joined.value, untilNs);
  }

  /** Takes the lock if nobody has it, or is waiting for it. */
  *tryLock(): Task<Attempt<Ownership>> {
    return yield* this.lock(0);
  }

  /** Ok with false: it was lost before. */
  unlock(ownership: Ownership, timeoutMs: number): Task<Attempt<boolean>> {
    return leaveLine(this.session, ownership, timeoutMs);
  }
}
