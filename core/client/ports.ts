import type { ByteString } from '../base/bytes.ts';
import type { NodeId, RequestId } from '../base/ids.ts';
import type { Clock, Random, StreamId } from '../ports.ts';
import type { ClientRequest, WatchRequest, WatchResponse } from '../server/api/index.ts';
import type { WatchOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import type { KeeperId, WatchId } from './task.ts';

/** Names a call of one client: all attempts for one request. */
export type CallId = number;
/** Names what a script waits for. */
export type WaitId = number;

/** Why a call is made: a script asked, a keeper renews its lease, or the client itself needs a new token. */
export type Caller =
  | { readonly kind: 'script' }
  | { readonly kind: 'keeper'; readonly keeper: KeeperId }
  | { readonly kind: 'client' };

/** What a client needs of the world. */
export interface ClientPorts {
  readonly clock: Pick<Clock, 'nowNs' | 'armTimer'>;
  /** For pauses only. */
  readonly random: Random;
  /** Sends one attempt of a call; the answer comes as `onResponse(attempt, ...)`, or `onRefused(attempt)` if it never got there. */
  send(
    to: NodeId,
    attempt: RequestId,
    request: ClientRequest,
    token: ByteString | undefined,
    call: CallId,
  ): void;
  /** Opens a watch stream; the member may send `window` answers before it hears of `takeStream`. */
  openStream(to: NodeId, window: number, token: ByteString | undefined): StreamId;
  sendStream(stream: StreamId, request: WatchRequest): void;
  /** Says that `count` more answers were taken. */
  takeStream(stream: StreamId, count: number): void;
  closeStream(stream: StreamId): void;
  /** Resumes the script that waits. */
  resume(wait: WaitId, answer: unknown): void;
}

/** What somebody who records a client's history is told. */
export interface ClientObserver {
  /** Before the first attempt is sent. */
  onInvoke(call: CallId, request: ClientRequest, by: Caller): void;
  onReturn(call: CallId, outcome: Outcome): void;
  onWatch(watch: WatchId, options: WatchOptions): void;
  /** A watch's stream was opened again, from this revision on; 0: from now on, for nothing had been heard. */
  onWatchResumed(watch: WatchId, revision: number): void;
  /** Whole, if it came in fragments. That a resumed watch is established is not told again. */
  onWatchResponse(watch: WatchId, response: WatchResponse): void;
  onWatchCanceled(watch: WatchId): void;
}
