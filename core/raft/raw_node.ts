import { assert } from '../base/assert.ts';
import type { ByteString } from '../base/bytes.ts';
import { noNode, type NodeId } from '../base/ids.ts';
import { applyConfChange } from './apply.ts';
import { bootstrap, type Peer } from './bootstrap.ts';
import { isV2, type ConfChange, type ConfChangeV2 } from './conf_change.ts';
import type { Config } from './config.ts';
import { EntryType, makeEntry, type ConfState } from './entry.ts';
import { stepLocalMessageError, stepPeerNotFoundError, type RaftError } from './errors.ts';
import { lastIndex } from './log/raft_log.ts';
import { logConfiguration, logStart } from './log_lines.ts';
import { isLocalTarget, isLocalType, isResponseType, MessageType, type Message } from './message.ts';
import { makePlain, makeProp, makeReadIndex, makeSnapStatus } from './message_make.ts';
import { leaderOf, makeRaft, type Raft } from './raft.ts';
import { forgetHardState, hasReady, makeHandover, takeReady, type Handover, type Ready } from './ready.ts';
import type { RoleName } from './role.ts';
import { statusOf, type Status } from './status.ts';
import { step } from './step.ts';
import { tick } from './tick.ts';
import { becomeFollower } from './transition.ts';
import { encodeConfChange, encodeConfChangeV2 } from './wire.ts';

/**
 * One raft node, driven from outside: feed it ticks, messages and proposals; while `hasReady()`, take a
 * `ready()`, do what it says, and call `advance()`. Nothing happens in between, and no call waits.
 */
export class RawNode {
  /** The node's whole state: plain data besides the ports in `settings`. */
  readonly raft: Raft;
  private readonly handover: Handover;

  /** Restores the node from its storage. Throws RangeError for a configuration that can't work. */
  constructor(config: Config) {
    this.raft = makeRaft(config);
    const own = this.raft.progress.get(this.raft.id);
    this.raft.isLearner = own !== undefined && own.isLearner;
    logConfiguration(this.raft);
    becomeFollower(this.raft, this.raft.term, noNode);
    logStart(this.raft);
    this.handover = makeHandover(this.raft);
  }

  get id(): NodeId {
    return this.raft.id;
  }

  get term(): number {
    return this.raft.term;
  }

  /** 0 if it has voted for nobody in its term. */
  get vote(): NodeId {
    return this.raft.vote;
  }

  get role(): RoleName {
    return this.raft.role.kind;
  }

  /** 0 if unknown. */
  get leader(): NodeId {
    return leaderOf(this.raft);
  }

  get commitIndex(): number {
    return this.raft.raftLog.committed;
  }

  get appliedIndex(): number {
    return this.raft.raftLog.applied;
  }

  get lastIndex(): number {
    return lastIndex(this.raft.raftLog);
  }

  status(): Status {
    return statusOf(this.raft);
  }

  /** One tick of the node's clock has passed. */
  tick(): void {
    tick(this.raft);
  }

  /** Campaigns now, whatever the timer says. */
  campaign(): void {
    step(this.raft, makePlain(MessageType.hup, noNode, noNode, 0));
  }

  /**
   * Proposes an entry; a follower passes it to its leader. No error does not mean that it will be committed.
   */
  propose(data: Uint8Array): RaftError | null {
    return step(this.raft, makeProp(noNode, this.raft.id, [makeEntry(0, 0, EntryType.normal, data)]));
  }

  /**
   * Proposes a conf change. The leader voids it if another one is pending: it then passes as an empty entry.
   */
  proposeConfChange(change: ConfChange | ConfChangeV2): RaftError | null {
    const { ids } = this.raft.settings;
    const entry = isV2(change)
      ? makeEntry(0, 0, EntryType.confChangeV2, encodeConfChangeV2(change, ids))
      : makeEntry(0, 0, EntryType.confChange, encodeConfChange(change, ids));
    return step(this.raft, makeProp(noNode, noNode, [entry]));
  }

  /** To be called for each committed conf change. Returns the configuration to store with snapshots. */
  applyConfChange(change: ConfChange | ConfChangeV2): ConfState {
    return applyConfChange(this.raft, change);
  }

  /** Takes a message from a peer, or from the own disk and state machine with asynchronous storage. */
  step(message: Message): RaftError | null {
    const { type, from } = message;
    const isFromPeer = !isLocalTarget(from);
    if (isFromPeer && isLocalType(type)) return stepLocalMessageError;
    if (isFromPeer && isResponseType(type) && !this.raft.progress.has(from)) return stepPeerNotFoundError;
    return step(this.raft, message);
  }

  hasReady(): boolean {
    return hasReady(this.raft, this.handover);
  }

  /**
   * Hands over what is to be done. With synchronous storage the next one may be taken only after `advance`;
   * with asynchronous storage at any time.
   */
  ready(): Ready {
    assert(this.handover.stepsOnAdvance.length === 0, 'the last Ready was not followed by advance');
    return takeReady(this.raft, this.handover);
  }

  /** The last Ready is done: written, synced, applied and sent. Synchronous storage only. */
  advance(): void {
    assert(!this.raft.settings.asyncStorageWrites, 'advance is not used with asynchronous storage');
    const steps = this.handover.stepsOnAdvance;
    if (steps.length === 0) return;
    this.handover.stepsOnAdvance = [];
    for (const message of steps) step(this.raft, message);
  }

  /**
   * Asks for a linearizable read. The answer comes as a read state with this context, or never: then ask
   * again.
   */
  readIndex(context: ByteString): void {
    step(this.raft, makeReadIndex(noNode, noNode, context));
  }

  /** Asks the leader to hand over to `id`. */
  transferLeader(id: NodeId): void {
    step(this.raft, makePlain(MessageType.transferLeader, noNode, id, 0));
  }

  /** The application knows that the leader is gone: vote for others before the timeout passes. */
  forgetLeader(): void {
    step(this.raft, makePlain(MessageType.forgetLeader, noNode, noNode, 0));
  }

  /** The last message to a peer could not be delivered. */
  reportUnreachable(id: NodeId): void {
    step(this.raft, makePlain(MessageType.unreachable, noNode, id, 0));
  }

  /** How the sending of a snapshot ended. */
  reportSnapshot(id: NodeId, outcome: 'finish' | 'failure'): void {
    step(this.raft, makeSnapStatus(id, outcome === 'failure'));
  }

  /** Starts a new cluster on an empty storage; see `bootstrap`. */
  bootstrap(peers: readonly Peer[]): void {
    forgetHardState(this.handover);
    bootstrap(this.raft, peers);
  }
}
