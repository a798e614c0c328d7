import { assert } from '../../core/base/assert.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import type { NodeId, RequestId } from '../../core/base/ids.ts';
import {
  type CallId,
  Client,
  type ClientPorts,
  type EtcdClient,
  type Outcome,
  type WaitId,
  etcdClient,
} from '../../core/client/index.ts';
import type { Random, StreamId, Token } from '../../core/ports.ts';
import type { ClientRequest, WatchRequest } from '../../core/server/api/index.ts';
import { clientTimeoutMs } from '../limits.ts';
import type { RandomStream } from '../random.ts';
import type { CallResult, WorkloadClient } from '../scenario.ts';
import type { ClientCall } from '../trace/client_call.ts';
import { type Script, ScriptRunner, type Wait, nsPerMs, sleep, wakeDelayNs } from '../script.ts';
import { AskedCalls } from './asked_calls.ts';
import type { CallHistory } from './call_history.ts';
import { CallRecorder } from './call_recorder.ts';
import { Ev } from './events.ts';
import { type KvAnswer, type KvCall, answerOf, requestOf } from './kv_calls.ts';
import type { ResponseEnvelope, Transport } from './transport.ts';
import type { StreamEnvelope } from './watch_transport.ts';
import type { World } from './world.ts';

export { CallHistory, type RecordedCall } from './call_history.ts';

/** A script that asks so often for what is there at once does nothing else. */
const immediateAnswersMax = 100_000;

/** A client of the run: the core's client, a script that drives it, and the record of what it asked and heard. */
export class ClientActor implements ClientPorts {
  readonly clock: ClientPorts['clock'] = this;
  readonly random: Random;
  readonly workloadClient: WorkloadClient;
  readonly endpoint: number;
  /** The script has come to its end. */
  finished = false;
  /** The load has ended: the script is to come to its own end. */
  over = false;

  private readonly world: World;
  private readonly transport: Transport;
  private readonly client: Client;
  private readonly recorder: CallRecorder;
  private readonly asked: AskedCalls;
  private runner: ScriptRunner | null = null;
  /** Number of the script's present wait: a wake-up for an earlier one, or for a script that was stopped, is void. */
  private wait = 0;
  /** What the client is to resume the script for; 0: nothing. */
  private waiting: WaitId = 0;
  /** How often it reads an answer of its streams; 0: it reads at once. */
  takeEveryMs = 0;
  /** Counts changes of that. */
  private pace = 0;
  /** What has come on its streams and was not read. */
  private readonly unread: StreamEnvelope[] = [];
  /** The script waits for a text call, and takes its answer as one. */
  private waitsForText = false;

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
    this.recorder = new CallRecorder(world, history, number);
    const random = world.random.fork(`client/${number}`);
    this.random = random.fork('retry');
    const options = { endpoints: members, start: number - 1, timeoutMs: clientTimeoutMs };
    this.client = new Client(this, options, this.recorder);
    this.asked = new AskedCalls(this.client, this.recorder);
    this.workloadClient = this.scriptClient(
      number,
      random,
      etcdClient(random.fork('etcd'), world.options.bugs),
    );
  }

  /** A call is under way. */
  get busy(): boolean {
    return this.recorder.openCalls > 0;
  }

  // --- the script

  start(script: Script): void {
    this.finished = false;
    this.waiting = 0;
    this.runner = new ScriptRunner(script);
    this.goOn(this.runner.resume(this.nowNs(), undefined));
  }

  /** No further step of the script; a call under way still gets its answer, and its watches go on hearing. */
  stop(): void {
    this.runner = null;
    this.waiting = 0;
    this.asked.stop();
    this.client.stopKeepers();
  }

  wake(wait: number): void {
    if (this.runner !== null && wait === this.wait) this.goOn(this.runner.wake(this.nowNs()));
  }

  /** Does what the script asks for, until it has to wait. */
  private goOn(first: Wait | null): void {
    let wait = first;
    for (let answered = 0; wait !== null; answered++) {
      assert(answered < immediateAnswersMax, 'a script must wait for something now and then');
      this.wait++;
      if (wait.kind === 'sleep' || wait.kind === 'until') {
        const dueNs = this.nowNs() + wakeDelayNs(wait);
        this.world.scheduler.schedule(dueNs, Ev.clientWake, this.endpoint, this.wait, 0, null);
        return;
      }
      this.waitsForText = wait.kind === 'call';
      const begun = this.client.begin(wait.kind === 'call' ? this.textRequest(wait.call as KvCall) : wait);
      if (!begun.done) {
        this.waiting = begun.wait;
        return;
      }
      wait = (this.runner as ScriptRunner).resume(this.nowNs(), begun.answer);
    }
    this.finished = true;
  }

  private textRequest(call: KvCall): Wait & { readonly kind: 'request' } {
    this.recorder.textCall = call;
    return { kind: 'request', request: requestOf(call), options: {} };
  }

  resume(wait: WaitId, answer: unknown): void {
    if (this.runner === null || wait !== this.waiting) {
      this.asked.answered(wait, answer as Outcome);
      return;
    }
    this.waiting = 0;
    const told = this.waitsForText ? resultOf(answer as Outcome) : answer;
    this.goOn(this.runner.resume(this.nowNs(), told));
  }

  // --- beside the script

  /** Whether it makes sense to ask for it now. */
  permits(call: ClientCall): boolean {
    return this.asked.permits(call);
  }

  /** Does what an intervention asks for, beside whatever the script does. `cause` is the intervention's trace row. */
  ask(call: ClientCall, cause: number): void {
    this.asked.ask(call, cause);
  }

  // --- ports and inputs

  nowNs(): number {
    return this.world.scheduler.nowNs;
  }

  armTimer(token: Token, delayNs: number): void {
    this.world.scheduler.schedule(this.nowNs() + delayNs, Ev.clientTimer, this.endpoint, token, 0, null);
  }

  send(
    to: NodeId,
    attempt: RequestId,
    request: ClientRequest,
    token: ByteString | undefined,
    call: CallId,
  ): void {
    const { operation, invokeEvent } = this.recorder.placeOf(call);
    const { endpoint: client } = this;
    this.transport.sendRequest(invokeEvent, to, { client, call: attempt, operation, request, token });
  }

  openStream(to: NodeId, window: number, token: ByteString | undefined): StreamId {
    return this.transport.watches.open(this.endpoint, to, window, token);
  }

  sendStream(stream: StreamId, request: WatchRequest): void {
    this.transport.watches.toMember(stream, { kind: 'request', request });
  }

  takeStream(stream: StreamId, count: number): void {
    this.transport.watches.toMember(stream, { kind: 'taken', count });
  }

  closeStream(stream: StreamId): void {
    this.transport.watches.toMember(stream, { kind: 'closed', reason: 'the client closed it' });
  }

  timer(token: Token): void {
    this.client.onTimer(token);
  }

  /** Something came on a watch stream; a client that reads slowly leaves it there. */
  frame(envelope: StreamEnvelope): void {
    if (this.takeEveryMs === 0) this.take(envelope);
    else this.unread.push(envelope);
  }

  /** From now on it reads what comes on its streams only every so often, in order; 0: at once, beginning with what is there. */
  takeEvery(ms: number): void {
    this.takeEveryMs = ms;
    this.pace++;
    if (ms > 0) this.scheduleTake();
    else for (const envelope of this.unread.splice(0)) this.take(envelope);
  }

  /** Its time to read has come, unless it reads at another pace by now. */
  takeOne(pace: number): void {
    if (pace !== this.pace) return;
    const envelope = this.unread.shift();
    if (envelope !== undefined) this.take(envelope);
    this.scheduleTake();
  }

  private scheduleTake(): void {
    const dueNs = this.nowNs() + this.takeEveryMs * nsPerMs;
    this.world.scheduler.schedule(dueNs, Ev.clientTake, this.endpoint, this.pace, 0, null);
  }

  private take({ stream, frame }: StreamEnvelope): void {
    if (frame.kind === 'response') this.client.onStreamResponse(stream, frame.response);
    else if (frame.kind === 'closed') this.client.onStreamClosed(stream);
  }

  response({ call, response }: ResponseEnvelope): void {
    if (response === null) this.client.onRefused(call);
    else this.client.onResponse(call, response);
  }

  // --- what the script is given

  private scriptClient(number: number, random: RandomStream, etcd: EtcdClient): WorkloadClient {
    function* call<Value>(wanted: KvCall): Script<CallResult<Value>> {
      return (yield { kind: 'call', call: wanted }) as CallResult<Value>;
    }
    const isOver = (): boolean => this.over;
    return {
      number,
      random,
      etcd,
      get over(): boolean {
        return isOver();
      },
      v2: (member, request) => this.world.v2.call(number, member, request),
      v2Watch: (member, request) => this.world.v2Watches.begin(number, member, request),
      note: (topic, data) => this.world.noteOf(number, topic, data),
      sleep,
      get: (key) => call<string | null>({ kind: 'get', key }),
      put: (key, value) => call<null>({ kind: 'put', key, value }),
      delete: (key) => call<boolean>({ kind: 'delete', key }),
      compareAndSwap: (key, expected, value) =>
        call<boolean>({ kind: 'compareAndSwap', key, expected, value }),
    };
  }
}

function resultOf(outcome: Outcome): CallResult<KvAnswer['value']> {
  if (outcome.status !== 'ok') return { status: outcome.status, message: outcome.message };
  const { value, revision } = answerOf(outcome.response);
  return { status: 'ok', value, revision };
}
