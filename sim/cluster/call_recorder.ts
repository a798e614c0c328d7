import type { Caller, CallId, ClientObserver, KeeperId, Outcome, WatchId } from '../../core/client/index.ts';
import type { WatchOptions } from '../../core/client/index.ts';
import type { ClientRequest, WatchResponse } from '../../core/server/api/index.ts';
import { Kind, operationKindNames, statusNames } from '../trace/kinds.ts';
import type { CallHistory, RecordedCall, RecordedRequest, RecordedWatch } from './call_history.ts';
import { askedReturnText, callWords, returnText, watchText } from './call_words.ts';
import { type KvCall, answerOf, callText } from './kv_calls.ts';
import { tellRequest } from './told_requests.ts';
import { revisionOf, tellOutcome, tellWatch, tellWatchResponse } from './told_responses.ts';
import type { World } from './world.ts';

/** A call under way. */
interface Open {
  readonly operation: number;
  readonly invokeEvent: number;
  readonly call: RecordedCall | null;
  readonly request: RecordedRequest | null;
  readonly asked: ClientRequest;
  readonly by: Caller;
  /** An intervention asked for it. */
  readonly isAsked: boolean;
}

/** When who asked. */
type Moment = Pick<RecordedCall, 'id' | 'process' | 'callNs' | 'callSequence'>;

/** Writes down what one client asks and hears: for the checkers into the history, for people into the trace. */
export class CallRecorder implements ClientObserver {
  /** The text call that the script is just asking for; null: it asks for something of etcd's API. */
  textCall: KvCall | null = null;
  /** The trace row of the intervention that is just asking for something; null: the client's script or keepers ask. */
  asked: { readonly cause: number } | null = null;
  private readonly world: World;
  private readonly history: CallHistory;
  private readonly endpoint: number;
  private readonly client: string;
  private readonly open = new Map<CallId, Open>();
  private readonly watches = new Map<WatchId, RecordedWatch>();
  /** Who asks in the history: the script, each keeper, and the client by itself can each have a call open. */
  private process: number;
  private readonly keepers = new Map<KeeperId, number>();
  private ownProcess = 0;

  constructor(world: World, history: CallHistory, number: number) {
    this.world = world;
    this.history = history;
    this.endpoint = world.endpointOfClient(number);
    this.client = world.nameOf(this.endpoint);
    this.process = number;
  }

  /** Calls under way. */
  get openCalls(): number {
    return this.open.size;
  }

  /** The history's id of a call, and the trace row of its invocation. */
  placeOf(call: CallId): { readonly operation: number; readonly invokeEvent: number } {
    return this.open.get(call) ?? { operation: 0, invokeEvent: -1 };
  }

  // --- calls

  onInvoke(id: CallId, request: ClientRequest, by: Caller): void {
    const call = by.kind === 'script' ? this.textCall : null;
    const { asked } = this;
    this.textCall = null;
    this.asked = null;
    const moment: Moment = {
      id: this.history.nextId(),
      // Whoever asks by hand waits for nothing, so each such call is somebody of its own.
      process: asked === null ? this.processOf(by) : this.history.newProcess(),
      callNs: this.world.scheduler.nowNs,
      callSequence: this.history.nextSequence(),
    };
    const invokeEvent = this.traceInvoke(moment, asked?.cause ?? -1, call, request);
    this.open.set(id, {
      operation: moment.id,
      invokeEvent,
      asked: request,
      by,
      isAsked: asked !== null,
      call: call === null ? null : this.recordCall(moment, call),
      request: call === null ? this.recordRequest(moment, request) : null,
    });
  }

  // Both records are written out: spread from one object, each would get a shape of its own when its time of return is set.

  private recordCall({ id, process, callNs, callSequence }: Moment, call: KvCall): RecordedCall {
    const { client } = this;
    const record: RecordedCall = {
      id,
      process,
      client,
      callNs,
      callSequence,
      returnNs: -1,
      returnSequence: -1,
      call,
      status: 'unknown',
      answer: null,
    };
    this.history.calls.push(record);
    return record;
  }

  private recordRequest(
    { id, process, callNs, callSequence }: Moment,
    request: ClientRequest,
  ): RecordedRequest | null {
    const { client } = this;
    const told = tellRequest(request);
    if (typeof told === 'string') return null;
    const record: RecordedRequest = {
      id,
      process,
      client,
      callNs,
      callSequence,
      returnNs: -1,
      returnSequence: -1,
      request: told,
      outcome: { status: 'unknown' },
    };
    this.history.requests.push(record);
    return record;
  }

  private processOf(by: Caller): number {
    if (by.kind === 'script') return this.process;
    if (by.kind === 'client') return (this.ownProcess ||= this.history.newProcess());
    const known = this.keepers.get(by.keeper) ?? this.history.newProcess();
    this.keepers.set(by.keeper, known);
    return known;
  }

  private newProcessFor(by: Caller): void {
    if (by.kind === 'script') this.process = this.history.newProcess();
    else if (by.kind === 'client') this.ownProcess = 0;
    else this.keepers.delete(by.keeper);
  }

  private traceInvoke(
    { id, process }: Moment,
    cause: number,
    call: KvCall | null,
    request: ClientRequest,
  ): number {
    const { trace } = this.world;
    const kind = operationKindNames.indexOf(call === null ? 'other' : call.kind);
    const text = trace.string(call === null ? callWords(request) : callText(call));
    return trace.add(Kind.invoke, this.endpoint, cause, id, process, kind, text);
  }

  onReturn(id: CallId, outcome: Outcome): void {
    const open = this.open.get(id);
    if (open === undefined) return;
    this.open.delete(id);
    const sequence = this.history.nextSequence();
    const record = open.call ?? open.request;
    if (record !== null) {
      record.returnNs = this.world.scheduler.nowNs;
      record.returnSequence = sequence;
    }
    if (open.call !== null) {
      open.call.status = outcome.status;
      open.call.answer = outcome.status === 'ok' ? answerOf(outcome.response) : null;
    }
    if (open.request !== null) open.request.outcome = tellOutcome(open.request.request, open.asked, outcome);
    this.world.facts.operations[outcome.status]++;
    this.traceReturn(open, outcome);
    if (outcome.status === 'unknown' && !open.isAsked) this.newProcessFor(open.by);
  }

  private traceReturn({ operation, invokeEvent, call, isAsked }: Open, outcome: Outcome): void {
    const { trace } = this.world;
    const status = statusNames.indexOf(outcome.status);
    const revision = outcome.status === 'ok' ? revisionOf(outcome.response) : 0;
    const words = isAsked ? askedReturnText : returnText;
    const told = call === null ? words(outcome) : JSON.stringify(call.answer?.value);
    const text = outcome.status === 'ok' ? told : outcome.message;
    trace.add(Kind.return, this.endpoint, invokeEvent, operation, status, revision, trace.string(text));
  }

  // --- watches

  onWatch(id: WatchId, options: WatchOptions): void {
    const record: RecordedWatch = {
      id: this.history.watches.length + 1,
      client: this.client,
      request: tellWatch(options),
      callNs: this.world.scheduler.nowNs,
      callSequence: this.history.nextSequence(),
      responses: [],
    };
    this.history.watches.push(record);
    this.watches.set(id, record);
    const cause = this.asked?.cause ?? -1;
    this.asked = null;
    const told = { kind: 'opened', ...record.request };
    this.traceWatch(record, record.request.startRevision ?? 0, 0, told, cause);
  }

  onWatchResumed(id: WatchId, revision: number): void {
    const record = this.watches.get(id);
    if (record === undefined) return;
    this.world.facts.watchesResumed++;
    this.traceWatch(record, revision, 0, { kind: 'resumed' });
  }

  onWatchResponse(id: WatchId, response: WatchResponse): void {
    const record = this.watches.get(id);
    if (record === undefined) return;
    const { nowNs } = this.world.scheduler;
    const prevKv = record.request.prevKv === true;
    const told = tellWatchResponse(response, prevKv, nowNs, this.history.nextSequence());
    record.responses.push(told);
    this.traceWatch(record, told.revision, told.events?.length ?? 0, watchText(told));
  }

  onWatchCanceled(id: WatchId): void {
    const record = this.watches.get(id);
    if (record !== undefined) this.traceWatch(record, 0, 0, { kind: 'closed' });
  }

  private traceWatch({ id }: RecordedWatch, revision: number, count: number, data: object, cause = -1): void {
    const { trace } = this.world;
    const text = trace.string(JSON.stringify(data));
    trace.add(Kind.watched, this.endpoint, cause, id, revision, count, text);
  }
}
