import { type NodeId, nodeId, requestId } from '../../core/base/ids.ts';
import type { DiskErrorCode } from '../../core/ports.ts';
import type { Message } from '../../core/raft/index.ts';
import type { Member } from '../../core/server/member.ts';
import type { PeerAnswer, PeerCall } from '../../core/server/peers/messages.ts';
import type { V2Request } from '../../core/v2store/index.ts';
import type { RequestEnvelope } from './transport.ts';
import type { StreamFrame } from './watch_transport.ts';

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
  v2Request: 11,
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

/** Gives a member one input; what `token` and `payload` are depends on its sort. */
export function giveInput(member: Member, input: number, token: number, payload: unknown): void {
  if (input === Input.message) member.onMessage(payload as Message);
  else if (input === Input.timer) member.onTimer(token);
  else if (input === Input.disk) member.onDisk(token, payload as DiskErrorCode | null);
  else if (input === Input.request) {
    const { request, token: authToken } = payload as RequestEnvelope;
    member.onRequest(requestId(token), request, authToken);
  } else giveRare(member, input, token, payload);
}

function giveRare(member: Member, input: number, token: number, payload: unknown): void {
  if (input === Input.start) member.start();
  else if (input === Input.snapshot) {
    const { message, database } = payload as ArrivedSnapshot;
    member.onSnapshot(message, database);
  } else if (input === Input.snapshotSent) member.onSnapshotSent(nodeId(token), payload as boolean);
  else if (input === Input.peerCall) {
    const { from, call } = payload as ArrivedCall;
    member.onPeerCall(requestId(token), from, call);
  } else if (input === Input.peerAnswer) member.onPeerAnswer(token, payload as PeerAnswer | null);
  else if (input === Input.terminate) member.stop();
  else if (input === Input.v2Request) member.onV2Request(requestId(token), payload as V2Request);
  else giveFrame(member, token, payload as StreamFrame);
}

function giveFrame(member: Member, stream: number, frame: StreamFrame): void {
  if (frame.kind === 'open') member.onWatchOpen(stream, frame.window, frame.token);
  else if (frame.kind === 'request') member.onWatchRequest(stream, frame.request);
  else if (frame.kind === 'taken') member.onWatchTaken(stream, frame.count);
  else if (frame.kind === 'closed') member.onWatchClosed(stream);
}
