import type { AuthInfo } from '../../auth/index.ts';
import type { RequestId } from '../../base/ids.ts';
import type { ClientRequest } from '../api/index.ts';

/** A client's request that was admitted and waits for its answer. Plain data. */
export interface Ask {
  readonly id: RequestId;
  readonly request: ClientRequest;
  /** Who asks, as of admission; null without auth or without a token. */
  readonly auth: AuthInfo | null;
  readonly startedNs: number;
  /** When it is answered with a timeout. */
  readonly deadlineNs: number;
  /** Another member passed it on: `id` is that of its call. */
  readonly forPeer?: true;
}

/** A request of the v2 API on its way through the log. Plain data. */
export interface V2Ask extends Pick<Ask, 'id' | 'startedNs' | 'deadlineNs'> {
  readonly auth: null;
  readonly forV2: true;
}

export const noAsks: readonly Ask[] = [];

/** Removes and returns those whose time is over. One that waited elsewhere before may stand behind later ones. */
export function takeExpired(asks: Ask[], nowNs: number): readonly Ask[] {
  // Asked at every tick; mostly nobody waits.
  if (asks.length === 0) return noAsks;
  const expired = asks.filter(({ deadlineNs }) => deadlineNs <= nowNs);
  if (expired.length > 0) asks.splice(0, asks.length, ...asks.filter((ask) => !expired.includes(ask)));
  return expired;
}
