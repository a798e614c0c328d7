import { assert } from '../../core/base/assert.ts';
import { fromBytes, fromText, toBytes } from '../../core/base/bytes.ts';
import type { NodeId } from '../../core/base/ids.ts';
import {
  confChangeOf,
  emptyConfState,
  emptyHardState,
  EntryType,
  isLocalTarget,
  MemoryStorage,
  MessageType,
  RawNode,
  RaftError,
  type Config,
  type ConfState,
  type Entry,
  type HardState,
  type Message,
  type Ready,
  type Snapshot,
  type StorageAppendMessage,
  type StorageApplyMessage,
} from '../../core/raft/index.ts';
import type { SafetyJudge } from './safety.ts';

const keptEntries = 3;
const firstIndex = 2;

/** The state machine: a digest of everything applied, so that two of them can be compared by one string. */
interface Machine {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
  readonly digest: string;
}

/** A log whose snapshots come from the state machine. */
class WorldStorage extends MemoryStorage {
  make: () => Snapshot | RaftError;

  constructor(make: () => Snapshot | RaftError) {
    super();
    this.make = make;
  }

  override snapshot(): Snapshot | RaftError {
    return this.make();
  }
}

/** What a crash leaves: what was synced. */
interface Platter {
  hardState: HardState;
  snapshot: Snapshot | null;
  entries: Entry[];
}

export interface WorldParts {
  readonly judge: SafetyJudge;
  send(message: Message): void;
}

export class WorldNode {
  readonly id: NodeId;
  raw: RawNode;
  private storage: MemoryStorage;
  private machine: Machine;
  private readonly config: Omit<Config, 'id' | 'storage' | 'electionTicks' | 'heartbeatTicks'>;
  private readonly parts: WorldParts;
  private readonly platter: Platter;
  /** Written, not synced. */
  private unsynced: (() => void)[] = [];
  private inWork: Ready | null = null;
  private appendWork: StorageAppendMessage[] = [];
  private applyWork: StorageApplyMessage[] = [];
  private answers: Message[] = [];

  constructor(id: NodeId, config: WorldNode['config'], confState: ConfState | null, parts: WorldParts) {
    this.id = id;
    this.config = config;
    this.parts = parts;
    const metadata = { confState: confState ?? emptyConfState, index: firstIndex, term: 1 };
    const snapshot = confState === null ? null : { data: toBytes(fromText('start')), metadata };
    this.platter = { hardState: emptyHardState, snapshot, entries: [] };
    [this.storage, this.machine, this.raw] = this.boot();
  }

  private boot(): [MemoryStorage, Machine, RawNode] {
    const { hardState, snapshot, entries } = this.platter;
    const storage = new WorldStorage(() => this.makeSnapshot());
    if (snapshot !== null) storage.applySnapshot(snapshot);
    storage.append(entries);
    storage.setHardState(hardState);
    const machine: Machine =
      snapshot === null
        ? { index: 0, term: 0, confState: emptyConfState, digest: 'start' }
        : { ...snapshot.metadata, digest: fromBytes(snapshot.data) };
    const ticks = { electionTicks: 3, heartbeatTicks: 1 };
    const own = { id: this.id, storage, appliedIndex: machine.index };
    return [storage, machine, new RawNode({ ...this.config, ...ticks, ...own })];
  }

  /** Loses everything that was not synced, and starts again. */
  crash(): void {
    this.unsynced = [];
    this.inWork = null;
    this.appendWork = [];
    this.applyWork = [];
    this.answers = [];
    [this.storage, this.machine, this.raw] = this.boot();
    this.parts.judge.crashes++;
  }

  private makeSnapshot(): Snapshot {
    const { index, term, confState, digest } = this.machine;
    return { data: toBytes(fromText(digest)), metadata: { index, term, confState } };
  }

  /** Saves the state machine and drops the log before it, but a few entries for those who lag behind. */
  compact(): void {
    const { index } = this.machine;
    const snapshot = this.makeSnapshot();
    // Raft may still have to read what it doesn't know to be applied.
    const to = Math.min(index, this.raw.appliedIndex) - keptEntries;
    if (index > this.storage.lastIndex() || to <= this.storage.firstIndex() || to < firstIndex) return;
    const made = this.storage.createSnapshot(index, snapshot.metadata.confState, snapshot.data);
    // Nothing new since the last one.
    if (made instanceof RaftError) return;
    this.storage.compact(to);
    // The log below the snapshot stays on the platter's snapshot: only what follows it is read at boot.
    this.unsynced.push(() => {
      this.platter.snapshot = snapshot;
      this.platter.entries = this.platter.entries.filter((entry) => entry.index > index);
    });
  }

  hasWork(): boolean {
    const isWaiting = this.inWork !== null || this.appendWork.length + this.applyWork.length > 0;
    return isWaiting || this.answers.length > 0 || this.raw.hasReady();
  }

  /** One step of what the node has to do: a Ready, a sync, a batch of the state machine. */
  workOnce(): void {
    const answer = this.answers.shift();
    const append = this.appendWork[0];
    const apply = this.applyWork[0];
    if (this.inWork !== null) this.finish(this.inWork);
    else if (answer !== undefined) this.raw.step(answer);
    else if (this.raw.hasReady()) this.begin(this.raw.ready());
    else if (append !== undefined) this.doAppend(append);
    else if (apply !== undefined) this.doApply(apply);
  }

  private begin(ready: Ready): void {
    if (this.config.asyncStorageWrites === true) {
      for (const message of ready.messages) this.route(message);
      return;
    }
    const { entries, hardState, snapshot } = ready;
    if (ready.snapshot === null) this.apply(ready.committedEntries);
    for (const message of ready.messages) this.parts.send(message);
    this.write(hardState, entries, snapshot);
    if (ready.mustSync || snapshot !== null) this.inWork = ready;
    else this.complete(ready);
  }

  private finish(ready: Ready): void {
    this.sync();
    this.inWork = null;
    this.complete(ready);
  }

  private complete(ready: Ready): void {
    for (const message of ready.messagesAfterAppend) this.parts.send(message);
    this.raw.advance();
  }

  private write(hardState: HardState | null, entries: readonly Entry[], snapshot: Snapshot | null): void {
    if (snapshot !== null) this.restore(snapshot);
    if (hardState !== null) this.storage.setHardState(hardState);
    this.storage.append(entries);
    this.unsynced.push(() => {
      if (snapshot !== null) {
        this.platter.snapshot = snapshot;
        this.platter.entries = [];
      }
      const first = entries[0];
      if (first !== undefined) {
        const kept = this.platter.entries.filter((entry) => entry.index < first.index);
        this.platter.entries = [...kept, ...entries];
      }
      if (hardState !== null) this.platter.hardState = hardState;
    });
  }

  private sync(): void {
    for (const write of this.unsynced.splice(0)) write();
  }

  private restore(snapshot: Snapshot): void {
    assert(this.storage.applySnapshot(snapshot) === null, 'a received snapshot is new');
    this.machine = { ...snapshot.metadata, digest: fromBytes(snapshot.data) };
    this.parts.judge.applied(this.machine.index, this.machine.digest);
    this.parts.judge.snapshots++;
  }

  private apply(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const { index, term, data } = entry;
      // A snapshot that arrived meanwhile may cover what still waited to be applied.
      if (index <= this.machine.index) continue;
      assert(index === this.machine.index + 1, 'entries are applied one after the other');
      let { confState } = this.machine;
      if (entry.type !== EntryType.normal) {
        const before = confState;
        confState = this.raw.applyConfChange(confChangeOf(entry));
        this.parts.judge.reconfigured(before, confState);
      }
      const content = entry.type === EntryType.normal ? fromBytes(data) : 'conf';
      const digest = `${hash(this.machine.digest)}/${index}:${term}:${content}`;
      this.machine = { index, term, confState, digest };
      this.parts.judge.applied(index, digest);
    }
  }

  private route(message: Message): void {
    if (message.type === MessageType.storageAppend) this.appendWork.push(message);
    else if (message.type === MessageType.storageApply) this.applyWork.push(message);
    else this.parts.send(message);
  }

  private doAppend(work: StorageAppendMessage): void {
    this.appendWork.shift();
    const { term, vote, commit, entries, snapshot, responses } = work;
    this.write(term === 0 ? null : { term, vote, commit }, entries, snapshot);
    this.sync();
    this.respond(responses);
  }

  private doApply(work: StorageApplyMessage): void {
    this.applyWork.shift();
    this.apply(work.entries);
    this.respond(work.responses);
  }

  private respond(responses: readonly Message[]): void {
    for (const response of responses) {
      if (response.to === this.id || isLocalTarget(response.from)) this.answers.push(response);
      else this.parts.send(response);
    }
  }
}

function hash(text: string): number {
  let value = 0;
  for (let i = 0; i < text.length; i++) value = (Math.imul(value, 31) + text.charCodeAt(i)) | 0;
  return value;
}
