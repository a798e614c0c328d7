import { nodeId } from '../../core/base/ids.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { type Entry, EntryType, MessageType, makeApp, makeEntry, makeSnap } from '../../core/raft/index.ts';
import { encodeRaftRequest, isRaftRequest } from '../../core/server/api/index.ts';
import type { VirtualDisk } from '../../sim/disk/virtual_disk.ts';
import { RandomStream } from '../../sim/random.ts';
import { Lone } from './lone.ts';
import { anyWrite } from './lone_story.ts';
import { Reference } from './reference.ts';

const [self, other] = [nodeId(1), nodeId(2)];
const leaderTerm = 2;

export interface SentSnapshot {
  readonly index: number;
  readonly message: ReturnType<typeof makeSnap>;
  readonly database: Uint8Array;
}

/** A leader's log, its state after each entry, and the snapshots it would send. */
export interface Leader {
  readonly reference: Reference;
  readonly log: readonly Entry[];
  /** After every third entry. */
  readonly snapshots: readonly SentSnapshot[];
}

/** The log begins with the members, as every log of a new cluster does. */
export function makeLeader(entries: number, seed: string): Leader {
  const first = new Lone({ peers: 3 });
  first.single.completeSyncs();
  const random = new RandomStream(seed);
  const reference = new Reference(new NodeIdTable());
  for (const entry of first.log) reference.apply(entry);
  const snapshots: SentSnapshot[] = [];
  while (reference.lastIndex < entries) {
    const index = reference.lastIndex + 1;
    const request = anyWrite(random);
    if (!isRaftRequest(request)) throw new Error('a write goes through the log');
    // A new leader's first entry is empty.
    const data =
      index === first.log.length + 1 ? [] : [encodeRaftRequest({ header: { ID: index }, request })];
    reference.apply(makeEntry(leaderTerm, index, EntryType.normal, ...data));
    if (index % 3 !== 0) continue;
    const { snapshot, database } = reference.snapshot();
    snapshots.push({ index, message: makeSnap(self, other, leaderTerm, snapshot), database });
  }
  return { reference, log: reference.entries, snapshots };
}

/** A member that is sent parts of a leader's log. */
export class Follower {
  readonly lone: Lone;
  private readonly leader: Leader;
  readonly told: (string | null)[] = [];
  private committed = 0;
  private sentSeen = 0;

  constructor(leader: Leader, from?: VirtualDisk, momentEvery = 0) {
    this.leader = leader;
    const disk = from === undefined ? {} : { from };
    this.lone = new Lone({
      ...disk,
      peers: 3,
      leaderLog: leader.log,
      momentEvery,
      onMoment: () => this.promised(),
    });
    if (from === undefined) this.lone.log = this.lone.log.slice(0, 3);
  }

  /** Index up to which the leader was told that all is durable here. */
  private promised(): number {
    // The start itself sends nothing.
    const lone = this.lone as Lone | undefined;
    if (lone === undefined) return 0;
    const { sent } = lone.single;
    for (; this.sentSeen < sent.length; this.sentSeen++) {
      const message = sent[this.sentSeen];
      if (message?.type === MessageType.appResp && !message.reject) {
        lone.acked = Math.max(lone.acked, message.index);
      }
    }
    return lone.acked;
  }

  get lastIndex(): number {
    return this.lone.log.length;
  }

  /** The next entries, and that the leader has committed this much. */
  append(count: number, commit: number): void {
    const { log } = this.leader;
    const { lastIndex } = this;
    const entries = log.slice(lastIndex, lastIndex + count);
    this.committed = Math.max(this.committed, commit);
    const logTerm = log[lastIndex - 1]?.term ?? 0;
    this.lone.single.member.onMessage(
      makeApp(self, other, leaderTerm, logTerm, lastIndex, entries, this.committed),
    );
  }

  receive({ message, database }: SentSnapshot): void {
    this.lone.single.member.onSnapshot(message, database);
  }

  /** As a real connection brings it. `between` comes before the last piece; what the member says of it is added to `told`. */
  receiveInPieces({ message, database }: SentSnapshot, between = (): void => undefined): void {
    const { member } = this.lone.single;
    const receipt = member.receiveSnapshot(message);
    if (receipt === null) throw new Error('nothing is taken');
    const middle = Math.floor(database.length / 2);
    receipt.write(database.subarray(0, middle));
    between();
    receipt.write(database.subarray(middle));
    member.onSnapshotReceived(message, receipt, (refused) => this.told.push(refused));
  }

  /** Everything else, until the member has it. */
  catchUp(): void {
    const { single } = this.lone;
    this.lone.momentEvery = 0;
    for (let round = 0; round < 10 && this.promised() < this.leader.log.length; round++) {
      this.append(Infinity, this.leader.log.length);
      single.completeSyncs();
    }
    this.append(0, this.leader.log.length);
    single.completeSyncs();
  }
}
