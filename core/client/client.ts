import type { NodeId, RequestId } from '../base/ids.ts';
import type { StreamId, Token } from '../ports.ts';
import type { ClientRequest, ClientResponse, WatchResponse } from '../server/api/index.ts';
import { Balancer, type Balancing } from './balancer.ts';
import { Calls } from './calls.ts';
import { Keepers } from './keepers.ts';
import type { CallOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import type { CallId, Caller, ClientObserver, ClientPorts, WaitId } from './ports.ts';
import { SignIn } from './sign_in.ts';
import type { Effect } from './task.ts';
import { Timers } from './timers.ts';
import { Watches } from './watches.ts';

export interface ClientOptions {
  readonly endpoints: readonly NodeId[];
  /** Position of the endpoint to begin with. */
  readonly start?: number;
  readonly balancing?: Balancing;
  /** How long a call may take, with all that is tried again. */
  readonly timeoutMs: number;
}

/** What became of an effect at once: its answer, or the name under which its script will be resumed. */
export type Begun =
  { readonly done: true; readonly answer: unknown } | { readonly done: false; readonly wait: WaitId };

const nothing: Begun = { done: true, answer: undefined };

/**
 * A client of the cluster: a synchronous state machine that does what scripts ask for, any number of things at a time. Inputs are
 * answers, timers and scripts' effects; outputs leave through the ports.
 */
export class Client {
  private readonly ports: ClientPorts;
  private readonly timers: Timers;
  private readonly balancer: Balancer<NodeId>;
  private readonly signIn = new SignIn();
  private readonly calls: Calls;
  private readonly watches: Watches;
  private readonly keepers: Keepers;
  /** Who waits for a call of a script. */
  private readonly waits = new Map<CallId, WaitId>();
  private nextWait = 1;

  constructor(ports: ClientPorts, options: ClientOptions, observer: ClientObserver | null = null) {
    this.ports = ports;
    const timers = new Timers(ports.clock);
    const balancer = new Balancer(options.endpoints, options.start ?? 0, options.balancing);
    const { signIn } = this;
    const { timeoutMs } = options;
    const shared = { ports, observer, timers, balancer, signIn };
    this.timers = timers;
    this.balancer = balancer;
    this.calls = new Calls({
      ...shared,
      timeoutMs,
      onDone: (call, request, by, outcome) => this.onDone(call, request, by, outcome),
    });
    this.watches = new Watches({ ...shared, renewToken: () => this.calls.renewToken() });
    this.keepers = new Keepers(ports, timers, this.calls);
  }

  /** The member the next request goes to. */
  get endpoint(): NodeId {
    return this.balancer.current;
  }

  // --- effects

  begin(effect: Effect): Begun {
    switch (effect.kind) {
      case 'request':
        return this.call(effect.request, effect.options);
      case 'signIn': {
        const { name, password } = effect;
        return this.call({ kind: 'authenticate', authenticate: { name, password } }, {});
      }
      case 'sleep': {
        const wait = this.nextWait++;
        this.timers.arm(effect.ns, { kind: 'sleep', wait });
        return { done: false, wait };
      }
      case 'now':
        return { done: true, answer: this.timers.nowNs() };
      case 'signOut':
        this.signIn.signOut();
        return nothing;
      default:
        return this.beginLasting(effect);
    }
  }

  private beginLasting(effect: Extract<Effect, { kind: `watch${string}` | `keep${string}` }>): Begun {
    const { watches, keepers } = this;
    switch (effect.kind) {
      case 'watch':
        return { done: true, answer: watches.begin(effect.options) };
      case 'watchNext':
        return this.waitFor((wait) => watches.next(effect.watch, effect.timeoutNs, wait));
      case 'watchProgress':
        watches.askForProgress(effect.watch);
        return nothing;
      case 'watchCancel':
        watches.cancel(effect.watch);
        return nothing;
      case 'keep':
        return { done: true, answer: keepers.begin(effect.lease, effect.ttlSeconds) };
      case 'keeperState':
        return { done: true, answer: keepers.state(effect.keeper) };
      case 'keeperLost':
        return this.waitFor((wait) => keepers.lost(effect.keeper, effect.timeoutNs, wait));
      case 'keeperStop':
        keepers.stop(effect.keeper);
        return nothing;
    }
  }

  private waitFor(ask: (wait: WaitId) => unknown): Begun {
    const wait = this.nextWait++;
    const answer = ask(wait);
    return answer === null ? { done: false, wait } : { done: true, answer };
  }

  private call(request: ClientRequest, options: CallOptions): Begun {
    const wait = this.nextWait++;
    this.waits.set(this.calls.begin(request, options, { kind: 'script' }), wait);
    return { done: false, wait };
  }

  /** No more renewals: leases that nobody revokes end when their time is up. */
  stopKeepers(): void {
    this.keepers.stopAll();
  }

  // --- inputs

  onResponse(attempt: RequestId, response: ClientResponse): void {
    this.calls.onResponse(attempt, response);
  }

  /** The attempt never got to its endpoint. */
  onRefused(attempt: RequestId): void {
    this.calls.onRefused(attempt);
  }

  onStreamResponse(stream: StreamId, response: WatchResponse): void {
    this.watches.onResponse(stream, response);
  }

  /** The member ended the stream, refused it, or the connection is lost. */
  onStreamClosed(stream: StreamId): void {
    this.watches.onClosed(stream);
  }

  onTimer(token: Token): void {
    const due = this.timers.take(token);
    if (due === undefined) return;
    if (due.kind === 'callDeadline') this.calls.onDeadline(due.call);
    else if (due.kind === 'callRetry') this.calls.onRetry(due.call);
    else if (due.kind === 'watchWait') this.watches.onWaitTimeout(due.watch, due.wait);
    else if (due.kind === 'streamReopen') this.watches.onReopen();
    else if (due.kind === 'keeperRenew') this.keepers.onRenew(due.keeper);
    else if (due.kind === 'keeperDeadline') this.keepers.onDeadline(due.keeper);
    else if (due.kind === 'keeperWait') this.keepers.onWaitTimeout(due.keeper, due.wait);
    else this.ports.resume(due.wait, undefined);
  }

  private onDone(call: CallId, request: ClientRequest, by: Caller, outcome: Outcome): void {
    if (by.kind === 'keeper') {
      this.keepers.onOutcome(by.keeper, outcome);
      return;
    }
    if (by.kind === 'client') {
      this.watches.onRenewed();
      return;
    }
    if (request.kind === 'authenticate') this.signIn.signedIn(request, outcome);
    const wait = this.waits.get(call);
    this.waits.delete(call);
    if (wait !== undefined) this.ports.resume(wait, outcome);
  }
}
