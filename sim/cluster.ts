import { nodeId } from '../core/base/ids.ts';
import type { BugId } from '../core/bugs.ts';
import { failpointSites } from '../core/server/failpoints.ts';
import type { AdminAction } from './cluster/admin.ts';
import { CallHistory, ClientActor } from './cluster/client_actor.ts';
import type { DamagedFrame } from './cluster/corruption.ts';
import { Ev } from './cluster/events.ts';
import { Interventions } from './cluster/interventions.ts';
import { memberConfigs } from './cluster/member_config.ts';
import type { PeerAnswerEnvelope, PeerCallEnvelope } from './cluster/peer_calls.ts';
import { MemberProcess } from './cluster/process.ts';
import {
  type RequestEnvelope,
  type ResponseEnvelope,
  type SnapshotEnvelope,
  Transport,
} from './cluster/transport.ts';
import type { StreamEnvelope } from './cluster/watch_transport.ts';
import { World, type WorldOptions } from './cluster/world.ts';
import type { InvariantViolation } from './checkers/invariants.ts';
import { loadImage } from './disk/image.ts';
import type { SyncCompletion, VirtualDisk } from './disk/virtual_disk.ts';
import type { StoryHost } from './faults/story.ts';
import { type Script, ScriptRunner, type Wait, wakeDelayNs } from './script.ts';
import type { Intervention, InterventionAction } from './trace/run_info.ts';

/** An invariant's violation with the trace row that marks it. */
export interface SeenViolation extends InvariantViolation {
  readonly atNs: number;
  readonly event: number;
}

/** A world with members, clients and a nemesis: takes the next event, hands it to whom it concerns, until told to stop. */
export class Cluster implements StoryHost {
  readonly world: World;
  readonly processes: readonly MemberProcess[];
  readonly clients: readonly ClientActor[];
  readonly interventions: Interventions;
  readonly history: CallHistory;
  readonly failpointSites = failpointSites;
  readonly violations: SeenViolation[] = [];
  /** What broke, but was not promised on disks as damaged as these were. */
  readonly expected: SeenViolation[] = [];
  private violationsSeen = 0;
  private readonly transport: Transport;
  private nemesis: ScriptRunner | null = null;
  /** How often recorded lists were voided: an intervention of an earlier list does nothing. */
  private lists = 0;

  constructor(options: WorldOptions) {
    this.world = new World(options);
    this.transport = new Transport(this.world);
    const ids = Array.from({ length: this.world.machines }, (_, i) => nodeId(i + 1));
    this.processes = memberConfigs(options).map(
      (config) => new MemberProcess(this.world, this.transport, config),
    );
    for (const [position, directory] of (options.imported ?? []).entries()) {
      loadImage(this.process(position + 1).disk, directory);
    }
    this.history = new CallHistory(options.clients);
    this.clients = Array.from(
      { length: options.clients },
      (_, i) => new ClientActor(this.world, this.transport, i + 1, ids, this.history),
    );
    this.interventions = new Interventions(this.world, this.transport, this.processes, this.clients);
    const { invariants, v2, v2Watches } = this.world;
    v2.sender = (member, call, request) => this.processes[member - 1]?.v2Request(call, request) ?? false;
    v2Watches.opener = (member, request) => this.processes[member - 1]?.v2Watch(request) ?? null;
    invariants.expects = (violation) => this.interventions.disks.expects(violation);
    invariants.logs.forgives = (member) => this.interventions.disks.forgives(member);
  }

  /** Starts every member at a slightly different time, as machines do. */
  bootAll(): void {
    const stagger = this.world.random.fork('boot');
    for (const member of this.members) {
      this.process(member).scheduleBoot(stagger.between(1, 50) * 1_000_000);
    }
  }

  // --- the event loop

  /** Runs events up to and including `untilNs`, or until `stop` says so (asked after each event). */
  run(untilNs: number, stop: (() => boolean) | null = null): void {
    const { scheduler, trace } = this.world;
    while (scheduler.nextNs <= untilNs) {
      scheduler.next();
      trace.nowNs = scheduler.nowNs;
      this.dispatch();
      const { violations, expected } = this.world.invariants;
      if (violations.length + expected.length > this.violationsSeen) this.noteViolations();
      if (stop !== null && stop()) return;
    }
    if (stop === null && untilNs !== Infinity) {
      scheduler.nowNs = untilNs;
      trace.nowNs = untilNs;
    }
  }

  /** Gives new violations their place and time on the timeline. */
  private noteViolations(): void {
    const { invariants, trace } = this.world;
    // The last row before was written by what broke it.
    const cause = trace.length - 1;
    for (const violation of invariants.violations.slice(this.violations.length)) {
      const event = this.world.say('violation', violation.sentence, cause);
      this.violations.push({ ...violation, atNs: trace.nowNs, event });
    }
    for (const violation of invariants.expected.slice(this.expected.length)) {
      const event = this.world.say('note', `not promised on such disks: ${violation.sentence}`, cause);
      this.expected.push({ ...violation, atNs: trace.nowNs, event });
    }
    this.violationsSeen = invariants.violations.length + invariants.expected.length;
  }

  private dispatch(): void {
    const { scheduler } = this.world;
    const { kind, target, a, b, payload } = scheduler;
    switch (kind) {
      case Ev.message:
      case Ev.messageCopy:
        this.deliver(kind, target, a, b, payload);
        return;
      case Ev.memberTimer: {
        const process = this.process(target);
        if (!process.defer(kind, a, b, payload)) process.timer(a, b);
        return;
      }
      case Ev.diskDone:
        this.process(target).syncDone(a);
        return;
      case Ev.diskAnswer:
        if (!this.process(target).defer(kind, a, b, payload)) {
          this.process(target).diskAnswer(payload as SyncCompletion, a);
        }
        return;
      case Ev.request:
        this.deliverRequest(target, a, b, payload as RequestEnvelope);
        return;
      case Ev.response:
        this.deliverResponse(target, a, b, payload as ResponseEnvelope);
        return;
      case Ev.clientTimer:
        this.client(target).timer(a);
        return;
      case Ev.clientWake:
        this.client(target).wake(a);
        return;
      case Ev.clientTake:
        this.client(target).takeOne(a);
        return;
      default:
        this.dispatchRare(kind, target, a, b, payload);
    }
  }

  private dispatchRare(kind: number, target: number, a: number, b: number, payload: unknown): void {
    if (kind === Ev.boot) {
      if (!this.interventions.disks.postponesStart(target, b)) this.process(target).boot(b);
    } else if (kind === Ev.intervention) this.playIntervention(a, payload as InterventionAction);
    else if (kind === Ev.nemesisWake) this.wakeNemesis();
    else if (kind === Ev.snapshot) this.deliverSnapshot(target, a, b, payload as SnapshotEnvelope);
    else if (kind === Ev.peerCall) this.deliverPeerCall(target, a, payload as PeerCallEnvelope);
    else if (kind === Ev.peerAnswer) this.deliverPeerAnswer(target, a, b, payload as PeerAnswerEnvelope);
    else if (kind === Ev.stream) this.deliverFrame(target, payload as StreamEnvelope);
    else if (kind === Ev.corrupted) this.transport.corruption.arrive(target, a, b, payload as DamagedFrame);
    else if (kind === Ev.snapshotSent) this.process(target).snapshotSent(a, b, payload as boolean);
  }

  private process(member: number): MemberProcess {
    return this.processes[member - 1] as MemberProcess;
  }

  private client(endpoint: number): ClientActor {
    return this.clients[endpoint - this.processes.length - 1] as ClientActor;
  }

  /** Who has a member's address now. */
  private at(address: number): MemberProcess {
    const process = this.process(address);
    const standIn = process.isUp ? 0 : this.world.standInOf(address);
    return standIn > 0 && this.process(standIn).isUp ? this.process(standIn) : process;
  }

  private deliver(kind: number, to: number, sendEvent: number, from: number, payload: unknown): void {
    const process = this.at(to);
    if (process.defer(kind, sendEvent, from, payload)) return;
    const message = this.transport.arrive(
      process.number,
      sendEvent,
      from,
      payload,
      kind === Ev.messageCopy,
      process.isUp,
    );
    if (message !== null) process.message(message, this.transport.arrivalEvent);
  }

  private deliverSnapshot(to: number, sendEvent: number, from: number, envelope: SnapshotEnvelope): void {
    const process = this.process(to);
    if (process.defer(Ev.snapshot, sendEvent, from, envelope)) return;
    const message = this.transport.arriveSnapshot(to, sendEvent, from, envelope, process.isUp);
    if (message !== null) process.snapshot(message, envelope.database, this.transport.arrivalEvent);
  }

  private deliverPeerCall(to: number, sendEvent: number, envelope: PeerCallEnvelope): void {
    const process = this.process(to);
    if (process.defer(Ev.peerCall, sendEvent, envelope.from, envelope)) return;
    const id = this.transport.peers.arrive(to, envelope, process.isUp);
    if (id !== null) process.peerCall(id, envelope.from, envelope.call, sendEvent);
  }

  private deliverPeerAnswer(
    to: number,
    row: number,
    incarnation: number,
    envelope: PeerAnswerEnvelope,
  ): void {
    const process = this.process(to);
    if (!process.defer(Ev.peerAnswer, row, incarnation, envelope)) process.peerAnswer(envelope, incarnation);
  }

  private deliverFrame(to: number, envelope: StreamEnvelope): void {
    if (to > this.processes.length) {
      this.client(to).frame(envelope);
      return;
    }
    const process = this.process(to);
    if (!process.defer(Ev.stream, 0, 0, envelope)) process.frame(envelope);
  }

  private deliverRequest(to: number, sendEvent: number, from: number, envelope: RequestEnvelope): void {
    const process = this.process(to);
    if (process.defer(Ev.request, sendEvent, from, envelope)) return;
    const row = this.transport.arriveCall(to, sendEvent, from, envelope.operation, true);
    if (row < 0) return;
    if (process.member?.ready === true) {
      process.request(envelope, row);
    } else {
      // Nobody listens on the port: the machine refuses the connection, so the request certainly had no effect.
      const { call, operation, client } = envelope;
      this.transport.sendResponse(row, to, client, { call, operation, response: null });
    }
  }

  private deliverResponse(to: number, sendEvent: number, from: number, envelope: ResponseEnvelope): void {
    const row = this.transport.arriveCall(to, sendEvent, from, envelope.operation, false);
    if (row >= 0) this.client(to).response(envelope);
  }

  // --- what the end of a run asks

  /** Every key the history knows, in byte order. */
  keysUsed(): string[] {
    return this.history.keys();
  }

  /**
   * Null if all members run and have applied the same entries with the same result, else how they differ. The members in `excused`
   * need not run.
   */
  disagreement(excused: readonly number[] = []): string | null {
    const asked = this.members
      .map((member) => this.process(member))
      // One that was added and never started owes nothing.
      .filter(({ number, isUp, incarnation }) => isUp || (incarnation > 0 && !excused.includes(number)));
    const [first] = asked;
    const model = first?.member;
    for (const { number, member } of asked) {
      if (member === null || model === null || model === undefined) return `n${number} is not running`;
      if (member.appliedIndex !== model.appliedIndex) {
        return `n${number} has applied ${member.appliedIndex} entries, n${first?.number} ${model.appliedIndex}`;
      }
      if (member.commitIndex !== member.appliedIndex)
        return `n${number} has not applied all that is committed`;
      if (member.stateDigest !== model.stateDigest)
        return `n${number} has another state than n${first?.number}`;
    }
    return null;
  }

  // --- the nemesis

  /** It begins with the first event, as a recorded list does: what either does at once comes after the clients have begun. */
  startNemesis(script: Script): void {
    this.nemesis = new ScriptRunner(script);
    const { scheduler } = this.world;
    scheduler.scheduleIntervention(scheduler.nowNs, Ev.nemesisWake, 0, null);
  }

  /** Ends the script, and voids what is left of recorded lists. */
  stopNemesis(): void {
    this.nemesis = null;
    this.lists++;
  }

  private playIntervention(list: number, action: InterventionAction): void {
    if (list === this.lists) this.intervene(action);
  }

  private wakeNemesis(): void {
    if (this.nemesis !== null) this.waitFor(this.nemesis.wake(this.world.scheduler.nowNs));
  }

  private waitFor(wait: Wait | null): void {
    if (wait === null) return;
    const { scheduler } = this.world;
    scheduler.scheduleIntervention(scheduler.nowNs + wakeDelayNs(wait), Ev.nemesisWake, 0, null);
  }

  /** Plays a recorded list instead of a nemesis. */
  scheduleInterventions(list: readonly Intervention[]): void {
    for (const { atNs, ...action } of list) {
      this.world.scheduler.scheduleIntervention(atNs, Ev.intervention, this.lists, action);
    }
  }

  // --- what a story sees and does (StoryHost)

  intervene(action: InterventionAction): boolean {
    return this.interventions.apply(action);
  }

  disk(member: number): VirtualDisk {
    return this.process(member).disk;
  }

  get members(): readonly number[] {
    return this.world.roster.members;
  }

  get spares(): readonly number[] {
    return this.processes
      .filter(({ incarnation, number }) => incarnation === 0 && !this.members.includes(number))
      .map(({ number }) => number);
  }

  isLearner(member: number): boolean {
    return this.world.roster.learners.includes(member);
  }

  endpointOfClient(client: number): number {
    return this.world.endpointOfClient(client);
  }

  ask(request: AdminAction['request'], member: number, via: number): number {
    const { admin } = this.world;
    const call = admin.next;
    return this.intervene({ kind: 'admin', via, request, member }) ? call : 0;
  }

  adminAnswer(call: number): string | null {
    return this.world.admin.answer(call);
  }

  get clientCount(): number {
    return this.clients.length;
  }

  leader(): number {
    let leader = 0;
    let term = 0;
    for (const { member, paused, number } of this.processes) {
      if (member === null || paused || member.role !== 'leader' || member.term <= term) continue;
      leader = number;
      term = member.term;
    }
    return leader;
  }

  believesToLead(member: number): boolean {
    return this.process(member).member?.role === 'leader';
  }

  isUp(member: number): boolean {
    const process = this.process(member);
    return process.isUp || process.booting;
  }

  isPaused(member: number): boolean {
    return this.process(member).paused;
  }

  bugsOf(member: number): readonly BugId[] {
    return this.process(member).plannedBugs;
  }

  commitIndex(member: number): number {
    return member === 0 ? 0 : (this.process(member).member?.commitIndex ?? 0);
  }

  reached(goal: string): void {
    if (!this.world.reachedGoals.has(goal)) this.intervene({ kind: 'goal', goal });
  }

  note(text: string): void {
    this.intervene({ kind: 'note', text });
  }
}
