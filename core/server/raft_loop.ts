import { assert, assertDefined } from '../base/assert.ts';
import type { Failpoint } from '../base/failpoint.ts';
import type { BugSwitches } from '../bugs.ts';
import type { Token } from '../ports.ts';
import {
  type Entry,
  EntryType,
  type MemoryStorage,
  type Message,
  MessageType,
  type RawNode,
  type ReadState,
  type Ready,
  type SnapMessage,
  type Snapshot,
  type SoftState,
} from '../raft/index.ts';
import type { Snapshotter } from '../snap/index.ts';
import type { Wal } from '../wal/index.ts';
import type { FailpointSite } from './failpoints.ts';
import type { MemberObserver } from './observer.ts';
import { Owner, type Tokens } from './tokens.ts';

/** What the loop does with what raft hands out. */
export interface RaftLoopHost {
  onSoftState(state: SoftState): void;
  onReadState(state: ReadState): void;
  /** Entries are committed, and on this disk. */
  applyCommitted(entries: readonly Entry[]): void;
  /** A snapshot is in the stable log: it replaces the state machine. */
  applySnapshot(snapshot: Snapshot): void;
  /** What was applied last is in the stable log now. */
  onStored(): void;
  send(message: Message): void;
  /** A snapshot's message needs the state that it stands for. */
  sendSnapshot(message: SnapMessage): void;
}

export interface RaftLoopParts {
  readonly node: RawNode;
  readonly storage: MemoryStorage;
  readonly wal: Wal;
  readonly snapshotter: Snapshotter;
  readonly tokens: Tokens;
  readonly host: RaftLoopHost;
  readonly bugs: BugSwitches;
  readonly failpoint: Failpoint<FailpointSite>;
  readonly observer: MemberObserver | null;
}

const noToken: Token = -1;

/** What the Ready in work waits for: the file of its snapshot, or the log. */
type Stage = 'snapshotFile' | 'log';

/**
 * Drives raft in etcd's order (raftNode.start): what is committed and on disk is applied before the log is saved, a leader sends at
 * once, in parallel with its disk, everybody else sends after the sync. A snapshot's file is durable before the log gets its record, and
 * the log before the snapshot takes the state machine's place. One Ready is in work at a time; while its sync is under way, raft
 * goes on taking messages and ticks, and what they bring waits for the next Ready, so writes are batched by themselves.
 */
export class RaftLoop {
  private readonly parts: RaftLoopParts;
  private inWork: Ready | null = null;
  private stage: Stage = 'log';
  private token: Token = noToken;
  private recoveryToken: Token = noToken;
  /** Whether this node led when the Ready in work was begun. */
  private leadsInWork = false;
  /** Committed entries that the state machine gets with the next ones: nothing, but for a planted bug. */
  private readonly late: Entry[] = [];

  constructor(parts: RaftLoopParts) {
    this.parts = parts;
  }

  /** Call once before all else. What a recovered log holds may still be in the page cache: nothing may rest on it unsynced. */
  start(recovered: boolean): void {
    if (recovered) {
      this.recoveryToken = this.parts.tokens.next(Owner.raftLoop);
      this.parts.wal.sync(this.recoveryToken);
    }
    this.pump();
  }

  /** Handles all that raft has ready, until something must wait for the disk. Call after every input. Returns whether there was anything. */
  pump(): boolean {
    if (this.recoveryToken !== noToken) return false;
    const { node } = this.parts;
    let worked = false;
    for (; this.inWork === null && node.hasReady(); worked = true) this.begin(node.ready());
    return worked;
  }

  private begin(ready: Ready): void {
    const { host, node, snapshotter, tokens, failpoint } = this.parts;
    this.inWork = ready;
    if (ready.softState !== null) host.onSoftState(ready.softState);
    const readState = ready.readStates.at(-1);
    if (readState !== undefined) host.onReadState(readState);
    // Entries behind a snapshot wait until it has become the state they build on.
    if (ready.snapshot === null && ready.committedEntries.length > 0) this.apply(ready, 'on disk');
    // The leader may send its appends in parallel with writing them itself (Raft thesis, section 10.2.1).
    this.leadsInWork = node.role === 'leader';
    if (this.leadsInWork) {
      failpoint('raftBeforeLeaderSend');
      this.send(ready.messages);
    }
    if (ready.snapshot === null) {
      this.saveLog(ready);
      return;
    }
    this.stage = 'snapshotFile';
    this.token = tokens.next(Owner.raftLoop);
    failpoint('raftBeforeSaveSnap');
    snapshotter.save(ready.snapshot, this.token);
  }

  /**
   * Before anything of this Ready is sent: raft counts on it that who acknowledges has applied the changes of the membership that it
   * knows to be committed (etcd: raftNode.start waits for them). What a follower hears of as new and as committed at once waits for
   * the sync: the backend must never be durable with what the log may lose (etcd: shouldWaitWALSync, issue 14370).
   */
  private apply(ready: Ready, which: 'on disk' | 'just synced'): void {
    const { host, bugs } = this.parts;
    const { entries, committedEntries } = ready;
    if (committedEntries.length === 0) return;
    if (bugs.has('ack-before-conf-change')) {
      if (which === 'on disk') this.applyLate(ready);
      return;
    }
    const firstNew = entries[0]?.index ?? Infinity;
    const last = committedEntries.at(-1)?.index ?? 0;
    const split =
      last < firstNew
        ? committedEntries.length
        : committedEntries.findIndex(({ index }) => index >= firstNew);
    const chosen = which === 'on disk' ? committedEntries.slice(0, split) : committedEntries.slice(split);
    if (chosen.length > 0) host.applyCommitted(chosen);
  }

  /** The planted bug: who answers does so first, and its state machine gets the change with the next entries. */
  private applyLate({ committedEntries, messagesAfterAppend }: Ready): void {
    const { host, node } = this.parts;
    const answers = node.role !== 'leader' && messagesAfterAppend.length > 0;
    const change = committedEntries.findIndex(({ type }) => type !== EntryType.normal);
    const end = answers && change >= 0 ? change : committedEntries.length;
    host.applyCommitted([...this.late.splice(0), ...committedEntries.slice(0, end)]);
    this.late.push(...committedEntries.slice(end));
  }

  private saveLog(ready: Ready): void {
    const { wal, tokens, bugs, failpoint } = this.parts;
    const { entries, hardState, snapshot } = ready;
    this.stage = 'log';
    // The record first: a commit index at the snapshot means nothing in a log that does not start there.
    const recordsLate = bugs.has('hardstate-before-snapshot-record');
    if (snapshot !== null && !recordsLate) this.saveRecord(snapshot);
    failpoint('raftBeforeSave');
    if (entries.length > 0 || hardState !== null) wal.save(hardState, entries);
    if (snapshot !== null && recordsLate) this.saveRecord(snapshot);
    if (snapshot === null) this.store(ready);
    // If only the commit index moved: losing that is harmless, it is learnt again (etcd: raft.MustSync).
    const mustSync = ready.mustSync || snapshot !== null;
    if (mustSync) {
      this.token = tokens.next(Owner.raftLoop);
      failpoint('walBeforeSync');
      wal.sync(this.token);
    }
    const answersEarly = bugs.has('respond-before-fsync') && snapshot === null;
    if (!mustSync || answersEarly) this.finish(ready);
  }

  private saveRecord({ metadata }: Snapshot): void {
    this.parts.failpoint('raftBeforeWALSaveSnapshot');
    this.parts.wal.saveSnapshot(metadata);
  }

  /** The log as raft reads it follows the log on disk. */
  private store({ entries, hardState }: Ready): void {
    const { storage, observer } = this.parts;
    if (hardState !== null) storage.setHardState(hardState);
    const first = entries[0];
    if (first === undefined) return;
    observer?.onAppend(entries, this.termBefore(first.index));
    storage.append(entries);
  }

  private termBefore(index: number): number {
    const term = this.parts.storage.term(index - 1);
    return typeof term === 'number' ? term : 0;
  }

  /** A sync of the loop's is done. */
  onSynced(token: Token): void {
    if (token === this.recoveryToken) {
      this.recoveryToken = noToken;
    } else if (token === this.token) {
      this.token = noToken;
      const ready = assertDefined(this.inWork, 'the Ready that was synced');
      if (this.stage === 'snapshotFile') {
        this.parts.failpoint('raftAfterSaveSnap');
        this.saveLog(ready);
      } else {
        this.parts.failpoint('walAfterSync');
        this.finish(ready);
      }
    }
    this.pump();
  }

  private finish(ready: Ready): void {
    const { host, node, failpoint } = this.parts;
    this.token = noToken;
    failpoint('raftAfterSave');
    if (ready.snapshot !== null) this.install(ready, ready.snapshot);
    else this.apply(ready, 'just synced');
    if (!this.leadsInWork) {
      failpoint('raftBeforeFollowerSend');
      this.send(ready.messages);
    }
    this.send(ready.messagesAfterAppend);
    failpoint('raftBeforeAdvance');
    this.inWork = null;
    node.advance();
    host.onStored();
  }

  private install(ready: Ready, snapshot: Snapshot): void {
    const { storage, wal, snapshotter, host, failpoint } = this.parts;
    failpoint('raftBeforeApplySnap');
    const refused = storage.applySnapshot(snapshot);
    assert(refused === null, `snapshot ${snapshot.metadata.index} is older than the log's`);
    this.store(ready);
    this.late.length = 0;
    host.applySnapshot(snapshot);
    failpoint('raftAfterApplySnap');
    wal.release(snapshot.metadata.index);
    snapshotter.release(snapshot.metadata.index);
    failpoint('raftAfterWALRelease');
    if (ready.committedEntries.length > 0) host.applyCommitted(ready.committedEntries);
  }

  private send(messages: readonly Message[]): void {
    const { host } = this.parts;
    // The last says all that the earlier ones say (etcd: processMessages). Plain loops: this is done for every message of a run.
    let lastResponse = messages.length - 1;
    while (lastResponse >= 0 && messages[lastResponse]?.type !== MessageType.appResp) lastResponse--;
    for (let i = 0; i < messages.length; i++) {
      const message = messages[i] as Message;
      if (message.type === MessageType.snap) host.sendSnapshot(message);
      else if (message.type !== MessageType.appResp || i === lastResponse) host.send(message);
    }
  }
}
