import { type NodeId, type RequestId, requestId } from '../base/ids.ts';
import { clientRetryMs, nsPerMs } from '../limits.ts';
import type { Token } from '../ports.ts';
import type { ClientRequest, ClientResponse, ErrorResponse } from '../server/api/index.ts';
import { grpcCodes, outcomeOf } from '../server/api/index.ts';
import type { Balancer } from './balancer.ts';
import type { CallOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import type { CallId, Caller, ClientObserver, ClientPorts } from './ports.ts';
import { isReadOnly, reactionTo } from './retry.ts';
import type { SignIn } from './sign_in.ts';
import type { Timers } from './timers.ts';

interface Call {
  readonly id: CallId;
  readonly request: ClientRequest;
  readonly by: Caller;
  /** The only endpoint to ask, or null. */
  readonly fixed: NodeId | null;
  readonly timeoutMs: number;
  deadline: Token;
  /** The attempt under way, or null while the call waits to be sent again. */
  attempt: RequestId | null;
  endpoint: NodeId | null;
  attempts: number;
  /** An attempt may have had its effect. */
  open: boolean;
  signIns: number;
  /** Why the last attempt failed. */
  message: string;
  error: ErrorResponse | null;
}

/** New tokens that one call may cost: users and roles could change again and again. */
const signInsMax = 3;

/** Who hears of a call's end; the observer has heard of it already. */
export type OnCallDone = (call: CallId, request: ClientRequest, by: Caller, outcome: Outcome) => void;

export interface CallsParts {
  readonly ports: ClientPorts;
  readonly observer: ClientObserver | null;
  readonly timers: Timers;
  readonly balancer: Balancer<NodeId>;
  readonly signIn: SignIn;
  readonly timeoutMs: number;
  readonly onDone: OnCallDone;
}

/** Requests and their answers: each goes to one member after the other as long as that is safe and its time is not up. */
export class Calls {
  private readonly parts: CallsParts;
  private readonly calls = new Map<CallId, Call>();
  private readonly byAttempt = new Map<RequestId, Call>();
  /** Calls that wait for a new token, and the call that gets it. */
  private awaitingToken: Call[] = [];
  private renewal: CallId | null = null;
  private nextCall = 1;
  private nextAttempt = 1;

  constructor(parts: CallsParts) {
    this.parts = parts;
  }

  begin(request: ClientRequest, options: CallOptions, by: Caller): CallId {
    const { timers, observer } = this.parts;
    const id = this.nextCall++;
    const timeoutMs = options.timeoutMs ?? this.parts.timeoutMs;
    const call: Call = {
      id,
      request,
      by,
      fixed: options.endpoint ?? null,
      timeoutMs,
      deadline: timers.arm(Math.round(timeoutMs * nsPerMs), { kind: 'callDeadline', call: id }),
      attempt: null,
      endpoint: null,
      attempts: 0,
      open: false,
      signIns: 0,
      message: '',
      error: null,
    };
    this.calls.set(id, call);
    observer?.onInvoke(id, request, by);
    this.send(call);
    return id;
  }

  private send(call: Call): void {
    if (this.renewal !== null && call.request.kind !== 'authenticate') {
      this.awaitingToken.push(call);
      return;
    }
    const { ports, balancer, signIn } = this.parts;
    const attempt = requestId(this.nextAttempt++);
    const endpoint = call.fixed ?? balancer.pick();
    call.attempt = attempt;
    call.endpoint = endpoint;
    call.attempts++;
    this.byAttempt.set(attempt, call);
    const token = call.request.kind === 'authenticate' ? undefined : signIn.token;
    ports.send(endpoint, attempt, call.request, token, call.id);
  }

  // --- what comes back

  onResponse(attempt: RequestId, response: ClientResponse): void {
    const call = this.take(attempt);
    if (call === undefined) return;
    if (response.kind === 'error') this.failed(call, response);
    else this.finish(call, { status: 'ok', response });
  }

  /** The endpoint could not be reached: the attempt never got to it. */
  onRefused(attempt: RequestId): void {
    const call = this.take(attempt);
    if (call === undefined) return;
    call.message = 'connection refused';
    call.error = null;
    this.leave(call);
    if (call.fixed === null) this.sendElsewhere(call);
    else this.giveUp(call);
  }

  private take(attempt: RequestId): Call | undefined {
    const call = this.byAttempt.get(attempt);
    if (call === undefined) return undefined;
    this.byAttempt.delete(attempt);
    call.attempt = null;
    return call;
  }

  private failed(call: Call, error: ErrorResponse): void {
    call.message = error.message;
    call.error = error;
    if (outcomeOf(error) === 'unknown') call.open = true;
    // Another endpoint may do better.
    if (error.code === grpcCodes.UNAVAILABLE) this.leave(call);
    const reaction = reactionTo(call.request, error);
    if (reaction === 'elsewhere' && call.fixed === null) this.sendElsewhere(call);
    else if (reaction === 'signIn' && this.mayRenewFor(call)) this.sendWithNewToken(call);
    else this.giveUp(call);
  }

  private leave({ fixed, endpoint }: Call): void {
    if (fixed === null && endpoint !== null) this.parts.balancer.failOver(endpoint);
  }

  /** At once while there may be a member that was not asked, with a pause after each quorum that would not (clientv3). */
  private sendElsewhere(call: Call): void {
    const { balancer, timers, ports } = this.parts;
    if (call.attempts % balancer.quorum !== 0) {
      this.send(call);
      return;
    }
    const pauseUs = clientRetryMs * 1000 + ports.random.below(clientRetryMs * 100);
    timers.arm(pauseUs * 1000, { kind: 'callRetry', call: call.id });
  }

  onRetry(id: CallId): void {
    const call = this.calls.get(id);
    if (call !== undefined) this.send(call);
  }

  onDeadline(id: CallId): void {
    const call = this.calls.get(id);
    if (call === undefined) return;
    if (call.attempt !== null) {
      this.byAttempt.delete(call.attempt);
      call.open = true;
      call.message = `no answer within ${call.timeoutMs} ms`;
      call.error = null;
      this.leave(call);
    }
    this.giveUp(call);
  }

  private giveUp(call: Call): void {
    const { error } = call;
    const message = call.message === '' ? `not sent within ${call.timeoutMs} ms` : call.message;
    const status = call.open && !isReadOnly(call.request) ? 'unknown' : 'fail';
    this.finish(call, { status, message, error });
  }

  private finish(call: Call, outcome: Outcome): void {
    const { timers, observer, onDone } = this.parts;
    this.calls.delete(call.id);
    timers.cancel(call.deadline);
    observer?.onReturn(call.id, outcome);
    if (this.renewal === call.id) this.onRenewed(outcome);
    onDone(call.id, call.request, call.by, outcome);
  }

  // --- new tokens

  private mayRenewFor({ signIns, request }: Call): boolean {
    return signIns < signInsMax && request.kind !== 'authenticate' && this.parts.signIn.hasCredentials;
  }

  private sendWithNewToken(call: Call): void {
    call.signIns++;
    this.awaitingToken.push(call);
    this.renewToken();
  }

  /** Signs in again; everything that is to be sent meanwhile waits for the new token. */
  renewToken(): void {
    if (this.renewal !== null) return;
    const request = this.parts.signIn.request();
    if (request === null) return;
    // What fails at once must not find itself to be no renewal.
    this.renewal = this.nextCall;
    this.begin(request, {}, { kind: 'client' });
  }

  private onRenewed(outcome: Outcome): void {
    const { signIn } = this.parts;
    const works = signIn.renewed(outcome);
    const waiting = this.awaitingToken;
    this.renewal = null;
    this.awaitingToken = [];
    for (const call of waiting) {
      // Its time may be up.
      if (!this.calls.has(call.id)) continue;
      if (works) this.send(call);
      else this.giveUpUnsigned(call, outcome);
    }
  }

  private giveUpUnsigned(call: Call, outcome: Outcome): void {
    if (call.message === '' && outcome.status !== 'ok') {
      call.message = outcome.message;
      call.error = outcome.error;
    }
    this.giveUp(call);
  }
}
