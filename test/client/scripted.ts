import { type NodeId, type RequestId, nodeId } from '../../core/base/ids.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import {
  type Caller,
  Client,
  type ClientObserver,
  type ClientOptions,
  type ClientPorts,
  type EtcdClient,
  type Outcome,
  type Task,
  type WaitId,
  etcdClient,
} from '../../core/client/index.ts';
import { nsPerMs } from '../../core/limits.ts';
import {
  type ClientRequest,
  type ClientResponse,
  type Event,
  type WatchRequest,
  type WatchResponse,
  revisionHeader,
} from '../../core/server/api/index.ts';
import type { RequestKind, ResponseBodies } from '../../core/server/api/index.ts';
import { noLease } from '../../core/server/api/index.ts';
import { fromText } from '../../core/base/bytes.ts';

export interface Sent {
  readonly to: number;
  readonly attempt: RequestId;
  readonly request: ClientRequest;
  readonly token: ByteString | undefined;
  readonly call: number;
}

export interface OpenedStream {
  readonly id: number;
  readonly to: number;
  readonly window: number;
  readonly token: ByteString | undefined;
  readonly requests: WatchRequest[];
  readonly taken: number[];
  closed: boolean;
}

/** A task that a test runs. */
export interface Running<Result> {
  done: boolean;
  result: Result | undefined;
}

/** A client before members that the test plays: nothing happens but what it says. */
export class Scripted implements ClientPorts, ClientObserver {
  nowNs = 0;
  readonly clock = {
    nowNs: (): number => this.nowNs,
    armTimer: (token: number, delayNs: number): void => {
      this.timers.push({ token, atNs: this.nowNs + delayNs });
    },
  };
  readonly random = { below: () => 0 };
  readonly sent: Sent[] = [];
  readonly streams: OpenedStream[] = [];
  readonly told: string[] = [];
  readonly client: Client;
  readonly etcd: EtcdClient = etcdClient({ below: () => 0 });
  private timers: { readonly token: number; readonly atNs: number }[] = [];
  private readonly waiting = new Map<WaitId, (answer: unknown) => void>();

  constructor(options: Partial<ClientOptions> = {}) {
    const endpoints = [1, 2, 3].map(nodeId);
    this.client = new Client(this, { endpoints, timeoutMs: 1000, ...options }, this);
  }

  /** Runs a task as far as it goes; what it waits for goes on by what the test does. */
  run<Result>(task: Task<Result>): Running<Result> {
    const running: Running<Result> = { done: false, result: undefined };
    const go = (answer: unknown): void => {
      for (let next = task.next(answer); ;) {
        if (next.done === true) {
          running.done = true;
          running.result = next.value;
          return;
        }
        const begun = this.client.begin(next.value);
        if (!begun.done) {
          this.waiting.set(begun.wait, go);
          return;
        }
        next = task.next(begun.answer);
      }
    };
    go(undefined);
    return running;
  }

  resume(wait: WaitId, answer: unknown): void {
    const go = this.waiting.get(wait);
    this.waiting.delete(wait);
    go?.(answer);
  }

  /** Lets time pass; timers that are due on the way fire in their order. */
  advance(ms: number): void {
    const untilNs = this.nowNs + Math.round(ms * nsPerMs);
    for (;;) {
      this.timers.sort((a, b) => a.atNs - b.atNs || a.token - b.token);
      const next = this.timers[0];
      if (next === undefined || next.atNs > untilNs) break;
      this.timers.shift();
      this.nowNs = next.atNs;
      this.client.onTimer(next.token);
    }
    this.nowNs = untilNs;
  }

  // --- ports

  send(
    to: NodeId,
    attempt: RequestId,
    request: ClientRequest,
    token: ByteString | undefined,
    call: number,
  ): void {
    this.sent.push({ to, attempt, request, token, call });
  }

  openStream(to: NodeId, window: number, token: ByteString | undefined): number {
    const id = this.streams.length + 1;
    this.streams.push({ id, to, window, token, requests: [], taken: [], closed: false });
    return id;
  }

  sendStream(stream: number, request: WatchRequest): void {
    this.streams[stream - 1]?.requests.push(request);
  }

  takeStream(stream: number, count: number): void {
    this.streams[stream - 1]?.taken.push(count);
  }

  closeStream(stream: number): void {
    this.stream(stream).closed = true;
  }

  // --- what the members do

  get last(): Sent {
    const last = this.sent.at(-1);
    if (last === undefined) throw new Error('nothing was sent');
    return last;
  }

  /** Where everything was sent to, in order. */
  get route(): readonly number[] {
    return this.sent.map(({ to }) => to);
  }

  answer(response: ClientResponse, to: Sent = this.last): void {
    this.client.onResponse(to.attempt, response);
  }

  refuse(to: Sent = this.last): void {
    this.client.onRefused(to.attempt);
  }

  stream(id: number = this.streams.length): OpenedStream {
    const stream = this.streams[id - 1];
    if (stream === undefined) throw new Error(`there is no stream ${id}`);
    return stream;
  }

  /** What the newest stream was asked to create, the last first. */
  created(id?: number): Extract<WatchRequest, { kind: 'create' }>['create'] {
    const create = this.stream(id).requests.findLast((request) => request.kind === 'create');
    if (create?.kind !== 'create') throw new Error('no watch was created');
    return create.create;
  }

  watchAnswer(fields: Partial<WatchResponse> & { readonly revision?: number }, id?: number): void {
    const { revision = 0, ...rest } = fields;
    this.client.onStreamResponse(this.stream(id).id, {
      header: revisionHeader(revision),
      watch_id: 1,
      created: false,
      canceled: false,
      compact_revision: 0,
      cancel_reason: fromText(''),
      fragment: false,
      events: [],
      ...rest,
    });
  }

  break(id?: number): void {
    this.client.onStreamClosed(this.stream(id).id);
  }

  // --- what is recorded

  onInvoke(call: number, request: ClientRequest, by: Caller): void {
    this.told.push(`invoke ${call} ${request.kind} by ${by.kind}`);
  }

  onReturn(call: number, outcome: Outcome): void {
    this.told.push(`return ${call} ${outcome.status}`);
  }

  onWatch(watch: number): void {
    this.told.push(`watch ${watch}`);
  }

  onWatchResumed(watch: number, revision: number): void {
    this.told.push(`resume ${watch} at ${revision}`);
  }

  onWatchResponse(watch: number, { created, canceled, events, header }: WatchResponse): void {
    const what = created ? 'created' : canceled ? 'canceled' : `${events.length} events`;
    this.told.push(`heard ${watch} ${what} @${header.revision}`);
  }

  onWatchCanceled(watch: number): void {
    this.told.push(`cancel ${watch}`);
  }
}

/** An answer that only a header is needed of. */
export function done(kind: RequestKind, body: object = {}): ClientResponse {
  const full = { header: revisionHeader(7), ...body } as unknown as ResponseBodies[RequestKind];
  return { kind, [kind]: full } as unknown as ClientResponse;
}

export function put(key: string, revision: number, value = `v${revision}`): Event {
  return {
    type: 'PUT',
    kv: {
      key: fromText(key),
      value: fromText(value),
      create_revision: revision,
      mod_revision: revision,
      version: 1,
      lease: noLease,
    },
  };
}
