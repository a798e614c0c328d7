import type { ByteString } from '../base/bytes.ts';
import { nsPerMs } from '../limits.ts';
import type { ClientRequest, LeaseId } from '../server/api/index.ts';
import type { CallOptions, WatchOptions } from './options.ts';

/** Names a watch, or a keeper of a lease, of one client. */
export type WatchId = number;
export type KeeperId = number;

/**
 * What a script waits for, as plain data. Whoever runs the script (the scheduler of a simulation, the event loop of a real client)
 * does it and resumes the script with the answer that the comment names.
 */
export type Effect =
  /** Outcome<SuccessResponse> */
  | { readonly kind: 'request'; readonly request: ClientRequest; readonly options: CallOptions }
  /** undefined, after the time */
  | { readonly kind: 'sleep'; readonly ns: number }
  /** The client's own clock in nanoseconds, at once. */
  | { readonly kind: 'now' }
  /** Outcome<AuthenticateResponse> */
  | { readonly kind: 'signIn'; readonly name: ByteString; readonly password: ByteString }
  /** undefined, at once */
  | { readonly kind: 'signOut' }
  /** WatchId, at once */
  | { readonly kind: 'watch'; readonly options: WatchOptions }
  /** WatchAnswer, or null after the time */
  | { readonly kind: 'watchNext'; readonly watch: WatchId; readonly timeoutNs: number }
  /** undefined, at once */
  | { readonly kind: 'watchProgress'; readonly watch: WatchId }
  | { readonly kind: 'watchCancel'; readonly watch: WatchId }
  /** KeeperId, at once */
  | { readonly kind: 'keep'; readonly lease: LeaseId; readonly ttlSeconds: number }
  /** KeeperState, at once */
  | { readonly kind: 'keeperState'; readonly keeper: KeeperId }
  /** KeeperState as soon as the lease is lost, or null after the time */
  | { readonly kind: 'keeperLost'; readonly keeper: KeeperId; readonly timeoutNs: number }
  /** undefined, at once */
  | { readonly kind: 'keeperStop'; readonly keeper: KeeperId };

/** A client's script, or a part of one: `const got = yield* client.get(key)`. */
export type Task<Result = void> = Generator<Effect, Result, unknown>;

/** Waits for one effect. What the answer is stands beside the effect. */
export function* perform<Answer>(effect: Effect): Task<Answer> {
  return (yield effect) as Answer;
}

/** Milliseconds, fractions included, as the whole nanoseconds that effects take. */
export function nanoseconds(ms: number): number {
  return Math.round(ms * nsPerMs);
}
