import { nsPerMs } from '../../limits.ts';
import { errors, grpcCodes } from '../../server/api/index.ts';
import type { EtcdClient, Outcome, Task } from '../api.ts';
import { nanoseconds } from '../task.ts';

/** What became of a step of a recipe. */
export type Attempt<Value> = { readonly status: 'ok'; readonly value: Value } | Failure;

export type Failure =
  /** Not in time. */
  | { readonly status: 'timeout' }
  /** The session has ended: what it owned is gone, or somebody else's. */
  | { readonly status: 'lost' }
  /** `fail`: certainly nothing was changed. `unknown`: it may have been, or may still be. */
  | { readonly status: 'fail' | 'unknown'; readonly message: string };

export function done<Value>(value: Value): Attempt<Value> {
  return { status: 'ok', value };
}

/** Requests that fail for now are tried again after this, and up to as much later, so that clients do not march in step. */
const retryPauseMs = 50;
/** Who follows, and is refused for good (no permission), asks again after this, in case that changes. */
export const refusedPauseMs = 500;

/** When a step must be done, in nanoseconds of the client's clock. */
export function* deadlineNs(client: EtcdClient, timeoutMs: number): Task<number> {
  return (yield* client.now()) + nanoseconds(timeoutMs);
}

/** Milliseconds until the deadline; 0 if it is over. */
export function* leftMs(client: EtcdClient, untilNs: number): Task<number> {
  return Math.max(0, (untilNs - (yield* client.now())) / nsPerMs);
}

/**
 * Asks again until there is an answer that stays, or the time is up (a request under way may end up to its own timeout later). Only for
 * what may be done twice, the first also long after the second: reads, and writes that then change nothing or do no harm. A failure after an attempt of unknown outcome is unknown.
 */
export function* insist<Response>(
  client: EtcdClient,
  untilNs: number,
  ask: () => Task<Outcome<Response>>,
): Task<Outcome<Response>> {
  let open = false;
  for (;;) {
    const outcome = yield* ask();
    if (outcome.status === 'ok') return outcome;
    open ||= outcome.status === 'unknown';
    const known: Outcome<Response> = open ? { ...outcome, status: 'unknown' } : outcome;
    if (isFinal(outcome)) return known;
    if ((yield* leftMs(client, untilNs)) <= 0) return known;
    yield* client.sleep(retryPauseMs + client.random.below(retryPauseMs));
  }
}

const passing: readonly number[] = [grpcCodes.UNAVAILABLE, grpcCodes.RESOURCE_EXHAUSTED, grpcCodes.UNKNOWN];

/** Whether asking again can't help. */
function isFinal({ error }: Exclude<Outcome<never>, { readonly status: 'ok' }>): boolean {
  // A member of a cluster that has just been born does not know yet what the others can do.
  if (error === null || error.message === errors.notCapable.message) return false;
  return !passing.includes(error.code);
}

/** A request that ended without an answer, in the words of recipes. A lease that is not there is a session that has ended. */
export function failure(outcome: Exclude<Outcome<never>, { readonly status: 'ok' }>): Failure {
  const { status, message, error } = outcome;
  return error?.message === errors.leaseNotFound.message ? { status: 'lost' } : { status, message };
}
