import type { NodeId } from '../../core/base/ids.ts';
import type { BugSwitches } from '../../core/bugs.ts';
import type { Log, Random } from '../../core/ports.ts';
import {
  type Entry,
  type HardState,
  MemoryStorage,
  type Message,
  RawNode,
  type Ready,
} from '../../core/raft/index.ts';
import { cloneState } from './clone.ts';

/** The log begins behind this entry, which every member has. */
export const firstIndex = 1;

const silent: Log = { enabled: () => false, line: () => undefined };
/** Nobody's clock ticks here: elections begin when the search says so. */
const fixed: Random = { below: () => 0 };

/** One raft node with a disk: what was written is on it once it is synced, and what promises it leaves then. */
export class ExploredNode {
  readonly id: NodeId;
  raw: RawNode;
  /** What a crash leaves. */
  platter: { hardState: HardState; entries: readonly Entry[] };
  /** Written, not synced; null if there is nothing. */
  writing: Pick<Ready, 'hardState' | 'entries' | 'messagesAfterAppend'> | null = null;
  private storage: MemoryStorage;
  private readonly voters: readonly NodeId[];
  private readonly bugs: BugSwitches;

  constructor(id: NodeId, voters: readonly NodeId[], bugs: BugSwitches) {
    this.id = id;
    this.voters = voters;
    this.bugs = bugs;
    this.platter = { hardState: { term: 1, vote: 0 as NodeId, commit: firstIndex }, entries: [] };
    [this.storage, this.raw] = this.boot();
  }

  private boot(): [MemoryStorage, RawNode] {
    const storage = new MemoryStorage();
    const confState = {
      voters: this.voters,
      learners: [],
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    };
    storage.applySnapshot({ data: new Uint8Array(), metadata: { index: firstIndex, term: 1, confState } });
    storage.append(this.platter.entries);
    storage.setHardState(this.platter.hardState);
    const raw = new RawNode({
      id: this.id,
      storage,
      appliedIndex: firstIndex,
      electionTicks: 10,
      heartbeatTicks: 1,
      // One entry in a message, so that logs can match in part.
      messageBytesMax: 0,
      random: fixed,
      log: silent,
      bugs: this.bugs,
    });
    return [storage, raw];
  }

  clone(): ExploredNode {
    return cloneState(this);
  }

  /** Takes what the node wants done, as far as it may be done now. Returns what it sends. */
  work(): Message[] {
    const sent: Message[] = [];
    while (this.writing === null && this.raw.hasReady()) {
      const ready = this.raw.ready();
      sent.push(...ready.messages);
      if (ready.hardState !== null) this.storage.setHardState(ready.hardState);
      this.storage.append(ready.entries);
      if (!ready.mustSync) {
        this.persist(ready);
        sent.push(...ready.messagesAfterAppend);
        this.raw.advance();
      } else if (this.bugs.has('respond-before-fsync')) {
        // What the planted bug does in a member: everybody hears of it first, the disk later.
        sent.push(...ready.messagesAfterAppend);
        this.raw.advance();
        this.writing = { hardState: ready.hardState, entries: ready.entries, messagesAfterAppend: [] };
      } else this.writing = ready;
    }
    return sent;
  }

  /** The disk has it. Returns what may be sent now. */
  sync(): Message[] {
    const { writing } = this;
    if (writing === null) return [];
    this.persist(writing);
    this.writing = null;
    if (!this.bugs.has('respond-before-fsync')) this.raw.advance();
    return [...writing.messagesAfterAppend, ...this.work()];
  }

  private persist({ hardState, entries }: Pick<Ready, 'hardState' | 'entries'>): void {
    const [first] = entries;
    const kept =
      first === undefined
        ? this.platter.entries
        : this.platter.entries.filter(({ index }) => index < first.index);
    this.platter = {
      hardState: hardState ?? this.platter.hardState,
      entries: first === undefined ? kept : [...kept, ...entries],
    };
  }

  /** Power fails and comes back: what was not synced is lost. */
  crash(): void {
    this.writing = null;
    [this.storage, this.raw] = this.boot();
  }

  /** Of the log as the node sees it now, what follows the first index. */
  log(): readonly Entry[] {
    const { unstable } = this.raw.raft.raftLog;
    const stable = this.storage.entries(firstIndex + 1, this.storage.lastIndex() + 1, Infinity);
    const below = Array.isArray(stable)
      ? (stable as readonly Entry[]).filter(({ index }) => index < unstable.offset)
      : [];
    return [...below, ...unstable.entries];
  }
}
