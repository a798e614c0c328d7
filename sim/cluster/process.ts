import { AssertionError } from '../../core/base/assert.ts';
import type { NodeId, RequestId } from '../../core/base/ids.ts';
import { nodeId, requestId } from '../../core/base/ids.ts';
import type { BugId, BugSwitches } from '../../core/bugs.ts';
import type { Log, LogLevel, Random, Token } from '../../core/ports.ts';
import { type Message, MessageType, messageIndex, messageReject } from '../../core/raft/index.ts';
import type { ClientResponse, WatchResponse } from '../../core/server/api/index.ts';
import type { MemberConfig } from '../../core/server/config.ts';
import { Member } from '../../core/server/member.ts';
import type { PeerAnswer, PeerCall } from '../../core/server/peers/messages.ts';
import type { EtcdNetwork, EtcdPorts, V2Answer } from '../../core/server/traffic.ts';
import { type ReadV2, type V2Request, readV2 } from '../../core/v2store/index.ts';
import { crashWords } from '../disk/pending_sync.ts';
import { type SyncCompletion, VirtualDisk } from '../disk/virtual_disk.ts';
import { bootDelayNs, defaultDiskLatency } from '../limits.ts';
import type { RandomStream } from '../random.ts';
import { type CrashMode, Kind, crashModeNames, logLevelNames } from '../trace/kinds.ts';
import { adminEndpoint } from './admin.ts';
import { ArmedFailpoints, FailpointCrash } from './armed_failpoints.ts';
import { DiskBridge } from './disk_bridge.ts';
import { Ev } from './events.ts';
import { MemberClock } from './member_clock.ts';
import { Observation } from './observation.ts';
import { type ArrivedCall, type ArrivedSnapshot, type Deferred, Input, giveInput } from './process_input.ts';
import type { PeerAnswerEnvelope } from './peer_calls.ts';
import type { RequestEnvelope, Transport } from './transport.ts';
import type { StreamEnvelope } from './watch_transport.ts';
import type { World } from './world.ts';

/** The machine and the process of one member: what survives a crash (the disk) and what does not (the member object). */
export class MemberProcess implements EtcdNetwork, Log, Random {
  readonly number: number;
  readonly disk: VirtualDisk;
  member: Member | null = null;
  /** Counts starts; timers and disk completions of an earlier start are void. */
  incarnation = 0;
  booting = false;
  paused = false;
  /** Trace row of the input that is handled now: what the rows written meanwhile were caused by. */
  cause = -1;
  appliedRevision = 1;
  /** It was leader at some time. */
  private hasLed = false;

  private readonly world: World;
  private readonly transport: Transport;
  private readonly config: MemberConfig;
  private readonly electionRandom: RandomStream;
  private observation: Observation;
  private readonly backlog: Deferred[] = [];
  private openRequests = new Map<RequestId, RequestEnvelope>();
  /** By their number among all of the run. */
  private readonly openV2Calls = new Map<RequestId, number>();
  private nextRequest = 1;

  private readonly diskBridge: DiskBridge;
  private readonly crashRandom: RandomStream;
  readonly clock: MemberClock;
  readonly failpoints = new ArmedFailpoints();
  /** What its program has from the next start on. */
  private bugs: BugSwitches;
  /** What its program has had since its last start. */
  startedWith: BugSwitches;

  constructor(world: World, transport: Transport, config: MemberConfig) {
    this.world = world;
    this.transport = transport;
    this.config = { ...config, failpoint: (site) => this.failpoints.pass(site) };
    this.number = config.id;
    this.bugs = config.bugs;
    this.startedWith = config.bugs;
    this.diskBridge = new DiskBridge(world, this.number, () => this.cause);
    this.disk = new VirtualDisk(
      this.diskBridge,
      defaultDiskLatency,
      world.random.fork(`disk/n${this.number}`),
    );
    this.clock = new MemberClock(world, this.number, () => this.incarnation);
    this.crashRandom = world.random.fork(`crash/n${this.number}`);
    this.electionRandom = world.random.fork(`election/n${this.number}`);
    this.observation = new Observation(world, this);
  }

  /** The process runs: it has read its disk, hasn't failed. It may be paused. */
  get isUp(): boolean {
    return this.member !== null;
  }

  requireMember(): Member {
    if (this.member === null) throw new Error(`n${this.number} is down`);
    return this.member;
  }

  // --- life

  scheduleBoot(delayNs = bootDelayNs): void {
    this.booting = true;
    this.incarnation++;
    this.world.scheduler.schedule(
      this.world.scheduler.nowNs + delayNs,
      Ev.boot,
      this.number,
      0,
      this.incarnation,
      null,
    );
  }

  boot(incarnation: number): void {
    if (incarnation !== this.incarnation) return;
    this.booting = false;
    this.cause = this.world.trace.add(Kind.boot, this.number, -1, this.incarnation);
    this.observation = new Observation(this.world, this);
    this.openRequests = new Map();
    this.startedWith = this.bugs;
    const ports: EtcdPorts = {
      clock: this.clock,
      network: this,
      disk: this.disk,
      random: this,
      log: this,
    };
    this.member = new Member(this.startConfig(), ports, this.observation);
    this.handle(Input.start, this.cause, 0, null);
  }

  /** A member goes on alone until that has worked; after that, forgetting what is not committed would lose acknowledged writes. */
  private startConfig(): MemberConfig {
    const config = this.bugs === this.config.bugs ? this.config : { ...this.config, bugs: this.bugs };
    return this.hasLed ? { ...config, forceNewCluster: false } : config;
  }

  /** The planted bugs of its next start, in the order in which they were switched on. */
  get plannedBugs(): readonly BugId[] {
    return [...this.bugs];
  }

  hasBug(bug: string): boolean {
    return this.plannedBugs.some((each) => each === bug);
  }

  /** Another version of the program, at the next start. */
  switchBug(bug: BugId, on: boolean): void {
    const without = this.plannedBugs.filter((each) => each !== bug);
    this.bugs = new Set(on ? [...without, bug] : without);
  }

  /** The machine loses power: the process is gone, and of what its disk had not synced only what `mode` says is kept. */
  crash(mode: CrashMode, cause: number): void {
    const damage = this.disk.crash(this.crashRandom, mode);
    this.world.facts.crashes++;
    this.world.facts.droppedSectors += damage.droppedSectors;
    this.world.facts.tornFiles += damage.tornFiles;
    const { trace } = this.world;
    trace.begin(Kind.crash, this.number, cause);
    trace.argument(damage.keptSectors);
    trace.argument(damage.droppedSectors);
    trace.argument(damage.tornFiles);
    trace.argument(crashModeNames.indexOf(damage.mode));
    trace.argument(trace.string(crashWords(damage)));
    this.stop();
  }

  /** SIGTERM: the process is gone as soon as its member has brought everything to its disk. One that is paused goes on for that. */
  terminate(cause = -1): void {
    if (this.paused) this.resume(cause);
    this.handle(Input.terminate, cause, 0, null);
  }

  private stop(): void {
    this.transport.watches.memberDown(this.number);
    this.transport.peers.memberDown(this.number);
    this.world.v2Watches.memberDown(this.number);
    this.member = null;
    this.booting = false;
    this.paused = false;
    this.incarnation++;
    this.disk.abandonSyncs();
    this.backlog.length = 0;
    this.openRequests.clear();
  }

  pause(cause: number): void {
    this.paused = true;
    this.world.trace.add(Kind.pause, this.number, cause);
  }

  resume(cause: number): void {
    this.paused = false;
    this.world.trace.add(Kind.resume, this.number, cause);
    const { scheduler } = this.world;
    for (const { kind, a, b, payload } of this.backlog.splice(0)) {
      scheduler.schedule(scheduler.nowNs, kind, this.number, a, b, payload);
    }
  }

  /** True if the event must wait because the process is paused; it is then kept for `resume`. */
  defer(kind: number, a: number, b: number, payload: unknown): boolean {
    if (!this.paused || this.member === null) return false;
    this.backlog.push({ kind, a, b, payload });
    return true;
  }

  // --- inputs

  timer(token: Token, incarnation: number): void {
    if (incarnation !== this.incarnation || this.member === null) return;
    this.handle(Input.timer, -1, token, null);
  }

  message(message: Message, cause: number): void {
    this.handle(Input.message, cause, 0, message);
  }

  snapshot(message: Message, database: Uint8Array, cause: number): void {
    const arrived: ArrivedSnapshot = { message, database };
    this.handle(Input.snapshot, cause, 0, arrived);
  }

  snapshotSent(to: number, incarnation: number, delivered: boolean): void {
    if (incarnation !== this.incarnation || this.member === null) return;
    if (this.defer(Ev.snapshotSent, to, incarnation, delivered)) return;
    this.handle(Input.snapshotSent, -1, to, delivered);
  }

  peerCall(id: RequestId, from: number, call: PeerCall, cause: number): void {
    const arrived: ArrivedCall = { from: nodeId(from), call };
    this.handle(Input.peerCall, cause, id, arrived);
  }

  peerAnswer({ token, answer, sendEvent }: PeerAnswerEnvelope, incarnation: number): void {
    if (incarnation !== this.incarnation || this.member === null) return;
    this.handle(Input.peerAnswer, sendEvent, token, answer);
  }

  /** Something came on a client's watch stream. */
  frame({ stream, frame }: StreamEnvelope): void {
    if (this.member !== null) this.handle(Input.stream, -1, stream, frame);
    else if (frame.kind !== 'closed')
      this.transport.watches.toClient(stream, { kind: 'closed', reason: 'connection refused' });
  }

  /** The disk has done a sync, paused process or not; the process hears of it now or when it goes on. */
  syncDone(id: number): void {
    const completion = this.disk.completeSync(id);
    if (completion === null || this.member === null) return;
    const cause = this.diskBridge.doneEvent;
    if (!this.defer(Ev.diskAnswer, cause, 0, completion)) this.diskAnswer(completion, cause);
  }

  diskAnswer(completion: SyncCompletion, cause: number): void {
    if (this.member !== null) this.handle(Input.disk, cause, completion.token, completion.error);
  }

  request(envelope: RequestEnvelope, cause: number): void {
    const id = requestId(this.nextRequest++);
    this.openRequests.set(id, envelope);
    this.handle(Input.request, cause, id, envelope);
  }

  /** A program beside the member asks it something by the v2 API. False: the process does not serve now. */
  v2Request(call: number, request: V2Request): boolean {
    if (this.member?.ready !== true || this.paused) return false;
    const id = requestId(this.nextRequest++);
    this.openV2Calls.set(id, call);
    this.handle(Input.v2Request, this.world.trace.length - 1, id, request);
    return true;
  }

  /** A program beside the member waits there for changes of the v2 store. Null: the process does not serve now. */
  v2Watch(request: V2Request): ReadV2 | null {
    const state = this.member?.ready === true && !this.paused ? this.member.state : null;
    return state === null ? null : readV2(state.v2, request, this.clock.wallNs());
  }

  /**
   * One input: afterwards the trace learns what changed, and a member that can't go on is taken down. A failed assertion of the
   * core is the member's panic, which is a finding; any other exception is a bug of the simulator and ends the run.
   */
  private handle(input: number, cause: number, token: number, payload: unknown): void {
    this.cause = cause;
    try {
      giveInput(this.requireMember(), input, token, payload);
      this.world.invariants.onInput();
    } catch (error) {
      if (error instanceof FailpointCrash) {
        const row = this.world.say('note', `n${this.number} ${error.message}`, cause);
        this.crash(this.disk.hasLied ? 'drop' : 'random', row);
        return;
      }
      if (!(error instanceof AssertionError)) throw error;
      this.observation.onPanic(error.message);
      this.stop();
      return;
    }
    this.observation.compare();
    if (this.member?.role === 'leader') this.hasLed = true;
    if (this.member?.stopped === true) {
      this.world.trace.add(Kind.stopped, this.number, cause);
      this.world.facts.gracefulStops++;
    }
    if (this.member?.failed === true || this.member?.stopped === true) this.stop();
  }

  // --- ports

  callPeer(to: NodeId, call: PeerCall, token: Token): void {
    const { number: from, incarnation } = this;
    this.transport.peers.call(to, this.cause, { from, token, incarnation, call });
  }

  sendWatch(stream: number, response: WatchResponse): void {
    this.transport.watches.toClient(stream, { kind: 'response', response });
  }

  closeWatch(stream: number, reason: string): void {
    this.transport.watches.toClient(stream, { kind: 'closed', reason });
  }

  answerPeer(id: RequestId, answer: PeerAnswer): void {
    this.transport.peers.answer(id, this.cause, answer);
  }

  send(_to: NodeId, message: Message): void {
    this.recordPromise(message);
    this.transport.sendMessage(this.number, this.cause, message);
  }

  sendSnapshot(_to: NodeId, message: Message, database: Uint8Array): void {
    this.transport.sendSnapshot(this.number, this.cause, this.incarnation, message, database);
  }

  /** What others will count on once this message is out must survive a crash. */
  private recordPromise(message: Message): void {
    const { invariants } = this.world;
    if (message.type === MessageType.appResp && !messageReject(message)) {
      const index = messageIndex(message);
      invariants.onPromisedAppend(this.number, index, this.requireMember().termAt(index));
    } else if (message.type === MessageType.voteResp && !messageReject(message)) {
      invariants.onPromisedVote(this.number, message.term, message.to);
    } else if (message.type === MessageType.vote) {
      invariants.onPromisedVote(this.number, message.term, this.number);
    }
  }

  respondV2(request: RequestId, answer: V2Answer): void {
    const call = this.openV2Calls.get(request);
    this.openV2Calls.delete(request);
    if (call !== undefined) this.world.v2.answered(call, answer);
  }

  respond(request: RequestId, response: ClientResponse): void {
    const envelope = this.openRequests.get(request);
    if (envelope === undefined) return;
    this.openRequests.delete(request);
    if (envelope.client === adminEndpoint) {
      const text = this.world.admin.answered(envelope.call, response);
      this.world.say('note', `n${this.number} answers: ${text}`, this.cause);
      return;
    }
    this.transport.sendResponse(this.cause, this.number, envelope.client, {
      call: envelope.call,
      operation: envelope.operation,
      response,
    });
  }

  below(bound: number): number {
    return this.electionRandom.below(bound);
  }

  enabled(level: LogLevel): boolean {
    return level !== 'debug';
  }

  line(level: LogLevel, text: string): void {
    const { trace } = this.world;
    trace.add(Kind.log, this.number, this.cause, logLevelNames.indexOf(level), trace.string(text));
  }
}
