import type { NodeId } from '../../core/base/ids.ts';
import type { Message } from '../../core/raft/index.ts';
import type { PeerCall } from '../../core/server/peers/messages.ts';

/** What a member can be given. Numbers, not closures: this is the hot path. */
export const Input = {
  start: 0,
  timer: 1,
  message: 2,
  disk: 3,
  request: 4,
  snapshot: 5,
  snapshotSent: 6,
  peerCall: 7,
  peerAnswer: 8,
  stream: 9,
  terminate: 10,
} as const;

export interface ArrivedCall {
  readonly from: NodeId;
  readonly call: PeerCall;
}

export interface ArrivedSnapshot {
  readonly message: Message;
  readonly database: Uint8Array;
}

/** An event that came while the process was paused: it is seen, in order, when the process goes on. */
export interface Deferred {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly payload: unknown;
}
