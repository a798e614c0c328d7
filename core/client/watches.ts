import { assert } from '../base/assert.ts';
import { fromText } from '../base/bytes.ts';
import type { NodeId } from '../base/ids.ts';
import { nsPerMs, watchReopenMaxMs, watchReopenMinMs, watchWindow } from '../limits.ts';
import type { StreamId } from '../ports.ts';
import { type WatchResponse, errors } from '../server/api/index.ts';
import { noWatchId } from '../watch/index.ts';
import type { WatchAnswer } from './api.ts';
import type { Balancer } from './balancer.ts';
import type { WatchOptions } from './options.ts';
import type { ClientObserver, ClientPorts, WaitId } from './ports.ts';
import type { SignIn } from './sign_in.ts';
import type { WatchId } from './task.ts';
import type { Timers } from './timers.ts';
import { Watch } from './watch.ts';

interface Stream {
  readonly id: StreamId;
  readonly endpoint: NodeId;
  /** Answers taken that the member has not been told of. */
  taken: number;
  /** Watches whose creation is not answered, in the order in which it was asked for. */
  readonly creating: WatchId[];
}

export interface WatchesParts {
  readonly ports: ClientPorts;
  readonly observer: ClientObserver | null;
  readonly timers: Timers;
  readonly balancer: Balancer<NodeId>;
  readonly signIn: SignIn;
  /** Gets a new token; then `onRenewed`. */
  readonly renewToken: () => void;
}

/**
 * The watches of a client, on one stream. When the stream breaks, it is opened at another member, and each watch goes on at the revision
 * behind the last it heard of, by an event or by a bookmark, so that its script sees one watch (etcd: clientv3, watchGrpcStream).
 */
export class Watches {
  private readonly parts: WatchesParts;
  private readonly watches = new Map<WatchId, Watch>();
  private stream: Stream | null = null;
  private reopening = false;
  /** Streams in a row that broke before anything came. */
  private failures = 0;
  private nextId = 1;

  constructor(parts: WatchesParts) {
    this.parts = parts;
  }

  // --- what scripts do

  begin(options: WatchOptions): WatchId {
    const watch = new Watch(this.nextId++, options);
    this.watches.set(watch.id, watch);
    this.parts.observer?.onWatch(watch.id, options);
    if (this.stream !== null) this.create(this.stream, watch);
    else if (!this.reopening) this.open();
    return watch.id;
  }

  /** The next answer if there is one; else null, and `wait` is resumed with it, or with null when the time is up. */
  next(id: WatchId, timeoutNs: number, wait: WaitId): WatchAnswer | null {
    const watch = this.watches.get(id);
    if (watch === undefined) return { kind: 'canceled', reason: 'the watch was canceled' };
    assert(watch.waiting === null, 'one script at a time waits for a watch');
    const answer = watch.take();
    if (answer === null) {
      const timer = this.parts.timers.arm(Math.max(0, timeoutNs), { kind: 'watchWait', watch: id, wait });
      watch.waiting = { wait, timer };
    }
    return answer;
  }

  onWaitTimeout(id: WatchId, wait: WaitId): void {
    const watch = this.watches.get(id);
    if (watch?.waiting?.wait !== wait) return;
    watch.waiting = null;
    this.parts.ports.resume(wait, null);
  }

  askForProgress(id: WatchId): void {
    const watch = this.watches.get(id);
    if (watch === undefined || watch.ended) return;
    watch.askedForProgress();
    if (this.stream !== null) this.parts.ports.sendStream(this.stream.id, { kind: 'progress', progress: {} });
  }

  cancel(id: WatchId): void {
    const watch = this.watches.get(id);
    if (watch === undefined) return;
    const { ports, timers, observer } = this.parts;
    this.watches.delete(id);
    if (!watch.ended) {
      observer?.onWatchCanceled(id);
      if (this.stream !== null)
        ports.sendStream(this.stream.id, { kind: 'cancel', cancel: { watch_id: id } });
    }
    this.closeIfIdle();
    if (watch.waiting === null) return;
    timers.cancel(watch.waiting.timer);
    ports.resume(watch.waiting.wait, { kind: 'canceled', reason: 'the watch was canceled' });
  }

  private live(): Watch[] {
    return [...this.watches.values()].filter(({ ended }) => !ended);
  }

  private closeIfIdle(): void {
    if (this.stream === null || this.live().length > 0) return;
    this.parts.ports.closeStream(this.stream.id);
    this.stream = null;
  }

  // --- the stream

  private open(): void {
    const { ports, balancer, signIn } = this.parts;
    const endpoint = balancer.pick();
    const id = ports.openStream(endpoint, watchWindow, signIn.token);
    this.stream = { id, endpoint, taken: 0, creating: [] };
    for (const watch of this.live()) this.create(this.stream, watch);
  }

  private create(stream: Stream, watch: Watch): void {
    stream.creating.push(watch.id);
    if (watch.wasEstablished) this.parts.observer?.onWatchResumed(watch.id, watch.resumesAt);
    this.parts.ports.sendStream(stream.id, { kind: 'create', create: watch.createRequest() });
  }

  /** The member ended the stream, or the connection is lost. */
  onClosed(id: StreamId): void {
    if (this.stream?.id !== id) return;
    this.parts.balancer.failOver(this.stream.endpoint);
    this.abandon();
    if (this.live().length === 0) return;
    const pauseMs = Math.min(watchReopenMinMs << Math.min(this.failures, 20), watchReopenMaxMs);
    this.failures++;
    this.reopening = true;
    this.parts.timers.arm(pauseMs * nsPerMs, { kind: 'streamReopen' });
  }

  private abandon(): void {
    this.stream = null;
    for (const watch of this.watches.values()) watch.onBreak();
  }

  onReopen(): void {
    this.reopening = false;
    if (this.stream === null && this.live().length > 0) this.open();
  }

  /** There is a new token, or will be none: streams carry the one that they were opened with. */
  onRenewed(): void {
    if (this.stream === null || !this.live().some(({ renewedToken }) => renewedToken)) return;
    this.parts.ports.closeStream(this.stream.id);
    this.abandon();
    this.open();
  }

  // --- answers

  onResponse(id: StreamId, response: WatchResponse): void {
    const { stream } = this;
    if (stream?.id !== id) return;
    this.failures = 0;
    stream.taken++;
    if (stream.taken >= watchWindow / 2) {
      this.parts.ports.takeStream(id, stream.taken);
      stream.taken = 0;
    }
    if (response.created) this.onCreated(stream, response);
    else if (response.watch_id === noWatchId) this.onProgressOfAll(response);
    else this.onAnswer(this.watches.get(response.watch_id), response);
  }

  /** Creations are answered in their order; a refusal names no watch. */
  private onCreated(stream: Stream, response: WatchResponse): void {
    const watch = this.watches.get(stream.creating.shift() ?? noWatchId);
    if (watch === undefined || watch.ended) return;
    if (response.canceled) {
      if (!this.triesNewToken(watch, response)) this.onAnswer(watch, response);
      return;
    }
    assert(response.watch_id === watch.id, 'a member takes the id that its client chose');
    if (!watch.wasEstablished) this.parts.observer?.onWatchResponse(watch.id, response);
    watch.onCreated(response.header.revision);
    this.wake(watch);
  }

  /** A member that does not know the token says only that it is not permitted (etcd 3.4). */
  private triesNewToken(watch: Watch, { cancel_reason: reason }: WatchResponse): boolean {
    const { signIn, renewToken } = this.parts;
    const denied = reason.endsWith(fromText(errors.permissionDenied.message));
    if (!denied || !signIn.hasCredentials || watch.renewedToken) return false;
    watch.renewedToken = true;
    renewToken();
    return true;
  }

  /** Asked for by hand, it holds for every watch that the member serves on this stream. */
  private onProgressOfAll(response: WatchResponse): void {
    for (const watch of this.live()) if (watch.established) this.onAnswer(watch, response);
  }

  private onAnswer(watch: Watch | undefined, response: WatchResponse): void {
    if (watch === undefined || watch.ended) return;
    const whole = watch.assemble(response);
    if (whole === null) return;
    this.parts.observer?.onWatchResponse(watch.id, whole);
    watch.onResponse(whole);
    if (watch.ended) this.closeIfIdle();
    this.wake(watch);
  }

  private wake(watch: Watch): void {
    if (watch.waiting === null) return;
    const answer = watch.take();
    if (answer === null) return;
    const { wait, timer } = watch.waiting;
    watch.waiting = null;
    this.parts.timers.cancel(timer);
    this.parts.ports.resume(wait, answer);
  }
}
