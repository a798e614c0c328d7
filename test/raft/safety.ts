/** The five safety properties of the Raft paper (figure 3), judged after every step. */
import type { NodeId } from '../../core/base/ids.ts';
import type { ConfState, RawNode } from '../../core/raft/index.ts';
import { lastIndex, termAt, type RaftLog } from '../../core/raft/log/raft_log.ts';
import { readEntries } from '../../core/raft/log/read.ts';

interface JudgedNode {
  readonly id: NodeId;
  readonly raw: RawNode;
}

interface LeaderRecord {
  readonly id: NodeId;
  /** Terms of its log when it was first seen to lead; undefined for what was compacted. */
  readonly log: ReadonlyMap<number, number>;
  readonly first: number;
  last: number;
  lastTerm: number;
}

interface Seen {
  commit: number;
  raw: RawNode | null;
  logEnd: number;
}

export class SafetyJudge {
  crashes = 0;
  snapshots = 0;
  jointChanges = 0;
  simpleChanges = 0;
  private readonly leaders = new Map<number, LeaderRecord>();
  /** index -> [term, the lowest term of a node that knew it to be committed]. */
  private readonly committed = new Map<number, [number, number]>();
  private readonly appliedDigests = new Map<number, string>();
  /** term/index -> what stands there and before it. */
  private readonly slots = new Map<string, string>();
  private readonly seen = new Map<NodeId, Seen>();

  get elections(): number {
    return this.leaders.size;
  }

  get commits(): number {
    return this.committed.size;
  }

  private fail(property: string, what: string): never {
    throw new Error(`${property}: ${what}`);
  }

  observe(nodes: readonly JudgedNode[]): void {
    for (const node of nodes) {
      const log = node.raw.raft.raftLog;
      if (node.raw.role === 'leader') this.observeLeader(node, log);
      this.observeLog(node, log);
      this.observeCommit(node, log);
    }
  }

  private observeLeader({ id, raw }: JudgedNode, log: RaftLog): void {
    const known = this.leaders.get(raw.term);
    if (known === undefined) {
      this.electionWon(id, raw.term, log);
      return;
    }
    if (known.id !== id) this.fail('election safety', `${known.id} and ${id} lead in term ${raw.term}`);
    const last = lastIndex(log);
    if (last < known.last || (known.last >= log.committed && termAt(log, known.last) !== known.lastTerm)) {
      this.fail('leader append-only', `${id} changed its log at ${known.last} in term ${raw.term}`);
    }
    known.last = last;
    known.lastTerm = termAt(log, last) as number;
  }

  private electionWon(id: NodeId, term: number, log: RaftLog): void {
    const last = lastIndex(log);
    const terms = new Map<number, number>();
    let first = last + 1;
    while (first > 1) {
      const found = termAt(log, first - 1);
      if (typeof found !== 'number') break;
      first--;
      terms.set(first, found);
    }
    const record = { id, log: terms, first, last, lastTerm: terms.get(last) ?? 0 };
    this.leaders.set(term, record);
    for (const [index, [entryTerm, knownIn]] of this.committed) {
      if (knownIn < term) this.mustHold(record, term, index, entryTerm);
    }
  }

  private mustHold(leader: LeaderRecord, term: number, index: number, entryTerm: number): void {
    if (index < leader.first) return;
    if (leader.log.get(index) === entryTerm) return;
    const what = `leader ${leader.id} of term ${term} lacks the committed entry ${entryTerm}/${index}`;
    this.fail('leader completeness', what);
  }

  /**
   * Looks at entries that are new since the last look: equal (term, index) must mean equal entry and equal
   * predecessor.
   */
  private observeLog({ id, raw }: JudgedNode, log: RaftLog): void {
    const seen = this.seen.get(id) ?? { commit: 0, raw: null, logEnd: 0 };
    this.seen.set(id, seen);
    const low = Math.max(log.committed + 1, 1);
    const high = lastIndex(log) + 1;
    if (low >= high) return;
    const entries = readEntries(log, low, high, Infinity);
    if (!Array.isArray(entries)) return;
    let before = termAt(log, low - 1);
    for (const entry of entries as readonly {
      term: number;
      index: number;
      type: number;
      data: Uint8Array;
    }[]) {
      const key = `${entry.term}/${entry.index}`;
      const content = `${String(before)},${entry.type},${entry.data.join(' ')}`;
      const known = this.slots.get(key);
      if (known === undefined) this.slots.set(key, content);
      else if (known !== content)
        this.fail('log matching', `${key} at ${id}: ${content}, elsewhere ${known}`);
      before = entry.term;
    }
    seen.raw = raw;
  }

  private observeCommit({ id, raw }: JudgedNode, log: RaftLog): void {
    const seen = this.seen.get(id) as Seen;
    const from = Math.max(Math.min(seen.commit, log.committed), 0);
    for (let index = from + 1; index <= log.committed; index++) {
      const term = termAt(log, index);
      if (typeof term === 'number') this.observeCommitted(id, raw.term, index, term);
    }
    seen.commit = log.committed;
  }

  private observeCommitted(id: NodeId, knownIn: number, index: number, term: number): void {
    const known = this.committed.get(index);
    if (known !== undefined && known[0] !== term) {
      const what = `${id} commits ${term}/${index}, ${known[0]}/${index} was committed before`;
      this.fail('state machine safety', what);
    }
    if (known !== undefined && known[1] <= knownIn) return;
    this.committed.set(index, [term, knownIn]);
    for (const [leaderTerm, leader] of this.leaders) {
      if (leaderTerm > knownIn) this.mustHold(leader, leaderTerm, index, term);
    }
  }

  /** A state machine has come to `index`. */
  applied(index: number, digest: string): void {
    const known = this.appliedDigests.get(index);
    if (known === undefined) this.appliedDigests.set(index, digest);
    else if (known !== digest) this.fail('state machine safety', `${index}: ${digest}, elsewhere ${known}`);
  }

  /** Consecutive configurations differ by one voter at most, or are halves of a joint one. */
  reconfigured(before: ConfState, after: ConfState): void {
    if (after.votersOutgoing.length > 0) this.jointChanges++;
    else this.simpleChanges++;
    if (before.votersOutgoing.length > 0) {
      // Leaving: the incoming half stays.
      if (before.voters.join() !== after.voters.join()) this.fail('membership', 'voters changed on leaving');
      return;
    }
    if (after.votersOutgoing.length > 0) {
      if (before.voters.join() !== after.votersOutgoing.join()) {
        this.fail('membership', 'the outgoing half is not what was there before');
      }
      return;
    }
    const changed =
      before.voters.filter((id) => !after.voters.includes(id)).length +
      after.voters.filter((id) => !before.voters.includes(id)).length;
    if (changed > 1) this.fail('membership', `${before.voters.join()} became ${after.voters.join()} at once`);
  }
}
