import { Kind } from '../../sim/trace/kinds.ts';
import type { Intervention, InterventionAction, Violation } from '../../sim/trace/run_info.ts';
import type { Trace } from '../../sim/trace/trace.ts';
import { SyntheticClients } from './synthetic_clients.ts';
import type { EventQueue, RandomBelow } from './synthetic_queue.ts';

const ms = 1_000_000;

export interface SyntheticMember {
  readonly number: number;
  up: boolean;
  paused: boolean;
  role: number;
  term: number;
  lastIndex: number;
  commit: number;
  incarnation: number;
  timeoutAtNs: number;
}

interface Proposal {
  readonly index: number;
  readonly term: number;
  readonly acks: Set<number>;
  readonly done: (cause: number) => void;
}

/** raftpb numbers of the messages this cluster sends. */
const type = { app: 3, appResp: 4, vote: 5, voteResp: 6, heartbeat: 8, heartbeatResp: 9 };

/** Looks like Raft in the trace: roles, votes, messages, syncs. It keeps no log and promises nothing. */
export class SyntheticCluster {
  readonly members: SyntheticMember[] = [];
  readonly interventions: Intervention[] = [];
  readonly violations: Violation[] = [];
  readonly statusCounts = [0, 0, 0];
  readonly messageCounts = { sent: 0, delivered: 0, dropped: 0 };
  readonly clients: SyntheticClients;
  violationAtEvent = -1;
  operations = 0;
  elections = 0;
  crashes = 0;
  revision = 1;
  lossPer10k = 20;
  /** Pairs "from>to" that are cut. */
  readonly cuts = new Set<string>();
  private readonly proposals = new Map<number, Proposal>();
  private readonly votes = new Map<number, Set<number>>();

  readonly trace: Trace;
  readonly queue: EventQueue;
  readonly random: RandomBelow;

  constructor(trace: Trace, queue: EventQueue, random: RandomBelow, members: number, clients: number) {
    this.trace = trace;
    this.queue = queue;
    this.random = random;
    for (let number = 1; number <= members; number++) {
      this.members.push({
        number,
        up: false,
        paused: false,
        role: 0,
        term: 0,
        lastIndex: 0,
        commit: 0,
        incarnation: 0,
        timeoutAtNs: 0,
      });
    }
    this.clients = new SyntheticClients(this, members, clients);
  }

  start(): void {
    for (const member of this.members) this.boot(member);
    this.clients.start();
  }

  leader(): SyntheticMember | undefined {
    const leaders = this.members.filter((member) => member.up && !member.paused && member.role === 3);
    return leaders.toSorted((a, b) => b.term - a.term)[0];
  }

  boot(member: SyntheticMember): void {
    member.up = true;
    member.incarnation += 1;
    const boot = this.trace.add(Kind.boot, member.number, -1, member.incarnation);
    if (member.incarnation > 1)
      this.trace.add(
        Kind.recovered,
        member.number,
        boot,
        member.lastIndex,
        member.commit,
        this.random(3) * 64,
      );
    this.setRole(member, 0, member.term, 0, boot);
    this.rearm(member);
    this.watch(member, member.incarnation);
  }

  crash(member: SyntheticMember, cause: number): void {
    member.up = false;
    member.paused = false;
    member.role = 0;
    this.crashes += 1;
    const { trace } = this;
    trace.begin(Kind.crash, member.number, cause);
    for (const argument of [3, 1 + this.random(4), this.random(2), 1, -1]) trace.argument(argument);
  }

  intervene(action: InterventionAction): number {
    const intervention: Intervention = { atNs: this.queue.nowNs, ...action };
    this.interventions.push(intervention);
    return this.trace.add(Kind.intervene, 0, -1, this.trace.string(JSON.stringify(intervention)));
  }

  linearizations(): { key: string; operations: number[] }[] {
    return this.clients.orderByKey();
  }

  private rearm(member: SyntheticMember): void {
    member.timeoutAtNs = this.queue.nowNs + (1000 + this.random(900)) * ms;
  }

  /** Heartbeats of a leader, election timeouts of the rest, ten times a second. */
  private watch(member: SyntheticMember, incarnation: number): void {
    if (!member.up || member.incarnation !== incarnation) return;
    this.queue.after((97 + this.random(6)) * ms, () => this.watch(member, incarnation));
    if (member.paused) return;
    if (member.role === 3) this.broadcast(member, type.heartbeat, -1);
    else if (this.queue.nowNs >= member.timeoutAtNs) this.campaign(member);
  }

  private campaign(member: SyntheticMember): void {
    this.rearm(member);
    const role = this.setRole(member, 2, member.term + 1, 0, -1);
    this.trace.add(Kind.vote, member.number, role, member.term, member.number);
    this.votes.set(member.number, new Set([member.number]));
    this.persist(member, role, 64, (done) => this.broadcast(member, type.vote, done));
  }

  private setRole(
    member: SyntheticMember,
    role: number,
    term: number,
    leader: number,
    cause: number,
  ): number {
    member.role = role;
    member.term = term;
    return this.trace.add(Kind.role, member.number, cause, role, term, leader);
  }

  private broadcast(from: SyntheticMember, messageType: number, cause: number): void {
    for (const to of this.members) if (to !== from) this.send(from, to, messageType, 0, cause);
  }

  private send(
    from: SyntheticMember,
    to: SyntheticMember,
    messageType: number,
    index: number,
    cause: number,
  ) {
    const { trace } = this;
    const bytes = messageType === type.app ? 120 + this.random(80) : 24;
    const entries = messageType === type.app ? 1 : 0;
    const send = trace.begin(Kind.send, from.number, cause);
    for (const value of [
      to.number,
      messageType,
      from.term,
      from.term,
      index,
      from.commit,
      entries,
      0,
      0,
      bytes,
    ])
      trace.argument(value);
    this.messageCounts.sent += 1;
    const { term } = from;
    this.travel(from.number, to.number, (reason) => {
      if (reason >= 0 || !to.up) {
        trace.add(Kind.drop, to.number, send, from.number, messageType, Math.max(reason, to.up ? 0 : 2));
        this.messageCounts.dropped += 1;
        return;
      }
      const deliver = trace.add(Kind.deliver, to.number, send, from.number, messageType);
      this.messageCounts.delivered += 1;
      if (this.random(400) === 0) trace.add(Kind.duplicate, to.number, send, from.number, messageType);
      if (!to.paused) this.receive(from, to, messageType, index, term, deliver);
    });
  }

  /** Calls back after the flight with a drop reason, -1 for none. */
  travel(from: number, to: number, arrive: (reason: number) => void): void {
    const cut = this.cuts.has(`${from}>${to}`);
    const lost = this.random(10_000) < this.lossPer10k;
    this.queue.after((0.3 + this.random(1400) / 1000) * ms, () => arrive(cut ? 1 : lost ? 0 : -1));
  }

  private receive(
    from: SyntheticMember,
    to: SyntheticMember,
    messageType: number,
    index: number,
    term: number,
    cause: number,
  ): void {
    if (term > to.term || (term === to.term && to.role === 2 && messageType === type.heartbeat)) {
      this.setRole(to, 0, term, messageType === type.heartbeat ? from.number : 0, cause);
    }
    if (term < to.term) return;
    if (messageType === type.heartbeat) {
      this.rearm(to);
      this.send(to, from, type.heartbeatResp, 0, cause);
    } else if (messageType === type.vote) {
      this.rearm(to);
      this.trace.add(Kind.vote, to.number, cause, term, from.number);
      this.persist(to, cause, 64, (done) => this.send(to, from, type.voteResp, 0, done));
    } else if (messageType === type.voteResp) this.count(to, from.number, cause);
    else if (messageType === type.app) {
      this.rearm(to);
      to.lastIndex = Math.max(to.lastIndex, index);
      this.trace.add(Kind.append, to.number, cause, index, 1, term, 100);
      this.persist(to, cause, 160, (done) => this.send(to, from, type.appResp, index, done));
    } else if (messageType === type.appResp) this.acknowledge(to, from.number, index, cause);
  }

  private count(member: SyntheticMember, from: number, cause: number): void {
    const votes = this.votes.get(member.number);
    if (member.role !== 2 || votes === undefined) return;
    votes.add(from);
    if (2 * votes.size <= this.members.length) return;
    this.elections += 1;
    this.setRole(member, 3, member.term, member.number, cause);
    this.broadcast(member, type.heartbeat, cause);
  }

  /** Write, sync, and call back with the completion's event unless the member crashed meanwhile. */
  private persist(
    member: SyntheticMember,
    cause: number,
    bytes: number,
    done: (event: number) => void,
  ): void {
    const { trace } = this;
    const file = trace.string(`n${member.number}/member/wal/0000000000000000-0000000000000000.wal`);
    const { incarnation } = member;
    trace.add(Kind.write, member.number, cause, file, member.lastIndex * 160, bytes);
    const start = trace.add(Kind.syncStart, member.number, cause, file, bytes);
    this.queue.after((0.4 + this.random(2600) / 1000) * ms, () => {
      if (!member.up || member.incarnation !== incarnation) return;
      done(trace.add(Kind.syncDone, member.number, start, file, 0));
    });
  }

  /** Appends one entry on a leader and calls back when it is applied. */
  propose(leader: SyntheticMember, cause: number, done: (cause: number) => void): void {
    leader.lastIndex += 1;
    const index = leader.lastIndex;
    this.proposals.set(index, { index, term: leader.term, acks: new Set(), done });
    const append = this.trace.add(Kind.append, leader.number, cause, index, 1, leader.term, 100);
    for (const to of this.members) if (to !== leader) this.send(leader, to, type.app, index, append);
    this.persist(leader, append, 160, (event) => this.acknowledge(leader, leader.number, index, event));
  }

  private acknowledge(leader: SyntheticMember, from: number, index: number, cause: number): void {
    const proposal = this.proposals.get(index);
    if (proposal === undefined || leader.role !== 3 || proposal.term !== leader.term) return;
    proposal.acks.add(from);
    if (2 * proposal.acks.size <= this.members.length) return;
    this.proposals.delete(index);
    leader.commit = Math.max(leader.commit, index);
    const commit = this.trace.add(Kind.commit, leader.number, cause, leader.commit, leader.term);
    this.revision += 1;
    this.trace.add(Kind.apply, leader.number, commit, index, this.revision);
    proposal.done(commit);
  }
}
