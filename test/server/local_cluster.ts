import type { ByteString } from '../../core/base/bytes.ts';
import { type NodeId, type RequestId, nodeId, requestId } from '../../core/base/ids.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import type { Token } from '../../core/ports.ts';
import { type Message, MessageType } from '../../core/raft/index.ts';
import type { ClientRequest, ClientResponse } from '../../core/server/api/index.ts';
import { type MemberConfig, memberDefaults } from '../../core/server/config.ts';
import type { MemberSecurity } from '../../core/server/member.ts';
import type { MemberObserver } from '../../core/server/observer.ts';
import type { PeerAnswer, PeerCall } from '../../core/server/peers/messages.ts';
import { type LocalHost, LocalMember } from './local_member.ts';

export interface LocalClusterParts {
  readonly config?: Partial<MemberConfig>;
  readonly security?: () => MemberSecurity;
  readonly observer?: (member: number) => Partial<MemberObserver>;
}

interface Due {
  readonly atNs: number;
  readonly member: LocalMember;
  readonly incarnation: number;
  readonly token: Token;
}

/** One step for one member, which a paused member does later. */
interface Step {
  readonly to: LocalMember;
  readonly run: () => void;
}

/** Members in memory on a network without delay and disks that answer at once: time moves only when the test says so. */
export class LocalCluster implements LocalHost {
  nowNs = 0;
  readonly members: LocalMember[] = [];
  /** Decides about each message; false: it gets lost. */
  filter: (message: Message) => boolean = () => true;
  readonly sent: Message[] = [];
  /** What members told each other beside raft. */
  /** What becomes of members' answers to each other on their way. */
  changeAnswer: (answer: PeerAnswer) => PeerAnswer = (answer) => answer;
  readonly peerAnswers: PeerAnswer[] = [];
  private readonly parts: LocalClusterParts;
  private timers: Due[] = [];
  private steps: Step[] = [];
  private readonly calls = new Map<
    RequestId,
    { readonly from: LocalMember; readonly to: LocalMember; readonly token: Token }
  >();
  private nextCall = 1;
  private settling = false;
  private readonly size: number;

  constructor(size = 3, parts: LocalClusterParts = {}) {
    this.parts = parts;
    this.size = size;
    for (let id = 1; id <= size; id++) this.make(id, false);
    for (const member of this.members) member.start();
    this.settle();
  }

  private make(id: number, joins: boolean): LocalMember {
    const initialMembers = Array.from({ length: this.size }, (_, i) => ({
      id: nodeId(i + 1),
      name: `n${i + 1}`,
      peerUrls: [`http://n${i + 1}:2380`],
    }));
    const config: MemberConfig = {
      ...memberDefaults,
      id: nodeId(id),
      name: `n${id}`,
      clientUrls: [`http://n${id}:2379`],
      clusterId: 7n,
      initialMembers,
      joins,
      newMemberId: (urls) => BigInt(/n(\d+)/.exec(urls[0] ?? '')?.[1] ?? 99),
      ids: new NodeIdTable(),
      bugs: new Set(),
      ...this.parts.config,
    };
    const { security, observer } = this.parts;
    const parts = {
      ...(security === undefined ? {} : { security: security() }),
      ...(observer === undefined ? {} : { observer: observer(id) }),
    };
    const member = new LocalMember(this, config, parts);
    this.members.push(member);
    return member;
  }

  /** Starts a member that was added under this id. */
  join(id: number): LocalMember {
    const member = this.make(id, true);
    member.start();
    this.settle();
    return member;
  }

  n(number: number): LocalMember {
    const member = this.members.find((each) => each.number === number);
    if (member === undefined) throw new Error(`there is no n${number}`);
    return member;
  }

  // --- ports

  arm(member: LocalMember, token: Token, delayNs: number): void {
    this.timers.push({ atNs: this.nowNs + delayNs, member, incarnation: member.incarnation, token });
  }

  wake(): void {}

  send(from: LocalMember, message: Message, database: Uint8Array | null): void {
    this.sent.push(message);
    const to = this.members.find(({ number }) => number === message.to);
    const passes = to !== undefined && !from.isolated && !to.isolated && this.filter(message);
    if (database !== null) {
      const delivered = passes && to.up;
      this.push(from, () => from.member.onSnapshotSent(message.to, delivered));
    }
    if (passes) this.deliver(to, message, database);
  }

  deliver(to: LocalMember, message: Message, database: Uint8Array | null = null): void {
    this.push(to, () => {
      if (message.type === MessageType.snap && database !== null) to.member.onSnapshot(message, database);
      else to.member.onMessage(message);
    });
  }

  callPeer(from: LocalMember, toId: NodeId, call: PeerCall, token: Token): void {
    const to = this.members.find(({ number }) => number === toId);
    if (to === undefined || !to.runs || from.isolated || to.isolated) {
      this.push(from, () => from.member.onPeerAnswer(token, null));
      return;
    }
    const id = requestId(this.nextCall++);
    this.calls.set(id, { from, to, token });
    this.push(to, () => to.member.onPeerCall(id, from.config.id, call));
  }

  answerPeer(id: RequestId, given: PeerAnswer): void {
    const answer = this.changeAnswer(given);
    const call = this.calls.get(id);
    this.calls.delete(id);
    this.peerAnswers.push(answer);
    if (call === undefined) return;
    const { from, to, token } = call;
    const heard = from.isolated || to.isolated ? null : answer;
    this.push(from, () => from.member.onPeerAnswer(token, heard));
  }

  private push(to: LocalMember, work: () => void): void {
    const { incarnation } = to;
    this.steps.push({ to, run: () => to.incarnation === incarnation && to.up && work() });
  }

  // --- time

  /** Does all that can be done without time. */
  settle(): void {
    if (this.settling) return;
    this.settling = true;
    for (let worked = true; worked;) {
      worked = false;
      for (const member of this.members) while (member.completeSync()) worked = true;
      const ready = this.steps.filter(({ to }) => !to.paused);
      this.steps = this.steps.filter(({ to }) => to.paused);
      for (const { run } of ready) run();
      if (ready.length > 0) worked = true;
    }
    this.settling = false;
  }

  /** Lets time pass: every timer in its order, and what follows from it. */
  run(ms: number, until: () => boolean = () => false): void {
    const endNs = this.nowNs + ms * 1_000_000;
    this.settle();
    while (!until()) {
      const due = this.nextDue(endNs);
      if (due === undefined) break;
      this.timers.splice(this.timers.indexOf(due), 1);
      this.nowNs = Math.max(this.nowNs, due.atNs);
      if (due.member.incarnation === due.incarnation && due.member.runs) due.member.member.onTimer(due.token);
      this.settle();
    }
    if (!until()) this.nowNs = Math.max(this.nowNs, endNs);
  }

  private nextDue(endNs: number): Due | undefined {
    let next: Due | undefined;
    for (const due of this.timers) {
      if (due.member.paused || due.atNs > endNs) continue;
      if (next === undefined || due.atNs < next.atNs) next = due;
    }
    return next;
  }

  // --- what a test asks

  /** Runs until somebody leads whom the running members follow, and the cluster takes requests. */
  elect(not = 0): LocalMember {
    const led = (): boolean => {
      const leader = this.leader(not);
      return leader !== null && this.status(leader).kind === 'status';
    };
    this.run(20_000, led);
    const leader = this.leader(not);
    if (leader === null) throw new Error('nobody leads');
    this.run(500);
    return leader;
  }

  private status(member: LocalMember): ClientResponse {
    const id = member.request({ kind: 'status', status: {} });
    return member.answers.get(id) as ClientResponse;
  }

  leader(not = 0): LocalMember | null {
    const leaders = this.members.filter(
      ({ runs, isolated, number, member }) =>
        runs && !isolated && number !== not && member.role === 'leader' && member.appliedIndex > 0,
    );
    return leaders.sort((a, b) => b.member.term - a.member.term)[0] ?? null;
  }

  followers(): LocalMember[] {
    const leader = this.leader();
    return this.members.filter((member) => member !== leader);
  }

  /** Asks and waits for the answer, at most this long. */
  ask(member: LocalMember, request: ClientRequest, token?: ByteString, ms = 15_000): ClientResponse {
    const id = member.request(request, token);
    this.run(ms, () => member.answers.has(id));
    const answer = member.answers.get(id);
    if (answer === undefined) throw new Error(`no answer to ${request.kind} within ${ms} ms`);
    return answer;
  }

  crash(member: LocalMember): void {
    member.crash();
    for (const [id, { from, to, token }] of this.calls) {
      if (to !== member) continue;
      this.calls.delete(id);
      this.push(from, () => from.member.onPeerAnswer(token, null));
    }
  }

  restart(member: LocalMember): void {
    if (member.up) this.crash(member);
    member.start();
    this.settle();
  }
}
