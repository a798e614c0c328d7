import { type LeaseId, errors } from '../../server/api/index.ts';
import type { EtcdClient, LeaseKeeper, Task, WatchAnswer, WatchHandle } from '../api.ts';
import { type Attempt, deadlineNs, done, failure, insist, leftMs } from './attempt.ts';

/** While a session waits for something else, it looks this often whether it is still alive. */
const livenessPollMs = 250;

/**
 * A lease that is renewed in the background: what is attached to it is there while the client lives, and goes when it stops for longer
 * than the time to live (crash, pause, partition).
 *
 * Not promised: that a client which believes its session to be alive is right. `isAlive` goes by the client's clock and its last answer;
 * between asking and acting there is always a moment in which the lease may end. What must not be done twice needs a fence (`fence.ts`).
 */
export class Session {
  readonly client: EtcdClient;
  readonly lease: LeaseId;
  /** As granted: members raise too short ones. */
  readonly ttlSeconds: number;
  private readonly keeper: LeaseKeeper;

  constructor(client: EtcdClient, lease: LeaseId, ttlSeconds: number, keeper: LeaseKeeper) {
    this.client = client;
    this.lease = lease;
    this.ttlSeconds = ttlSeconds;
    this.keeper = keeper;
  }

  /** Whether the last renewal still holds, as far as this client can know. */
  *isAlive(): Task<boolean> {
    const state = yield* this.keeper.state();
    return state.kind === 'kept' && (yield* this.client.now()) < state.untilNs;
  }

  /** When the renewal that was last answered runs out, on the client's clock; 0 if the session is over. */
  *aliveUntilNs(): Task<number> {
    const state = yield* this.keeper.state();
    return state.kind === 'kept' ? state.untilNs : 0;
  }

  /** Ends the lease, and with it all that is attached. A lease that has ended already is no failure. */
  *close(timeoutMs: number): Task<Attempt<null>> {
    yield* this.keeper.stop();
    const { client, lease } = this;
    const untilNs = yield* deadlineNs(client, timeoutMs);
    const revoked = yield* insist(client, untilNs, () => client.leaseRevoke(lease));
    if (revoked.status === 'ok' || revoked.error?.message === errors.leaseNotFound.message) return done(null);
    return failure(revoked);
  }

  /** Renews no more and tells nobody, as a process that dies: all that is attached stays until the lease ends. */
  *abandon(): Task {
    yield* this.keeper.stop();
  }

  /** The watch's next answer, unless the time is up or the session ends before. */
  *nextOf(watch: WatchHandle, untilNs: number): Task<WatchAnswer | 'timeout' | 'lost'> {
    for (;;) {
      const ms = yield* leftMs(this.client, untilNs);
      if (ms <= 0) return 'timeout';
      const answer = yield* watch.next(Math.min(ms, livenessPollMs));
      if (answer !== null) return answer;
      if (!(yield* this.isAlive())) return 'lost';
    }
  }
}

/** Grants a lease and begins to renew it. A grant that nobody heard of leaves a lease that ends by itself. */
export function* openSession(
  client: EtcdClient,
  ttlSeconds: number,
  timeoutMs: number,
): Task<Attempt<Session>> {
  const untilNs = yield* deadlineNs(client, timeoutMs);
  const granted = yield* insist(client, untilNs, () => client.leaseGrant(ttlSeconds));
  if (granted.status !== 'ok') return failure(granted);
  const { ID, TTL } = granted.response;
  return done(new Session(client, ID, TTL, yield* client.keepAlive(ID, TTL)));
}
