import { type AuthOptions, SimpleTokens, unprotectedHasher } from '../auth/index.ts';
import { ConsistentIndex } from '../backend/index.ts';
import { assert } from '../base/assert.ts';
import type { ByteString } from '../base/bytes.ts';
import { type NodeId, type RequestId, noNode } from '../base/ids.ts';
import { minimumTtl } from '../lease/index.ts';
import { nsPerMs, removedGraceMs } from '../limits.ts';
import type { MvccStore } from '../mvcc/index.ts';
import type { DiskErrorCode, PortHandler, StreamId, Token } from '../ports.ts';
import {
  type Message,
  MessageType,
  type RoleName,
  type SnapMessage,
  type Status,
  compactedError,
} from '../raft/index.ts';
import { termAt } from '../raft/log/raft_log.ts';
import type { DbReceipt } from '../snap/index.ts';
import type { V2Request } from '../v2store/index.ts';
import { type ClientRequest, type WatchRequest, errors } from './api/index.ts';
import { type Booted, bootMember } from './boot.ts';
import type { MemberConfig } from './config.ts';
import { type Gauges, measure } from './gauges.ts';
import type { MemberObserver } from './observer.ts';
import { isOutsideError } from './outside_error.ts';
import type { PeerAnswer, PeerCall } from './peers/messages.ts';
import { Running } from './running.ts';
import { MarkedSyncs } from './storage/marked_syncs.ts';
import type { SnapshotTold } from './storage/snapshot_inbox.ts';
import { MemberState } from './state.ts';
import { Timer, Tokens } from './tokens.ts';
import type { EtcdPorts, EtcdTraffic } from './traffic.ts';

/** How a member hashes passwords and makes tokens; the defaults protect nothing and are for simulations. */
export type MemberSecurity = Partial<AuthOptions>;

/**
 * One member of the cluster: a synchronous state machine. Every input (timer, message, disk completion, request) is handled to
 * its end before the next; what must wait for the disk is continued by `onDisk`.
 */
export class Member implements PortHandler<EtcdTraffic> {
  /** A disk error stopped this member for good, or it was removed; it must not be called any more. */
  failed = false;

  private readonly config: MemberConfig;
  private readonly ports: EtcdPorts;
  /** Marked with what is synced, so that a failure can be told of it. */
  private readonly disk: MarkedSyncs<string>;
  private readonly observer: MemberObserver | null;
  private readonly security: MemberSecurity;
  private running: Running | null = null;
  private stopping = false;

  constructor(
    config: MemberConfig,
    ports: EtcdPorts,
    observer: MemberObserver | null,
    security: MemberSecurity = {},
  ) {
    this.config = config;
    this.disk = new MarkedSyncs(ports.disk, (path) => (path === '' ? 'the data directory' : path));
    this.ports = { ...ports, disk: this.disk };
    this.observer = observer;
    this.security = security;
  }

  /** Reads the disk, or prepares it at the first start, and takes part from then on. */
  start(): void {
    this.armTick();
    try {
      const tokens = new Tokens();
      const consistentIndex = new ConsistentIndex();
      const booted = bootMember(this.config, this.ports, tokens, consistentIndex);
      for (const broken of booted.broken) this.ports.log.line('warning', broken.message);
      this.run(booted, tokens, this.recoverState(booted, consistentIndex));
    } catch (error) {
      // What the disk holds is the outside's input: a member that can't read it stops, as etcd does.
      this.failOn(error);
    }
  }

  private recoverState({ backend, snapshot }: Booted, consistentIndex: ConsistentIndex): MemberState {
    const { electionTicks, heartbeatIntervalMs } = this.config;
    const tokens = this.security.tokens ?? new SimpleTokens(this.ports.random);
    const hasher = this.security.hasher ?? unprotectedHasher;
    const minTtl = minimumTtl(electionTicks, heartbeatIntervalMs);
    return new MemberState(this.config, { consistentIndex, backend, snapshot, tokens, hasher, minTtl });
  }

  private run(booted: Booted, tokens: Tokens, state: MemberState): void {
    const { config, ports, observer } = this;
    const { node, snapshot } = booted;
    const running = new Running({ config, ports, tokens, booted, state, observer });
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
      members: state.membership.list(),
      cutBytes: booted.cutBytes,
    });
    running.loop.start(booted.recovered);
    running.services.start();
    this.advance(running);
  }

  /** What is applied now may show that the disk held something else before. */
  private advance(running: Running): void {
    try {
      running.advance();
    } catch (error) {
      this.failOn(error);
    }
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

  /** It was asked to stop, and brings everything to its disk. */
  get isStopping(): boolean {
    return this.stopping && !this.stopped;
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

  /** What raft knows, null while the disk is being read. */
  status(): Status | null {
    return this.running?.node.status() ?? null;
  }

  get commitIndex(): number {
    return this.running?.node.commitIndex ?? 0;
  }

  get appliedIndex(): number {
    return this.running?.services.applier.appliedIndex ?? 0;
  }

  get revision(): number {
    return this.running?.state.store.currentRevision ?? 1;
  }

  /** The key-value store, null while the disk is being read. Others may only read it. */
  get store(): MvccStore | null {
    return this.running?.state.store ?? null;
  }

  /** All of the applied state, null while the disk is being read. Others may only read it. */
  get state(): MemberState | null {
    return this.running?.state ?? null;
  }

  /** Digest of the applied state: equal on members that applied the same entries. */
  get stateDigest(): number {
    return this.running?.state.store.digest ?? 0;
  }

  /** Fills in how full the queues are and how far the state is. False, and nothing is filled in, while the disk is being read. */
  measure(into: Gauges): boolean {
    if (this.running === null) return false;
    measure(this.running, into);
    return true;
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
    else running.services.onTimer(token);
    this.advance(running);
  }

  private tick(running: Running): void {
    const nowNs = this.ports.clock.nowNs();
    const { removedAtNs } = running.services;
    if (removedAtNs >= 0 && nowNs - removedAtNs >= removedGraceMs * nsPerMs) {
      running.services.stop();
      this.fail('the member has been permanently removed from the cluster');
      return;
    }
    running.purge(nowNs);
    running.node.tick();
    running.services.tick(nowNs);
  }

  onMessage(message: Message): void {
    const running = this.taking;
    if (running === null || !running.hears(message)) return;
    running.node.step(message);
    this.advance(running);
  }

  onSnapshot(message: Message, database: Uint8Array): void {
    assert(message.type === MessageType.snap, 'a snapshot comes with its message');
    const running = this.taking;
    if (running === null || !running.hears(message)) return;
    running.onSnapshot(message, database);
    this.advance(running);
  }

  /**
   * A snapshot's message has arrived, and its database is going to, in pieces: those are written as they come, then
   * `onSnapshotReceived`, or the receipt is aborted. Null while nothing is taken.
   */
  receiveSnapshot(message: SnapMessage): DbReceipt | null {
    return this.taking?.receiveSnapshot(message) ?? null;
  }

  /** All pieces are here. `told` hears once whether raft has the snapshot, unless the member ends before. */
  onSnapshotReceived(message: SnapMessage, receipt: DbReceipt, told: SnapshotTold): void {
    const running = this.taking;
    if (running === null) return;
    if (running.hears(message)) running.onSnapshotReceived(message, receipt, told);
    else {
      receipt.abort();
      told(null);
    }
    this.advance(running);
  }

  onSnapshotSent(to: NodeId, delivered: boolean): void {
    const running = this.taking;
    if (running === null) return;
    running.onSnapshotSent(to, delivered);
    this.advance(running);
  }

  onDisk(token: Token, error: DiskErrorCode | null): void {
    const path = this.disk.completed() ?? 'nothing';
    const { running } = this;
    if (running === null) return;
    if (error !== null) {
      // After a failed sync nobody knows what the disk holds; etcd stops, too.
      this.fail(`disk: ${path}: sync failed: ${error}`);
      return;
    }
    try {
      running.onDisk(token);
      if (!this.stopping) running.advance();
    } catch (failure) {
      this.failOn(failure);
    }
  }

  onRequest(id: RequestId, request: ClientRequest, token?: ByteString): void {
    const running = this.taking;
    if (running === null) {
      this.ports.network.respond(id, errors.stopped);
      return;
    }
    running.services.requests.onRequest(id, request, token);
    this.advance(running);
  }

  onV2Request(id: RequestId, request: V2Request): void {
    const running = this.taking;
    if (running === null) {
      this.ports.network.respondV2?.(id, { kind: 'refused', reason: errors.stopped });
      return;
    }
    running.services.requests.onV2Request(id, request);
    this.advance(running);
  }

  onWatchOpen(stream: StreamId, window: number, token?: ByteString): void {
    const running = this.taking;
    if (running === null) this.ports.network.closeWatch(stream, errors.stopped.message);
    else {
      running.services.watches.open(stream, window, token);
      this.advance(running);
    }
  }

  onWatchRequest(stream: StreamId, request: WatchRequest): void {
    const running = this.taking;
    if (running === null) return;
    running.services.watches.request(stream, request);
    this.advance(running);
  }

  onWatchTaken(stream: StreamId, count: number): void {
    const running = this.taking;
    if (running === null) return;
    running.services.watches.taken(stream, count);
    this.advance(running);
  }

  onWatchClosed(stream: StreamId): void {
    this.taking?.services.watches.closed(stream);
  }

  onPeerCall(id: RequestId, from: NodeId, call: PeerCall): void {
    const running = this.taking;
    if (running === null) {
      this.ports.network.answerPeer(id, { kind: 'refused' });
      return;
    }
    running.services.links.heard(from, this.ports.clock.nowNs());
    running.services.peers.onCall(id, from, call);
    this.advance(running);
  }

  onPeerAnswer(token: Token, answer: PeerAnswer | null): void {
    const running = this.taking;
    if (running === null) return;
    running.services.peers.onAnswer(token, answer);
    this.advance(running);
  }
}
