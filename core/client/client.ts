import { type NodeId, type RequestId, requestId } from '../base/ids.ts';
import { nsPerMs } from '../limits.ts';
import type { Clock, Token } from '../ports.ts';
import type { ClientRequest, ClientResponse, ErrorResponse, SuccessResponse } from '../server/api/index.ts';
import { grpcCodes, outcomeOf } from '../server/api/index.ts';
import { Balancer } from './balancer.ts';

/**
 * What a client knows about its request afterwards. `fail`: it certainly did not change the store. `unknown`: no answer, or
 * one that leaves it open; the client must not send it again by itself, because etcd does not recognise duplicates.
 */
export type CallOutcome =
  | { readonly status: 'ok'; readonly response: SuccessResponse }
  | { readonly status: 'fail'; readonly message: string }
  | { readonly status: 'unknown'; readonly message: string };

export interface ClientPorts {
  readonly clock: Pick<Clock, 'nowNs' | 'armTimer'>;
  send(to: NodeId, id: RequestId, request: ClientRequest): void;
  /** Called once per call. */
  complete(id: RequestId, outcome: CallOutcome): void;
}

interface Call {
  readonly endpoint: NodeId;
  /** A read that got no answer has changed nothing. */
  readonly readOnly: boolean;
}

/** A client of the cluster: one request at a time or many, each answered, refused, or given up after the timeout. */
export class Client {
  private readonly ports: ClientPorts;
  private readonly balancer: Balancer<NodeId>;
  private readonly timeoutMs: number;
  private readonly calls = new Map<RequestId, Call>();
  /** Id of the next call; ids count up from 1. */
  nextRequestId = 1;

  constructor(ports: ClientPorts, endpoints: readonly NodeId[], start: number, timeoutMs: number) {
    this.ports = ports;
    this.balancer = new Balancer(endpoints, start);
    this.timeoutMs = timeoutMs;
  }

  /** The member the next request goes to. */
  get endpoint(): NodeId {
    return this.balancer.current;
  }

  call(request: ClientRequest): RequestId {
    const id = requestId(this.nextRequestId++);
    const endpoint = this.balancer.current;
    this.calls.set(id, { endpoint, readOnly: request.kind === 'range' });
    this.ports.clock.armTimer(id, this.timeoutMs * nsPerMs);
    this.ports.send(endpoint, id, request);
    return id;
  }

  onResponse(id: RequestId, response: ClientResponse): void {
    const call = this.take(id);
    if (call === undefined) return;
    if (response.kind === 'error') this.failed(id, call, response);
    else this.ports.complete(id, { status: 'ok', response });
  }

  /** The endpoint could not be reached: the request never got to it. */
  onRefused(id: RequestId): void {
    const call = this.take(id);
    if (call === undefined) return;
    this.balancer.failOver(call.endpoint);
    this.ports.complete(id, { status: 'fail', message: 'connection refused' });
  }

  onTimer(token: Token): void {
    const id = requestId(token);
    const call = this.take(id);
    if (call === undefined) return;
    this.balancer.failOver(call.endpoint);
    const status = call.readOnly ? 'fail' : 'unknown';
    this.ports.complete(id, { status, message: `no answer within ${this.timeoutMs} ms` });
  }

  private failed(id: RequestId, call: Call, error: ErrorResponse): void {
    // Another endpoint may do better.
    if (error.code === grpcCodes.UNAVAILABLE) this.balancer.failOver(call.endpoint);
    const status = call.readOnly || outcomeOf(error) === 'not-applied' ? 'fail' : 'unknown';
    this.ports.complete(id, { status, message: error.message });
  }

  private take(id: RequestId): Call | undefined {
    const call = this.calls.get(id);
    if (call !== undefined) this.calls.delete(id);
    return call;
  }
}
