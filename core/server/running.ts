import type { Backend } from '../backend/index.ts';
import type { BugSwitches } from '../bugs.ts';
import { batchIntervalMs, nsPerMs, purgeIntervalMs, snapshotsInFlightMax } from '../limits.ts';
import type { Token } from '../ports.ts';
import {
  type Entry,
  type Message,
  type RawNode,
  type ReadState,
  type SnapMessage,
  type Snapshot,
  type SoftState,
  makeSnap,
} from '../raft/index.ts';
import type { DbReceipt, Publisher, SnapDbs, Snapshotter } from '../snap/index.ts';
import type { Wal } from '../wal/index.ts';
import type { Booted } from './boot.ts';
import { CleanStop } from './clean_stop.ts';
import type { Failpoint } from '../base/failpoint.ts';
import type { MemberConfig } from './config.ts';
import type { FailpointSite } from './failpoints.ts';
import type { MemberObserver } from './observer.ts';
import { RaftLoop, type RaftLoopHost } from './raft_loop.ts';
import { Services } from './services/services.ts';
import type { MemberState } from './state.ts';
import { loadPosition, replaceBackend } from './storage/open_backend.ts';
import { SnapshotInbox, type SnapshotTold } from './storage/snapshot_inbox.ts';
import { SnapshotMaker } from './storage/snapshot_maker.ts';
import { SnapshotOutbox } from './storage/snapshot_outbox.ts';
import { Owner, Timer, type Tokens, ownerOf } from './tokens.ts';
import type { EtcdPorts } from './traffic.ts';

export interface RunningParts {
  readonly config: MemberConfig;
  readonly ports: EtcdPorts;
  readonly tokens: Tokens;
  readonly booted: Booted;
  readonly state: MemberState;
  readonly observer: MemberObserver | null;
}

/** A member that has read its disk: raft, its log, its state and its snapshots, wired to each other. */
export class Running implements RaftLoopHost {
  readonly node: RawNode;
  readonly state: MemberState;
  readonly services: Services;
  readonly loop: RaftLoop;
  private readonly ports: EtcdPorts;
  private readonly tokens: Tokens;
  private readonly wal: Wal;
  private readonly publisher: Publisher;
  private readonly snapshotter: Snapshotter;
  private readonly snapDbs: SnapDbs;
  private readonly maker: SnapshotMaker;
  private readonly inbox: SnapshotInbox;
  private readonly outbox = new SnapshotOutbox();
  private readonly observer: MemberObserver | null;
  private readonly bugs: BugSwitches;
  private readonly failpoint: Failpoint<FailpointSite>;
  private commitTimerArmed = false;
  private purgedAtNs: number;
  private ending: CleanStop | null = null;
  /** Steps of the backend before may still complete; it is closed and does nothing about them. */
  private replacedBackend: Backend | null = null;

  constructor(parts: RunningParts) {
    const { booted, config, observer, ports, tokens, state } = parts;
    const { node, storage, wal, snapshotter, snapDbs } = booted;
    this.node = node;
    this.state = state;
    this.ports = ports;
    this.tokens = tokens;
    this.wal = wal;
    this.publisher = booted.publisher;
    this.snapshotter = snapshotter;
    this.snapDbs = snapDbs;
    this.observer = observer;
    this.bugs = config.bugs;
    this.failpoint = config.failpoint;
    this.purgedAtNs = ports.clock.nowNs();
    this.services = new Services({ config, ports, node, state, tokens, observer });
    this.inbox = new SnapshotInbox(snapDbs, tokens, config.bugs);
    const { snapshotCount, catchUpEntries } = config;
    const onSaved = (index: number, term: number): void => observer?.onSnapshotSaved(index, term);
    const { failpoint } = config;
    const making = {
      storage,
      wal,
      snapshotter,
      snapDbs,
      tokens,
      snapshotCount,
      catchUpEntries,
      onSaved,
      failpoint,
    };
    this.maker = new SnapshotMaker(making, booted.snapshot?.metadata.index ?? 0);
    this.loop = new RaftLoop({
      node,
      storage,
      wal,
      snapshotter,
      tokens,
      host: this,
      bugs: this.bugs,
      failpoint: this.failpoint,
      observer,
    });
  }

  private get backend(): Backend {
    return this.state.backend;
  }

  // --- the disk

  /** A sync is done, and did not fail. */
  onDisk(token: Token): void {
    const owner = ownerOf(token);
    if (owner === Owner.wal) this.wal.onDisk(token);
    else if (owner === Owner.publisher) this.publisher.onDisk(token);
    else if (owner === Owner.backend)
      void (this.backend.onDisk(token) || this.replacedBackend?.onDisk(token));
    else if (owner === Owner.snapshot)
      this.maker.onSynced(token, this.outbox.isQuiet(this.ports.clock.nowNs()));
    else if (this.ending === null) {
      if (owner === Owner.raftLoop) this.loop.onSynced(token);
      else if (owner === Owner.receipt) this.received(token);
      else if (owner === Owner.answer) this.services.requests.maintenance.onSynced(token);
    }
    this.ending?.onSynced(token);
  }

  /** Nothing is applied or sent any more. What raft and a received snapshot were about to do, the next start does as after a crash. */
  stop(): void {
    this.services.stop();
    const { maker, wal, backend, tokens } = this;
    this.ending ??= new CleanStop({ maker, wal, backend, tokens });
  }

  /** All that this member knows is on the disk. */
  get stopped(): boolean {
    return this.ending?.done === true;
  }

  private received(token: Token): void {
    const received = this.inbox.onSynced(token);
    if (received === undefined) return;
    const { message, told } = received;
    const { index } = message.snapshot.metadata;
    this.node.step(message);
    told(null);
    // One that raft has no use for is not going to be opened.
    if (this.node.raft.raftLog.unstable.snapshot?.metadata.index !== index) this.snapDbs.unpin(index);
  }

  // --- time

  /** Call after every input: lets out what it brought about, until there is nothing more that needs no waiting. */
  advance(): void {
    const { services, loop } = this;
    let first = true;
    for (;;) {
      services.requests.flush();
      if (!loop.pump() && !first) break;
      first = false;
      services.settle();
    }
    this.armCommit();
  }

  /** What the backend holds is committed some time after the first change. */
  private armCommit(): void {
    if (this.commitTimerArmed || this.backend.pendingOperations === 0) return;
    this.commitTimerArmed = true;
    this.ports.clock.armTimer(Timer.commit, batchIntervalMs * nsPerMs);
  }

  onCommitTimer(): void {
    this.commitTimerArmed = false;
    this.backend.onInterval();
  }

  /** Removes files that nobody needs any more, now and then. */
  purge(nowNs: number): void {
    if (nowNs - this.purgedAtNs < purgeIntervalMs * nsPerMs) return;
    this.purgedAtNs = nowNs;
    this.wal.purge();
    this.snapshotter.purge();
  }

  // --- what raft hands out

  onSoftState(state: SoftState): void {
    this.services.onSoftState(state);
  }

  onReadState(state: ReadState): void {
    this.services.onReadState(state);
  }

  applyCommitted(entries: readonly Entry[]): void {
    this.services.applier.apply(entries);
  }

  onStored(): void {
    const { appliedIndex: index, confState } = this.services.applier;
    this.maker.onApplied({ index, confState, data: () => this.state.snapshotData() }, this.backend);
  }

  /** False for a message that is not for this member (another may have had its address, etcd issue 17081), or of one that was removed. */
  hears({ from, to }: Message): boolean {
    const { services, state, node, ports, bugs } = this;
    const isForThis = to === node.id || bugs.has('message-to-another-member');
    if (!isForThis || state.membership.isRemoved(from)) return false;
    services.links.heard(from, ports.clock.nowNs());
    return true;
  }

  send(message: Message): void {
    // Who was removed needs to hear nothing more (etcd: transport.RemovePeer).
    if (this.state.membership.isRemoved(message.to)) return;
    this.ports.network.send(message.to, message);
  }

  // --- snapshots to and from others

  /** Sends the state as it is now, which is as new as what raft asked for, or newer. */
  sendSnapshot({ to, from, term }: SnapMessage): void {
    const { appliedIndex: index, appliedTerm, confState } = this.services.applier;
    // After a start the backend may hold more than is known to be committed: then the message would name an older state than it brings.
    const isAhead = this.state.consistentIndex.position.index > index;
    if (isAhead || this.outbox.sending >= snapshotsInFlightMax) {
      this.node.reportSnapshot(to, 'failure');
      return;
    }
    const metadata = { index, term: appliedTerm, confState };
    const message = makeSnap(to, from, term, { data: this.state.snapshotData(), metadata });
    this.outbox.begin(to);
    this.ports.network.sendSnapshot(to, message, this.backend.snapshot());
  }

  onSnapshot(message: SnapMessage, db: Uint8Array): void {
    const refused = this.inbox.receive(message, db);
    if (refused !== null) this.refuse(message, refused);
  }

  /** The database of this snapshot is going to come in pieces. */
  receiveSnapshot(message: SnapMessage): DbReceipt {
    return this.inbox.begin(message);
  }

  /** All pieces are here. */
  onSnapshotReceived(message: SnapMessage, receipt: DbReceipt, told: SnapshotTold): void {
    this.inbox.finish(message, receipt, (refused) => {
      if (refused !== null) this.refuse(message, refused);
      told(refused);
    });
  }

  private refuse({ snapshot }: SnapMessage, reason: string): void {
    this.ports.log.line('error', `snapshot ${snapshot.metadata.index} from the leader: ${reason}`);
  }

  onSnapshotSent(to: Message['to'], delivered: boolean): void {
    if (!this.outbox.end(to, delivered, this.ports.clock.nowNs())) return;
    this.node.reportSnapshot(to, delivered ? 'finish' : 'failure');
  }

  applySnapshot(snapshot: Snapshot): void {
    const { index, term } = snapshot.metadata;
    const { consistentIndex, backend } = this.state;
    const { disk } = this.ports;
    const { failpoint, tokens, bugs } = this;
    failpoint('applyBeforeOpenSnapshot');
    const old = { backend, path: this.snapDbs.path(index) };
    const received = replaceBackend(disk, tokens, consistentIndex, old, { failpoint, bugs });
    this.replacedBackend = backend;
    if (!bugs.has('index-of-old-backend')) loadPosition(consistentIndex, received);
    failpoint('applyAfterOpenSnapshot');
    this.snapDbs.unpin(index);
    this.state.replace(snapshot, received);
    this.services.onReplaced();
    this.maker.onReceived(index);
    this.snapDbs.release(index);
    this.observer?.onMembers?.(this.state.membership.list(), index, false);
    this.observer?.onSnapshotInstalled(
      index,
      term,
      this.state.store.currentRevision,
      this.state.store.digest,
    );
  }
}
