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
}

/** Asks in the order of their arrival, which is that of their deadlines, because every request waits equally long. */
export function takeExpired(asks: Ask[], nowNs: number): readonly Ask[] {
  let count = 0;
  while (count < asks.length && (asks[count] as Ask).deadlineNs <= nowNs) count++;
  return count === 0 ? [] : asks.splice(0, count);
}
