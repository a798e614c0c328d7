import { assertDefined } from '../base/assert.ts';
import { type NodeId, type RequestId, noNode } from '../base/ids.ts';
import { nsPerMs, requestBytesMax, requestTimeoutMs, unappliedEntriesMax } from '../limits.ts';
import { MvccStore } from '../mvcc/index.ts';
import { DiskError, type DiskErrorCode, type PortHandler, type Ports, type Token } from '../ports.ts';
import type { Entry, Message, RawNode, RoleName } from '../raft/index.ts';
import { termAt } from '../raft/log/raft_log.ts';
import { type Wal, WalError } from '../wal/index.ts';
import {
  type ClientRequest,
  type ClientResponse,
  encodeRaftRequest,
  errors,
  validateRequest,
  withMember,
} from './api/index.ts';
import { Applier } from './applier.ts';
import { applyRequest } from './apply/index.ts';
import { type BootTokens, type Booted, bootMember } from './boot.ts';
import type { MemberConfig } from './config.ts';
import type { MemberObserver } from './observer.ts';
import { ProposalIds, Waiters } from './proposals.ts';
import { RaftLoop } from './raft_loop.ts';

const tickToken: Token = 0;
const bootTokens: BootTokens = { walStep: 1, directory: 2 };
const firstSyncToken: Token = 3;

interface Running {
  readonly node: RawNode;
  readonly loop: RaftLoop;
  readonly applier: Applier;
  readonly store: MvccStore;
  readonly wal: Wal;
}

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

  constructor(config: MemberConfig, ports: Ports<Message, ClientResponse>, observer: MemberObserver | null) {
    this.config = config;
    this.ports = ports;
    this.observer = observer;
    this.ids = new ProposalIds(config.id);
  }

  /** Reads the disk, or prepares it at the first start, and takes part from then on. */
  start(): void {
    this.ports.clock.armTimer(tickToken, this.config.heartbeatIntervalMs * nsPerMs);
    try {
      this.run(bootMember(this.config, this.ports, bootTokens));
    } catch (error) {
      // What the disk holds is the outside's input: a member that can't read its log stops, as etcd does.
      if (!(error instanceof DiskError) && !(error instanceof WalError)) throw error;
      this.fail(error.message);
    }
  }

  private run(booted: Booted): void {
    const { node, storage, wal } = booted;
    const store = new MvccStore();
    const respond = (request: RequestId, response: ClientResponse): void => this.respond(request, response);
    const applier = new Applier(node, store, this.waiters, respond, this.observer);
    const loop = new RaftLoop(node, storage, wal, firstSyncToken, {
      network: this.ports.network,
      host: {
        applyCommitted: (entries: readonly Entry[]) => applier.apply(entries),
      },
      bugs: this.config.bugs,
      observer: this.observer,
    });
    this.running = { node, loop, applier, store, wal };
    this.observer?.onRecovered({
      term: node.term,
      vote: node.vote,
      commitIndex: node.commitIndex,
      entries: booted.entries,
      cutBytes: booted.cutBytes,
    });
    loop.start(booted.recovered);
  }

  private fail(reason: string): void {
    if (this.failed) return;
    this.failed = true;
    this.ports.log.line('error', reason);
    this.observer?.onFailed(reason);
  }

  // --- what others may see

  /** False while the disk is being read or prepared: nothing is answered yet. */
  get ready(): boolean {
    return this.running !== null && !this.failed;
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
    return this.running?.store.currentRevision ?? 1;
  }

  /** Digest of the applied state: equal on members that applied the same entries. */
  get stateDigest(): number {
    return this.running?.store.digest ?? 0;
  }

  /** Term of the log entry at `index`, -1 if the log does not hold it. */
  termAt(index: number): number {
    if (this.running === null) return -1;
    const term = termAt(this.running.node.raft.raftLog, index);
    return typeof term === 'number' ? term : -1;
  }

  // --- inputs

  onTimer(token: Token): void {
    if (token !== tickToken) return;
    this.ports.clock.armTimer(tickToken, this.config.heartbeatIntervalMs * nsPerMs);
    const { running } = this;
    if (running === null) return;
    if (this.waiters.size > 0) {
      for (const waiter of this.waiters.expired(this.ports.clock.nowNs())) {
        this.respond(waiter.request, errors.timeout);
      }
    }
    running.node.tick();
    this.advance(running);
  }

  onMessage(message: Message): void {
    const { running } = this;
    if (running === null) return;
    running.node.step(message);
    this.advance(running);
  }

  onDisk(token: Token, error: DiskErrorCode | null): void {
    const running = assertDefined(this.running, 'a running member');
    if (error !== null) {
      // After a failed sync nobody knows what the disk holds; etcd stops, too.
      this.fail(`wal: sync failed: ${error}`);
      return;
    }
    if (!running.wal.onDisk(token)) running.loop.onSynced(token);
    this.advance(running);
  }

  onRequest(id: RequestId, request: ClientRequest): void {
    const { running } = this;
    const refusal = running === null ? errors.noLeader : this.admit(running, request);
    if (running === null || refusal !== null) {
      this.respond(id, refusal ?? errors.noLeader);
      return;
    }
    if (request.kind === 'range' && request.range.serializable === true) {
      this.respond(id, applyRequest(running.store, request));
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
    const { id, clusterId } = this.config;
    this.ports.network.respond(
      request,
      withMember(response, { cluster_id: clusterId, member_id: id, raft_term: this.term }),
    );
  }
}
