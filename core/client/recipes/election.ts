import type { ByteString } from '../../base/bytes.ts';
import type { KeyValue } from '../../server/api/index.ts';
import type { EtcdClient, Task, WatchHandle } from '../api.ts';
import { prefixRange } from '../keys.ts';
import { type Attempt, deadlineNs, done, failure, insist, leftMs, refusedPauseMs } from './attempt.ts';
import { type Ownership, joinLine, leaveLine, ownedBy, waitInLine } from './line.ts';
import type { Session } from './session.ts';

/**
 * One leader at a time, and a value that the leader makes known.
 *
 * Promised: leaders follow one another by growing tokens; at each revision of the store there is at most one; a leader that was replaced
 * can't proclaim. Not promised: that a leader knows at once that it is none any more (see `Mutex`): its work elsewhere needs the token.
 */
export class Election {
  readonly session: Session;
  private readonly prefix: ByteString;

  constructor(session: Session, name: ByteString) {
    this.session = session;
    this.prefix = `${name}/` as ByteString;
  }

  /** Waits to be elected; the value is made known with it. */
  *campaign(value: ByteString, timeoutMs: number): Task<Attempt<Ownership>> {
    const { session, prefix } = this;
    const untilNs = yield* deadlineNs(session.client, timeoutMs);
    const joined = yield* joinLine(session, prefix, value, untilNs);
    if (joined.status !== 'ok') return joined;
    const place = joined.value;
    if (place.value !== value) {
      const changed = yield* this.proclaim(place, value);
      if (changed.status !== 'ok') return changed;
    }
    return yield* waitInLine(session, prefix, place, untilNs);
  }

  /** Makes another value known; `lost` if somebody else leads. Ok with its revision. */
  *proclaim(leadership: Ownership, value: ByteString): Task<Attempt<number>> {
    const { client, lease } = this.session;
    const put = yield* client.txn({
      compare: [ownedBy(leadership)],
      success: [{ kind: 'put', put: { key: leadership.key, value, lease } }],
      failure: [],
    });
    if (put.status !== 'ok') return failure(put);
    return put.response.succeeded ? done(put.response.header.revision) : { status: 'lost' };
  }

  /** Ok with false: it led no more. */
  resign(leadership: Ownership, timeoutMs: number): Task<Attempt<boolean>> {
    return leaveLine(this.session, leadership, timeoutMs);
  }
}

export interface Leader {
  readonly token: number;
  readonly value: ByteString;
  /** Of the leader's last proclamation. */
  readonly modRevision: number;
}

function leaderOf({ create_revision, mod_revision, value }: KeyValue): Leader {
  return { token: create_revision, value, modRevision: mod_revision };
}

/**
 * Sees who leads, without taking part.
 *
 * Promised: leaders in the order of their tokens, of each its proclamations in order, and in the end the last. Not promised: every
 * leader, or that the one seen still leads.
 */
export class LeaderObserver {
  private readonly client: EtcdClient;
  private readonly prefix: ByteString;
  private leader: Leader | null = null;
  private watch: WatchHandle | null = null;

  constructor(client: EtcdClient, name: ByteString) {
    this.client = client;
    this.prefix = `${name}/` as ByteString;
  }

  /** The leader when it has changed, or has proclaimed something else; null if nothing did in time. */
  *next(timeoutMs: number): Task<Leader | null> {
    const untilNs = yield* deadlineNs(this.client, timeoutMs);
    for (;;) {
      const seen = this.watch === null ? yield* this.look(untilNs) : yield* this.listen(this.watch, untilNs);
      if (seen !== null) return seen;
      if ((yield* leftMs(this.client, untilNs)) <= 0) return null;
    }
  }

  /** Who leads now; from the next revision on the watch tells. */
  private *look(untilNs: number): Task<Leader | null> {
    const { client, prefix } = this;
    // Linearizable, so that it is not older than what the watch told before.
    const first = yield* insist(client, untilNs, () =>
      client.range({ ...prefixRange(prefix), sort_order: 'ASCEND', sort_target: 'CREATE', limit: 1 }),
    );
    if (first.status !== 'ok') {
      yield* client.sleep(Math.min(refusedPauseMs, yield* leftMs(client, untilNs)));
      return null;
    }
    const [kv] = first.response.kvs;
    const start_revision = first.response.header.revision + 1;
    const scope = kv === undefined ? prefixRange(prefix) : { key: kv.key };
    this.watch = yield* client.watch({ ...scope, start_revision });
    if (kv === undefined || kv.mod_revision === this.leader?.modRevision) return null;
    this.leader = leaderOf(kv);
    return this.leader;
  }

  private *listen(watch: WatchHandle, untilNs: number): Task<Leader | null> {
    const answer = yield* watch.next(yield* leftMs(this.client, untilNs));
    if (answer === null || answer.kind === 'progress' || answer.kind === 'created') return null;
    const [event] = answer.kind === 'events' ? answer.events.slice(-1) : [];
    if (event?.type === 'PUT' && event.kv.create_revision === this.leader?.token) {
      this.leader = leaderOf(event.kv);
      return this.leader;
    }
    // The leader is gone, or there is a first one, or the watch has ended.
    yield* watch.cancel();
    this.watch = null;
    return null;
  }
}
