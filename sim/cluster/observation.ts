import { crc32c } from '../../core/base/crc32c.ts';
import type { Entry } from '../../core/raft/index.ts';
import type { Member } from '../../core/server/member.ts';
import type { MemberObserver, RecoveryFacts } from '../../core/server/observer.ts';
import { Kind, type RoleName, roleNames } from '../trace/kinds.ts';
import { inSnapshot } from '../checkers/invariants.ts';
import type { World } from './world.ts';

const { append: kindAppend, apply: kindApply, commit: kindCommit, role: kindRole, vote: kindVote } = Kind;

/** The process that is watched. */
export interface Observed {
  readonly number: number;
  readonly member: Member | null;
  /** Trace row of the input that is handled now. */
  readonly cause: number;
  appliedRevision: number;
}

/** The state last written to the trace. */
interface Seen {
  role: RoleName;
  term: number;
  leader: number;
  vote: number;
  commitIndex: number;
}

/** Watches one member: writes its state changes into the trace and feeds the invariants. */
export class Observation implements MemberObserver {
  private readonly world: World;
  private readonly process: Observed;
  private readonly seen: Seen = { role: 'follower', term: 0, leader: 0, vote: 0, commitIndex: 0 };
  private appendedIndex = 0;

  constructor(world: World, process: Observed) {
    this.world = world;
    this.process = process;
  }

  private hashOf(entry: Entry): number {
    return crc32c(entry.type, entry.data);
  }

  onAppend(entries: readonly Entry[], previousTerm: number): void {
    const { world, process } = this;
    const first = entries[0];
    if (first === undefined) return;
    let before = previousTerm;
    let bytes = 0;
    for (const entry of entries) {
      world.invariants.onAppend(process.number, entry.index, entry.term, before, this.hashOf(entry));
      before = entry.term;
      bytes += entry.data.length;
    }
    if (first.index <= this.appendedIndex)
      world.facts.truncatedEntries += this.appendedIndex - first.index + 1;
    this.appendedIndex = first.index + entries.length - 1;
    world.trace.add(kindAppend, process.number, process.cause, first.index, entries.length, before, bytes);
  }

  onApply(entry: Entry, revision: number, digest: number): void {
    const { world, process } = this;
    world.invariants.onApply(process.number, entry.index, this.hashOf(entry), digest);
    process.appliedRevision = revision;
    world.trace.add(kindApply, process.number, process.cause, entry.index, revision);
  }

  onMembers(members: readonly { readonly id: number; readonly isLearner: boolean }[], index: number): void {
    this.world.roster.learn(members, index);
  }

  onSnapshotSaved(index: number, term: number): void {
    const { world, process } = this;
    world.facts.snapshotsSaved++;
    world.trace.add(Kind.snapshotSaved, process.number, process.cause, index, term);
  }

  onSnapshotInstalled(index: number, term: number, revision: number, digest: number): void {
    const { world, process } = this;
    world.facts.snapshotsInstalled++;
    this.appendedIndex = index;
    process.appliedRevision = revision;
    world.invariants.onInstalled(process.number, index, digest);
    world.trace.add(Kind.snapshotInstalled, process.number, process.cause, index, term, revision);
  }

  onWriteAcknowledged(index: number, term: number): void {
    this.world.invariants.onAcked(this.process.member?.term ?? 0, index, term);
  }

  onRecovered(facts: RecoveryFacts): void {
    const { world, process } = this;
    const { entries } = facts;
    const firstIndex = facts.snapshotIndex + 1;
    world.invariants.onRecovered(process.number, facts.term, facts.vote, (index) => {
      return index < firstIndex ? inSnapshot : (entries[index - firstIndex]?.term ?? -1);
    });
    this.appendedIndex = firstIndex + entries.length - 1;
    const { number, member } = process;
    world.invariants.onRecoveredState(
      number,
      facts.consistentIndex,
      this.appendedIndex,
      member?.stateDigest ?? 0,
    );
    world.facts.repairedBytes += facts.cutBytes;
    if (facts.backendReplaced) world.facts.snapshotsFoundAtBoot++;
    const { trace } = world;
    trace.begin(Kind.recovered, process.number, process.cause);
    trace.argument(entries.length);
    trace.argument(facts.commitIndex);
    trace.argument(facts.cutBytes);
    trace.argument(facts.snapshotIndex);
  }

  onFailed(reason: string): void {
    const { world, process } = this;
    world.trace.add(Kind.failed, process.number, process.cause, world.trace.string(reason));
  }

  /** Compares the member's state with what the trace knows; called after every input. */
  compare(): void {
    const { seen, process, world } = this;
    const member = process.member;
    if (member === null) return;
    const { role, term, leader, vote, commitIndex } = member;
    if (vote !== seen.vote && vote !== 0)
      world.trace.add(kindVote, process.number, process.cause, term, vote);
    seen.vote = vote;
    if (role !== seen.role || term !== seen.term || leader !== seen.leader)
      this.roleChanged(member, role, term, leader);
    if (commitIndex !== seen.commitIndex) {
      seen.commitIndex = commitIndex;
      const commitTerm = member.termAt(commitIndex);
      world.invariants.onCommit(term, commitIndex, commitTerm);
      world.trace.add(kindCommit, process.number, process.cause, commitIndex, commitTerm);
    }
  }

  private roleChanged(member: Member, role: RoleName, term: number, leader: number): void {
    const { seen, process, world } = this;
    world.trace.add(kindRole, process.number, process.cause, roleNames.indexOf(role), term, leader);
    const stands = role === 'candidate' || role === 'leader';
    if (stands) world.facts.stoodForElection(process.number, term);
    if (seen.role === 'leader' && role !== 'leader') world.facts.stepDowns++;
    if (role === 'leader' && (seen.role !== 'leader' || seen.term !== term)) {
      world.facts.becameLeader(term);
      world.invariants.onLeader(process.number, term, (index) => member.termAt(index));
    }
    seen.role = role;
    seen.term = term;
    seen.leader = leader;
  }
}
