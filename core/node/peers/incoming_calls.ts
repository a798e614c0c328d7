import type { IncomingMessage, ServerResponse } from 'node:http';
import { type RequestId, noNode, requestId } from '../../base/ids.ts';
import { ProtobufError } from '../../base/protobuf.ts';
import { errors } from '../../server/api/index.ts';
import type { PeerAnswer, PeerCall } from '../../server/peers/messages.ts';
import type { PeerHandler } from '../host/peer_transport.ts';
import { answerJson, answerText } from '../http/reply.ts';
import { readBytes } from './bodies.ts';
import { type Identity, senderOf } from './identity.ts';
import { decodeLeaseCall, encodeLeaseAnswer } from './lease_messages.ts';
import { memberListJson } from './member_list.ts';

const bodyBytesMax = 1024 * 1024;

interface OpenCall {
  readonly call: PeerCall;
  readonly response: ServerResponse;
}

/** What other members ask beside raft, on its way to the member and back. */
export class IncomingCalls {
  private readonly identity: Identity;
  private readonly handler: () => PeerHandler | null;
  private readonly open = new Map<RequestId, OpenCall>();
  private last = 0;

  constructor(identity: Identity, handler: () => PeerHandler | null) {
    this.identity = identity;
    this.handler = handler;
  }

  /** False: not one of its paths. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    const promoted = /^\/members\/promote\/(\d{1,20})$/.exec(path)?.[1];
    if (path === '/leases') this.onLease('lease_keep_alive', request, response);
    else if (path === '/leases/internal') this.onLease('lease_time_to_live', request, response);
    else if (path === '/members/hashkv') this.onHash(request, response);
    else if (promoted !== undefined && BigInt(promoted) < 2n ** 64n) {
      if (request.method !== 'POST') methodNotAllowed(response, 'POST');
      else {
        const member = this.identity.ids.local(BigInt(promoted));
        this.ask({ kind: 'member_promote', member }, request, response);
      }
    } else return false;
    return true;
  }

  private onLease(
    kind: 'lease_keep_alive' | 'lease_time_to_live',
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    if (request.method !== 'POST') return methodNotAllowed(response, 'POST');
    readBytes(request, response, bodyBytesMax, 'error reading body', (bytes) => {
      try {
        this.ask(decodeLeaseCall(kind, bytes), request, response);
      } catch (error) {
        if (!(error instanceof ProtobufError)) throw error;
        answerText(response, 400, 'error unmarshalling request\n');
      }
    });
  }

  private onHash(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET') return methodNotAllowed(response, 'GET');
    readBytes(request, response, bodyBytesMax, 'error reading body', (bytes) => {
      const revision = revisionIn(Buffer.from(bytes).toString());
      if (revision === null) answerText(response, 400, 'error unmarshalling request\n');
      else this.ask({ kind: 'hash_kv', revision }, request, response);
    });
  }

  private ask(call: PeerCall, request: IncomingMessage, response: ServerResponse): void {
    const handler = this.handler();
    if (handler === null) return answerText(response, 503, 'not ready\n');
    const id = requestId(++this.last);
    this.open.set(id, { call, response });
    response.on('close', () => this.open.delete(id));
    handler.onPeerCall(id, senderOf(request.headers, this.identity.ids) ?? noNode, call);
  }

  answer(id: RequestId, answer: PeerAnswer): void {
    const asked = this.open.get(id);
    this.open.delete(id);
    if (asked === undefined) return;
    const { call, response } = asked;
    if (answer.kind === 'removed') answerText(response, 410, 'the member has been permanently removed\n');
    else if (answer.kind === 'lease_keep_alive' && call.kind === answer.kind) {
      if (answer.ttl === 0) answerText(response, 404, 'lease not found\n');
      else answerBytes(response, encodeLeaseAnswer(call.ID, answer));
    } else if (answer.kind === 'lease_time_to_live' && call.kind === answer.kind) {
      if (answer.ttl < 0) answerText(response, 404, 'lease not found\n');
      else answerBytes(response, encodeLeaseAnswer(call.ID, answer));
    } else if (answer.kind === 'hash_kv') {
      const { hash, compactRevision: compact_revision, revision } = answer;
      answerJson(response, 200, JSON.stringify({ header: { revision }, hash, compact_revision }));
    } else if (answer.kind === 'member_promote') this.answerPromotion(response, answer.result);
    else answerText(response, 400, call.kind.startsWith('lease') ? 'not a primary lessor\n' : 'refused\n');
  }

  private answerPromotion(
    response: ServerResponse,
    result: Extract<PeerAnswer, { readonly kind: 'member_promote' }>['result'],
  ): void {
    if ('kind' in result) {
      const isPrecondition = result === errors.learnerNotReady || result === errors.memberNotLearner;
      const status = result === errors.memberNotFound ? 404 : isPrecondition ? 412 : 500;
      answerText(response, status, `${result.message}\n`);
      return;
    }
    const members = this.handler()?.membership()?.list() ?? [];
    answerJson(response, 200, memberListJson(members, this.identity.ids));
  }

  close(): void {
    for (const { response } of this.open.values()) response.destroy();
    this.open.clear();
  }
}

function revisionIn(text: string): number | null {
  try {
    const value: unknown = JSON.parse(text);
    const { revision = 0 } = (value ?? {}) as { readonly revision?: unknown };
    return typeof revision === 'number' && Number.isSafeInteger(revision) ? revision : null;
  } catch {
    return null;
  }
}

function answerBytes(response: ServerResponse, bytes: Uint8Array): void {
  response.writeHead(200, { 'Content-Type': 'application/protobuf', 'Content-Length': bytes.length });
  response.end(bytes);
}

export function methodNotAllowed(response: ServerResponse, allowed: string): void {
  response.setHeader('Allow', allowed);
  answerText(response, 405, 'Method Not Allowed\n');
}
