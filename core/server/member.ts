import { assert } from '../base/assert.ts';
import { ConsistentIndex } from '../backend/index.ts';
import { type NodeId, type RequestId, noNode } from '../base/ids.ts';
import { nsPerMs, requestBytesMax, requestTimeoutMs, unappliedEntriesMax } from '../limits.ts';
import type { MvccStore } from '../mvcc/index.ts';
import type { DiskErrorCode, PortHandler, Ports, Token } from '../ports.ts';
import { type Message, MessageType, type RawNode, type RoleName, compactedError } from '../raft/index.ts';
import { termAt } from '../raft/log/raft_log.ts';
import {
  type ClientRequest,
  type ClientResponse,
  encodeRaftRequest,
  errors,
  isRaftRequest,
  validateRequest,
  withMember,
} from './api/index.ts';
import { applyRequest } from './apply/index.ts';
import { type Booted, bootMember } from './boot.ts';
import type { MemberConfig } from './config.ts';
import type { MemberObserver } from './observer.ts';
import { isOutsideError } from './outside_error.ts';
import { ProposalIds, Waiters } from './proposals.ts';
import { Running } from './running.ts';
import { MemberState } from './state.ts';
import { Timer, Tokens } from './tokens.ts';

interface PendingProposal {
  readonly id: number;
  readonly data: Uint8Array;
}

/**
 * One member of the cluster: a synchronous state machine. Every input (timer, message, disk completion, request) is handled to
 * its end before the next; what must wait for the disk is continued by `onDisk`.
 */
export class Member implements PortHandler<Message, ClientRequest> {
  /** A disk error stopped this member for good; it must not be called any more. */
  failed = false;

  private readonly config: MemberConfig;
  private readonly ports: Ports<Message, ClientResponse>;
  private readonly observer: MemberObserver | null;
  private readonly ids: ProposalIds;
  private readonly waiters = new Waiters();
  /** Proposals that wait for a leader to be known, as etcd's node blocks them. */
  private readonly pending: PendingProposal[] = [];
  private running: Running | null = null;
  private stopping = false;

  constructor(config: MemberConfig, ports: Ports<Message, ClientResponse>, observer: MemberObserver | null) {
    this.config = config;
    this.ports = ports;
    this.observer = observer;
    this.ids = new ProposalIds(config.id);
  }

  /** Reads the disk, or prepares it at the first start, and takes part from then on. */
  start(): void {
    this.armTick();
    try {
      const tokens = new Tokens();
      const consistentIndex = new ConsistentIndex();
      const booted = bootMember(this.config, this.ports, tokens, consistentIndex);
      for (const broken of booted.broken) this.ports.log.line('warning', broken.message);
      const { backend, snapshot } = booted;
      this.run(booted, tokens, new MemberState(this.config.ids, consistentIndex, backend, snapshot));
    } catch (error) {
      // What the disk holds is the outside's input: a member that can't read it stops, as etcd does.
      this.failOn(error);
    }
  }

  private run(booted: Booted, tokens: Tokens, state: MemberState): void {
    const respond = (request: RequestId, response: ClientResponse): void => this.respond(request, response);
    const { config, ports, waiters, observer } = this;
    const { node, snapshot } = booted;
    const running = new Running({ config, ports, tokens, booted, state, waiters, respond, observer });
    this.running = running;
    this.observer?.onRecovered({
      term: node.term,
      vote: node.vote,
      commitIndex: node.commitIndex,
      snapshotIndex: snapshot?.metadata.index ?? 0,
      snapshotTerm: snapshot?.metadata.term ?? 0,
      consistentIndex: state.consistentIndex.position.index,
      backendReplaced: booted.backendReplaced,
      entries: booted.entries,
      cutBytes: booted.cutBytes,
    });
    running.loop.start(booted.recovered);
    running.armCommit();
  }

  private failOn(error: unknown): void {
    if (!isOutsideError(error)) throw error;
    this.fail(error.message);
  }

  private fail(reason: string): void {
    if (this.failed) return;
    this.failed = true;
    this.ports.log.line('error', reason);
    this.observer?.onFailed(reason);
  }

  // --- what others may see

  /** False while the disk is being read or prepared, and while the member stops: nothing is answered. */
  get ready(): boolean {
    return this.taking !== null && !this.failed;
  }

  /** `stop` has come to its end: everything is durable, and the member does nothing any more. */
  get stopped(): boolean {
    return this.stopping && !this.failed && this.running?.stopped !== false;
  }

  /** What takes inputs. */
  private get taking(): Running | null {
    return this.stopping ? null : this.running;
  }

  get role(): RoleName {
    return this.running?.node.role ?? 'follower';
  }

  get term(): number {
    return this.running?.node.term ?? 0;
  }

  get vote(): NodeId {
    return this.running?.node.vote ?? noNode;
  }

  get leader(): NodeId {
    return this.running?.node.leader ?? noNode;
  }

  get commitIndex(): number {
    return this.running?.node.commitIndex ?? 0;
  }

  get appliedIndex(): number {
    return this.running?.applier.appliedIndex ?? 0;
  }

  get revision(): number {
    return this.running?.state.store.currentRevision ?? 1;
  }

  /** The key-value store, null while the disk is being read. Others may only read it. */
  get store(): MvccStore | null {
    return this.running?.state.store ?? null;
  }

  /** Digest of the applied state: equal on members that applied the same entries. */
  get stateDigest(): number {
    return this.running?.state.store.digest ?? 0;
  }

  /** Term of the log entry at `index`; -1 if the log does not hold it, -2 if it was applied and compacted away. */
  termAt(index: number): number {
    if (this.running === null) return -1;
    const term = termAt(this.running.node.raft.raftLog, index);
    if (typeof term === 'number') return term;
    return term === compactedError ? -2 : -1;
  }

  // --- inputs

  /**
   * The clean end, as etcd's after SIGTERM: from now on nothing is taken but `onDisk`, until `stopped`. The disk then holds all that was
   * applied, and the backend's consistent index is the applied index. Whoever waits learns that the outcome is open.
   */
  stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.pending.length = 0;
    for (const waiter of this.waiters.expired(Infinity)) this.respond(waiter.request, errors.stopped);
    this.running?.stop();
  }

  private armTick(): void {
    this.ports.clock.armTimer(Timer.tick, this.config.heartbeatIntervalMs * nsPerMs);
  }

  onTimer(token: Token): void {
    if (this.stopping) return;
    const { running } = this;
    if (token === Timer.tick) this.armTick();
    if (running === null) return;
    if (token === Timer.tick) this.tick(running);
    else if (token === Timer.commit) running.onCommitTimer();
    this.advance(running);
  }

  private tick(running: Running): void {
    const nowNs = this.ports.clock.nowNs();
    if (this.waiters.size > 0) {
      for (const waiter of this.waiters.expired(nowNs)) this.respond(waiter.request, errors.timeout);
    }
    running.purge(nowNs);
    running.node.tick();
  }

  onMessage(message: Message): void {
    const running = this.taking;
    if (running === null) return;
    running.node.step(message);
    this.advance(running);
  }

  onSnapshot(message: Message, database: Uint8Array): void {
    assert(message.type === MessageType.snap, 'a snapshot comes with its message');
    const running = this.taking;
    if (running === null) return;
    running.onSnapshot(message, database);
    this.advance(running);
  }

  onSnapshotSent(to: NodeId, delivered: boolean): void {
    const running = this.taking;
    if (running === null) return;
    running.onSnapshotSent(to, delivered);
    this.advance(running);
  }

  onDisk(token: Token, error: DiskErrorCode | null): void {
    const { running } = this;
    if (running === null) return;
    if (error !== null) {
      // After a failed sync nobody knows what the disk holds; etcd stops, too.
      this.fail(`disk: sync failed: ${error}`);
      return;
    }
    try {
      running.onDisk(token);
      if (!this.stopping) this.advance(running);
    } catch (failure) {
      this.failOn(failure);
    }
  }

  onRequest(id: RequestId, request: ClientRequest): void {
    const running = this.taking;
    const refusal = running === null ? errors.noLeader : this.admit(running, request);
    if (running === null || refusal !== null) {
      this.respond(id, refusal ?? errors.noLeader);
      return;
    }
    if (request.kind === 'range' && request.range.serializable === true) {
      this.respond(id, applyRequest(running.state.store, request));
      return;
    }
    if (!isRaftRequest(request)) {
      this.respond(id, errors.notCapable);
      return;
    }
    const proposal = this.ids.next(this.ports.clock.nowNs());
    const data = encodeRaftRequest({ header: { ID: proposal }, request });
    if (data.length > requestBytesMax) {
      this.respond(id, errors.requestTooLarge);
      return;
    }
    const deadlineNs = this.ports.clock.nowNs() + requestTimeoutMs * nsPerMs;
    this.waiters.add(proposal, { request: id, deadlineNs });
    this.pending.push({ id: proposal, data });
    this.advance(running);
  }

  private admit(running: Running, request: ClientRequest): ClientResponse | null {
    if (running.node.commitIndex - running.applier.appliedIndex > unappliedEntriesMax) {
      return errors.tooManyRequests;
    }
    return validateRequest(request);
  }

  /** Proposes what waits, if there is a leader to propose to, then lets raft's output out. */
  private advance(running: Running): void {
    if (this.pending.length > 0 && running.node.leader !== noNode) this.proposePending(running.node);
    running.loop.pump();
    running.armCommit();
  }

  private proposePending(node: RawNode): void {
    for (const { id, data } of this.pending.splice(0)) {
      if (!this.waiters.has(id)) continue; // timed out while there was no leader
      const refused = node.propose(data);
      if (refused === null) continue;
      // raft dropped it (no leader any more, or a leadership transfer): it is in no log, the client may try again.
      const waiter = this.waiters.take(id);
      if (waiter !== undefined) this.respond(waiter.request, errors.noLeader);
    }
  }

  private respond(request: RequestId, response: ClientResponse): void {
    const { id, ids, clusterId } = this.config;
    this.ports.network.respond(
      request,
      withMember(response, { cluster_id: clusterId, member_id: ids.foreign(id), raft_term: this.term }),
    );
  }
}
