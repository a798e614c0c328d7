import { type NodeId, type RequestId, requestId } from '../../core/base/ids.ts';
import { type CallOutcome, Client, type ClientPorts } from '../../core/client/client.ts';
import type { Token } from '../../core/ports.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import { clientTimeoutMs } from '../limits.ts';
import type { RandomStream } from '../random.ts';
import type { CallResult, WorkloadClient } from '../scenario.ts';
import { type Script, ScriptRunner, type Wait, sleep, wakeDelayNs } from '../script.ts';
import { Kind, type OperationStatus, operationKindNames, statusNames } from '../trace/kinds.ts';
import { Ev } from './events.ts';
import { type KvAnswer, type KvCall, answerOf, callText, requestOf } from './kv_calls.ts';
import type { ResponseEnvelope, Transport } from './transport.ts';
import type { StreamEnvelope } from './watch_transport.ts';
import type { World } from './world.ts';

/** One operation of the run's history. Times tie, so events are ordered by (ns, sequence). */
export interface RecordedCall {
  readonly id: number;
  /** Who asked. After an unknown outcome a client goes on under a new number, for its old one may still be at it. */
  readonly process: number;
  /** The client's name on the timeline. */
  readonly client: string;
  readonly call: KvCall;
  readonly callNs: number;
  readonly callSequence: number;
  returnNs: number;
  returnSequence: number;
  status: OperationStatus;
  answer: KvAnswer | null;
}

/** The run's operations in the order of their calls, and the counters that number them. */
export class CallHistory {
  readonly calls: RecordedCall[] = [];
  private sequence = 0;
  private processes: number;

  constructor(clients: number) {
    this.processes = clients;
  }

  nextSequence(): number {
    return this.sequence++;
  }

  newProcess(): number {
    return ++this.processes;
  }
}

/** A client of the run: the core's client, a script that drives it, and the history of what it asked and heard. */
export class ClientActor implements ClientPorts {
  readonly clock: ClientPorts['clock'] = this;
  readonly workloadClient: WorkloadClient;
  readonly endpoint: number;
  /** The script has come to its end. */
  finished = false;

  private readonly world: World;
  private readonly transport: Transport;
  private readonly client: Client;
  private readonly history: CallHistory;
  private process: number;
  private runner: ScriptRunner | null = null;
  private open: {
    readonly id: RequestId;
    readonly record: RecordedCall;
    readonly invokeEvent: number;
  } | null = null;
  /** Trace row that a request is sent because of, and the one that an answer came with. */
  private cause = -1;
  /** Number of the script's present wait: a wake-up for an earlier one, or for a script that was stopped, is void. */
  private wait = 0;

  constructor(
    world: World,
    transport: Transport,
    number: number,
    members: readonly NodeId[],
    history: CallHistory,
  ) {
    this.world = world;
    this.transport = transport;
    this.endpoint = world.endpointOfClient(number);
    this.history = history;
    this.process = number;
    this.client = new Client(this, members, number - 1, clientTimeoutMs);
    this.workloadClient = scriptClient(number, world.random.fork(`client/${number}`));
  }

  /** A call is under way. */
  get busy(): boolean {
    return this.open !== null;
  }

  // --- the script

  start(script: Script): void {
    this.finished = false;
    this.runner = new ScriptRunner(script);
    this.goOn(this.runner.resume(this.nowNs(), undefined));
  }

  /** No further step of the script; a call under way still gets its answer. */
  stop(): void {
    this.runner = null;
  }

  wake(wait: number): void {
    if (this.runner !== null && wait === this.wait) this.goOn(this.runner.wake(this.nowNs()));
  }

  private goOn(wait: Wait | null): void {
    this.wait++;
    if (wait === null) {
      this.finished = true;
    } else if (wait.kind === 'call') {
      this.invoke(wait.call as KvCall);
    } else {
      const dueNs = this.nowNs() + wakeDelayNs(wait);
      this.world.scheduler.schedule(dueNs, Ev.clientWake, this.endpoint, this.wait, 0, null);
    }
  }

  // --- calls

  private invoke(call: KvCall): void {
    const { trace } = this.world;
    const record: RecordedCall = {
      id: this.history.calls.length + 1,
      process: this.process,
      client: this.world.nameOf(this.endpoint),
      call,
      callNs: this.nowNs(),
      callSequence: this.history.nextSequence(),
      returnNs: -1,
      returnSequence: -1,
      status: 'unknown',
      answer: null,
    };
    this.history.calls.push(record);
    const kind = operationKindNames.indexOf(call.kind);
    const text = trace.string(callText(call));
    const invokeEvent = trace.add(Kind.invoke, this.endpoint, -1, record.id, this.process, kind, text);
    this.cause = invokeEvent;
    // The client's own request ids count up from 1, as this history of one call at a time does.
    this.open = { id: requestId(this.client.nextRequestId), record, invokeEvent };
    this.client.call(requestOf(call));
  }

  complete(id: RequestId, outcome: CallOutcome): void {
    const { open } = this;
    if (open === null || open.id !== id) return;
    this.open = null;
    const { record } = open;
    record.returnNs = this.nowNs();
    record.returnSequence = this.history.nextSequence();
    record.status = outcome.status;
    record.answer = outcome.status === 'ok' ? answerOf(outcome.response) : null;
    this.world.facts.operations[outcome.status]++;
    this.traceReturn(record, open.invokeEvent, outcome);
    if (outcome.status === 'unknown') this.process = this.history.newProcess();
    if (this.runner !== null) this.goOn(this.runner.resume(this.nowNs(), resultOf(outcome, record.answer)));
  }

  private traceReturn(record: RecordedCall, invokeEvent: number, outcome: CallOutcome): void {
    const { trace } = this.world;
    const text = outcome.status === 'ok' ? JSON.stringify(record.answer?.value) : outcome.message;
    const status = statusNames.indexOf(record.status);
    const revision = record.answer?.revision ?? 0;
    trace.add(Kind.return, this.endpoint, invokeEvent, record.id, status, revision, trace.string(text));
  }

  // --- ports and inputs

  nowNs(): number {
    return this.world.scheduler.nowNs;
  }

  armTimer(token: Token, delayNs: number): void {
    this.world.scheduler.schedule(this.nowNs() + delayNs, Ev.clientTimer, this.endpoint, token, 0, null);
  }

  send(to: NodeId, id: RequestId, request: ClientRequest): void {
    const operation = this.open?.record.id ?? 0;
    this.transport.sendRequest(this.cause, to, { client: this.endpoint, call: id, operation, request });
  }

  timer(token: Token): void {
    this.client.onTimer(token);
  }

  /** Something came on a watch stream. */
  frame(_envelope: StreamEnvelope): void {}

  response(envelope: ResponseEnvelope): void {
    if (envelope.response === null) this.client.onRefused(envelope.call);
    else this.client.onResponse(envelope.call, envelope.response);
  }
}

function resultOf(outcome: CallOutcome, answer: KvAnswer | null): CallResult<KvAnswer['value']> {
  if (outcome.status !== 'ok') return outcome;
  return { status: 'ok', value: answer?.value ?? null, revision: answer?.revision ?? 0 };
}

function scriptClient(number: number, random: RandomStream): WorkloadClient {
  function* call<Value>(wanted: KvCall): Script<CallResult<Value>> {
    return (yield { kind: 'call', call: wanted }) as CallResult<Value>;
  }
  return {
    number,
    random,
    sleep,
    get: (key) => call<string | null>({ kind: 'get', key }),
    put: (key, value) => call<null>({ kind: 'put', key, value }),
    delete: (key) => call<boolean>({ kind: 'delete', key }),
    compareAndSwap: (key, expected, value) => call<boolean>({ kind: 'compareAndSwap', key, expected, value }),
  };
}
