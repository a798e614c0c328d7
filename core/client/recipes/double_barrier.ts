import { type ByteString, emptyByteString } from '../../base/bytes.ts';
import type { LeaseId, RequestOp, TxnResponse } from '../../server/api/index.ts';
import type { Task } from '../api.ts';
import { prefixRange } from '../keys.ts';
import { type Attempt, deadlineNs, done, failure, insist } from './attempt.ts';
import type { Session } from './session.ts';

/**
 * A fixed number of participants begin together and end together.
 *
 * Promised: nobody's `enter` returns before `count` different participants have called it, nobody's `leave` before all who entered have
 * left or their sessions have ended. Not promised: that all who were let in are still alive. A name is used once: the sign that all have
 * come stays.
 */
export class DoubleBarrier {
  private readonly session: Session;
  private readonly waiters: ByteString;
  private readonly readyKey: ByteString;
  private readonly ownKey: ByteString;
  private readonly count: number;

  /**
   * `participant` names who comes, not the session: who lost a session and comes again must not count twice while the old lease lives
   * on (a member keeps it longer than its owner may believe).
   */
  constructor(session: Session, name: ByteString, count: number, participant: ByteString) {
    this.session = session;
    this.waiters = `${name}/waiters/` as ByteString;
    this.readyKey = `${name}/ready` as ByteString;
    this.ownKey = `${this.waiters}${participant}` as ByteString;
    this.count = count;
  }

  *enter(timeoutMs: number): Task<Attempt<null>> {
    const untilNs = yield* deadlineNs(this.session.client, timeoutMs);
    const come = yield* this.come(untilNs);
    if (come.status !== 'ok') return come;
    return yield* this.until(untilNs, true, ({ ready, waiting }) => ready || waiting >= this.count);
  }

  private *come(untilNs: number): Task<Attempt<null>> {
    const { client, lease } = this.session;
    const put = yield* insist(client, untilNs, () => client.put(this.ownKey, emptyByteString, { lease }));
    return put.status === 'ok' ? done(null) : failure(put);
  }

  /** After it the participant must enter no more. */
  *leave(timeoutMs: number): Task<Attempt<null>> {
    const { client, lease } = this.session;
    const untilNs = yield* deadlineNs(client, timeoutMs);
    const key = this.ownKey;
    const left = yield* insist(client, untilNs, () =>
      client.txn({
        compare: [{ target: 'LEASE', result: 'EQUAL', key, lease }],
        success: [{ kind: 'delete_range', delete_range: { key } }],
        failure: [],
      }),
    );
    if (left.status !== 'ok') return failure(left);
    return yield* this.until(untilNs, false, ({ waiting }) => waiting === 0);
  }

  /** Looks at every change: the one whose coming was the last may be dead before it can tell the others. */
  private *until(
    untilNs: number,
    isPresent: boolean,
    enough: (state: State) => boolean,
  ): Task<Attempt<null>> {
    const { client, lease } = this.session;
    for (;;) {
      const seen = yield* insist(client, untilNs, () =>
        client.txn({ compare: [], success: this.questions(), failure: [] }),
      );
      if (seen.status !== 'ok') return failure(seen);
      const state = stateOf(seen.response);
      if (enough(state)) return yield* this.markReady(state, untilNs);
      if (isPresent && state.ownLease !== lease) {
        // A late request of an earlier session of this participant has tied the key to a lease that ends.
        const come = yield* this.come(untilNs);
        if (come.status !== 'ok') return come;
        continue;
      }
      const start_revision = seen.response.header.revision + 1;
      const watch = yield* client.watch({ ...prefixRange(this.waiters), start_revision });
      const answer = yield* this.session.nextOf(watch, untilNs);
      yield* watch.cancel();
      if (answer === 'timeout' || answer === 'lost') return { status: answer };
    }
  }

  private questions(): RequestOp[] {
    return [
      { kind: 'range', range: { key: this.readyKey } },
      { kind: 'range', range: { ...prefixRange(this.waiters), count_only: true } },
      { kind: 'range', range: { key: this.ownKey } },
    ];
  }

  /** For those who look when some have left already. */
  private *markReady({ ready, waiting }: State, untilNs: number): Task<Attempt<null>> {
    const { client } = this.session;
    if (ready || waiting === 0) return done(null);
    const put = yield* insist(client, untilNs, () => client.put(this.readyKey, emptyByteString));
    return put.status === 'ok' ? done(null) : failure(put);
  }
}

interface State {
  readonly ready: boolean;
  readonly waiting: number;
  /** Null: the own key is not there. */
  readonly ownLease: LeaseId | null;
}

function stateOf({ responses }: TxnResponse): State {
  const [ready, waiters, own] = responses;
  return {
    ready: ready?.kind === 'range' && ready.range.count > 0,
    waiting: waiters?.kind === 'range' ? waiters.range.count : 0,
    ownLease: (own?.kind === 'range' ? own.range.kvs[0]?.lease : undefined) ?? null,
  };
}
