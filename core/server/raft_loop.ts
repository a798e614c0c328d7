import { assertDefined } from '../base/assert.ts';
import type { BugSwitches } from '../bugs.ts';
import type { Network, Token } from '../ports.ts';
import type { Entry, MemoryStorage, Message, RawNode, Ready } from '../raft/index.ts';
import type { Wal } from '../wal/index.ts';
import type { ClientResponse } from './api/index.ts';
import type { MemberObserver } from './observer.ts';

/** What the loop does with committed entries. */
export interface RaftLoopHost {
  applyCommitted(entries: readonly Entry[]): void;
}

const noToken: Token = -1;

/**
 * Drives raft in etcd's order (raftNode.start): committed entries go to apply before the log is saved, a leader sends at once,
 * in parallel with its disk, everybody else sends after the sync. One Ready is in work at a time; while its sync is under way,
 * raft goes on taking messages and ticks, and what they bring waits for the next Ready, so writes are batched by themselves.
 */
export class RaftLoop {
  private readonly node: RawNode;
  private readonly storage: MemoryStorage;
  private readonly wal: Wal;
  private readonly network: Network<Message, ClientResponse>;
  private readonly host: RaftLoopHost;
  private readonly bugs: BugSwitches;
  private readonly observer: MemberObserver | null;
  private inWork: Ready | null = null;
  private syncToken: Token = noToken;
  private recoveryToken: Token = noToken;
  /** Whether this node led when the Ready in work was begun. */
  private leadsInWork = false;
  private nextToken: Token;

  constructor(
    node: RawNode,
    storage: MemoryStorage,
    wal: Wal,
    firstToken: Token,
    parts: {
      readonly network: Network<Message, ClientResponse>;
      readonly host: RaftLoopHost;
      readonly bugs: BugSwitches;
      readonly observer: MemberObserver | null;
    },
  ) {
    this.node = node;
    this.storage = storage;
    this.wal = wal;
    this.nextToken = firstToken;
    this.network = parts.network;
    this.host = parts.host;
    this.bugs = parts.bugs;
    this.observer = parts.observer;
  }

  /** Call once before all else. What a recovered log holds may still be in the page cache: nothing may rest on it unsynced. */
  start(recovered: boolean): void {
    if (recovered) {
      this.recoveryToken = this.nextToken++;
      this.wal.sync(this.recoveryToken);
    }
    this.pump();
  }

  /** Handles all that raft has ready, until something must wait for the disk. Call after every input. */
  pump(): void {
    if (this.recoveryToken !== noToken) return;
    while (this.inWork === null && this.node.hasReady()) this.begin(this.node.ready());
  }

  private begin(ready: Ready): void {
    this.inWork = ready;
    if (ready.committedEntries.length > 0) this.host.applyCommitted(ready.committedEntries);
    // The leader may send its appends in parallel with writing them itself (Raft thesis, section 10.2.1).
    const leads = this.node.role === 'leader';
    if (leads) this.send(ready.messages);
    this.save(ready);
    if (this.bugs.has('respond-before-fsync')) {
      if (ready.mustSync) this.wal.sync(this.nextToken++);
      this.finish(ready, leads);
    } else if (ready.mustSync) {
      this.syncToken = this.nextToken++;
      this.leadsInWork = leads;
      this.wal.sync(this.syncToken);
    } else {
      // Only the commit index moved: losing that is harmless, it is learnt again (etcd: raft.MustSync).
      this.finish(ready, leads);
    }
  }

  private save(ready: Ready): void {
    const { entries, hardState } = ready;
    if (entries.length === 0 && hardState === null) return;
    this.wal.save(hardState, entries);
    if (hardState !== null) this.storage.setHardState(hardState);
    const first = entries[0];
    if (first === undefined) return;
    this.observer?.onAppend(entries, this.termBefore(first.index));
    this.storage.append(entries);
  }

  private termBefore(index: number): number {
    const term = this.storage.term(index - 1);
    return typeof term === 'number' ? term : 0;
  }

  /** A sync of the log is done. */
  onSynced(token: Token): void {
    if (token === this.recoveryToken) {
      this.recoveryToken = noToken;
    } else if (token === this.syncToken) {
      this.syncToken = noToken;
      this.finish(assertDefined(this.inWork, 'the Ready that was synced'), this.leadsInWork);
    }
    this.pump();
  }

  private finish(ready: Ready, leads: boolean): void {
    if (!leads) this.send(ready.messages);
    this.send(ready.messagesAfterAppend);
    this.inWork = null;
    this.node.advance();
  }

  private send(messages: readonly Message[]): void {
    for (const message of messages) this.network.send(message.to, message);
  }
}
