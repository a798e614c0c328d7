import { crc32c } from '../../core/base/crc32c.ts';
import type { Entry } from '../../core/raft/index.ts';
import type { Member } from '../../core/server/member.ts';
import type { MemberObserver, RecoveryFacts } from '../../core/server/observer.ts';
import { type Gauges, emptyGauges } from '../../core/server/gauges.ts';
import type { Configuration } from '../../core/raft/index.ts';
import { Kind, type RoleName, roleNames } from '../trace/kinds.ts';
import { inSnapshot } from '../checkers/invariants.ts';
import type { KnownMember } from '../checkers/standing.ts';
import type { World } from './world.ts';

const { append: kindAppend, apply: kindApply, commit: kindCommit, role: kindRole, vote: kindVote } = Kind;

/** The process that is watched. */
export interface Observed {
  readonly number: number;
  readonly member: Member | null;
  /** Its page cache shows what the platter does not hold, or the disk has lied since the last power loss. */
  readonly disk: {
    readonly hidesLoss: boolean;
    readonly hasLied: boolean;
    readonly faultsHit: number;
    hasUnsynced(): boolean;
  };
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
  private readonly gauges: Gauges = emptyGauges();
  private configuration: Configuration | null = null;
  /** What a client was told of in the input that is handled now: the newest entry. */
  private toldIndex = 0;
  private toldTerm = 0;
  /** At its start the page cache held what the platter did not. */
  private readonly beganUnsynced: boolean;
  private knowsCompactions = false;
  private compactRevision = -1;
  private finishedCompactRevision = -1;

  constructor(world: World, process: Observed) {
    this.world = world;
    this.process = process;
    this.beganUnsynced = process.disk.hasUnsynced();
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
      world.invariants.logs.onAppend(process.number, entry.index, entry.term);
      before = entry.term;
      bytes += entry.data.length;
    }
    world.invariants.logs.onAppended(process.number);
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

  onMembers(members: readonly KnownMember[], index: number, isChange: boolean): void {
    this.world.invariants.ballots.onMembers(this.process.number, members, index);
    this.world.roster.learn(members, index);
    this.world.invariants.standing.onMembers(this.process.number, index, members, isChange);
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
    world.invariants.logs.onInstalled(process.number, index);
    // The backend that came with it holds this much.
    world.invariants.upkeep.onRestored(process.number, index);
    this.knowsCompactions = false;
    world.trace.add(Kind.snapshotInstalled, process.number, process.cause, index, term, revision);
    world.v2Watches.storeReplaced(process.number, process.member?.state?.v2.currentIndex ?? 0);
  }

  onWriteAcknowledged(index: number, term: number): void {
    this.world.invariants.onAcked(this.process.member?.term ?? 0, index, term);
    if (index <= this.toldIndex) return;
    this.toldIndex = index;
    this.toldTerm = term;
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
    let before = facts.snapshotTerm;
    for (const entry of entries) {
      world.invariants.matchLogs(number, entry.index, entry.term, before, this.hashOf(entry));
      before = entry.term;
    }
    world.invariants.onRecoveredState(
      number,
      facts.consistentIndex,
      this.appendedIndex,
      member?.stateDigest ?? 0,
    );
    const { hidesLoss, hasLied } = process.disk;
    const isWhole = !hidesLoss && !hasLied && !this.beganUnsynced;
    world.invariants.logs.onRecovered(number, facts.snapshotIndex, entries, isWhole);
    world.invariants.upkeep.onRestored(number, facts.consistentIndex);
    const { standing } = world.invariants;
    standing.onStarted();
    if (facts.members.length > 0) standing.onMembers(number, facts.snapshotIndex, facts.members, false);
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
    const { number, disk } = process;
    this.onEnded(reason);
    // Who was removed stops by itself.
    if (world.roster.members.includes(number))
      world.invariants.standing.onStopped(number, reason, disk.faultsHit);
  }

  onPanic(text: string): void {
    this.world.invariants.onPanic(this.process.number, text);
    this.onEnded(`panic: ${text}`);
  }

  private onEnded(reason: string): void {
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
    const isLeading = role === 'leader' && seen.role === 'leader' && seen.term === term;
    const before = this.configuration;
    if (member.measure(this.gauges)) this.measured(member);
    if (role !== seen.role || term !== seen.term || leader !== seen.leader)
      this.roleChanged(member, role, term, leader, before);
    if (commitIndex !== seen.commitIndex) {
      seen.commitIndex = commitIndex;
      const commitTerm = member.termAt(commitIndex);
      world.invariants.onCommit(term, commitIndex, commitTerm);
      if (isLeading) this.quorum(before, commitIndex, commitTerm);
      world.trace.add(kindCommit, process.number, process.cause, commitIndex, commitTerm);
    }
    if (this.toldIndex === 0) return;
    this.quorum(before, this.toldIndex, this.toldTerm);
    this.toldIndex = 0;
  }

  /** What counts as committed now: the configuration may have changed in the same input. */
  private quorum(before: Configuration | null, index: number, term: number): void {
    const { configuration, world, process } = this;
    if (configuration === null) return;
    world.invariants.onQuorum(process.number, index, term, before ?? configuration, configuration);
  }

  private measured(member: Member): void {
    const { gauges, process, world } = this;
    this.configuration = gauges.configuration;
    world.invariants.upkeep.onGauges(process.number, gauges);
    const { compactRevision, finishedCompactRevision } = gauges;
    const isPlanned = compactRevision !== this.compactRevision;
    const isDone = finishedCompactRevision !== this.finishedCompactRevision;
    if (!isPlanned && !isDone) return;
    this.compactRevision = compactRevision;
    this.finishedCompactRevision = finishedCompactRevision;
    if (this.knowsCompactions) this.compacted(member, isPlanned);
    this.knowsCompactions = true;
  }

  /** What can be read must not change by what is removed: hashed when it is planned, and again when it is done. */
  private compacted({ store }: Member, isPlanned: boolean): void {
    const { upkeep } = this.world.invariants;
    const { number } = this.process;
    if (store === null) return;
    const revisions = isPlanned
      ? [this.compactRevision, store.currentRevision]
      : upkeep.plannedRevisions(number);
    const hashes = revisions.map((revision) => store.hashKv(revision));
    upkeep.onCompaction(number, !isPlanned, hashes);
  }

  private roleChanged(
    member: Member,
    role: RoleName,
    term: number,
    leader: number,
    before: Configuration | null,
  ): void {
    const { seen, process, world, configuration } = this;
    world.trace.add(kindRole, process.number, process.cause, roleNames.indexOf(role), term, leader);
    const stands = role === 'candidate' || role === 'leader';
    if (stands) world.facts.stoodForElection(process.number, term);
    if (seen.role === 'leader' && role !== 'leader') world.facts.stepDowns++;
    if (role === 'leader' && (seen.role !== 'leader' || seen.term !== term)) {
      world.facts.becameLeader(term);
      world.invariants.onLeader(process.number, term, (index) => member.termAt(index));
      if (configuration !== null)
        world.invariants.ballots.onLeader(process.number, term, before ?? configuration, configuration);
    }
    seen.role = role;
    seen.term = term;
    seen.leader = leader;
  }
}
