/**
 * Invariants after every event. They see what members did through `Observation` calls, never a member's inside, and each call
 * costs O(1): what holds for all pairs of logs is kept as one table of "who else had this (index, term)".
 *
 * The first four are the safety properties of the Raft paper (Ongaro and Ousterhout 2014, figure 3); "append only" is part of
 * log matching here. The fifth is what a client was promised.
 */
import { assert } from '../../core/base/assert.ts';
import { Ballots } from './ballots.ts';
import { DurableLogs, type Voters } from './durable_logs.ts';
import { type InvariantName, invariantGuarantees } from './invariant_guarantees.ts';
import { Standing } from './standing.ts';
import { Upkeep } from './upkeep.ts';

export { type Guarantee, type InvariantName, invariantGuarantees } from './invariant_guarantees.ts';

export interface InvariantViolation {
  readonly invariant: InvariantName;
  readonly sentence: string;
  readonly members: readonly number[];
}

/** What a LogReader says of an entry that was applied long ago and is in the member's snapshot now. */
export const inSnapshot = -2;

/** Reads a member's log: the term of the entry at an index, -1 if the log does not hold it, or `inSnapshot`. */
export type LogReader = (index: number) => number;

interface EntryFact {
  readonly previousTerm: number;
  readonly hash: number;
  readonly firstSeenOn: number;
}

interface Promises {
  term: number;
  vote: number;
  /** Highest log index acknowledged to a leader, and the entry's term. */
  index: number;
  indexTerm: number;
  /** Highest index whose effects its backend was found to hold. */
  consistentIndex: number;
}

/** Of each invariant the first violations are told: once logs differ, every further entry differs. */
const violationsKept = 3;

function zeros(): Record<InvariantName, number> {
  const counts = Object.keys(invariantGuarantees).map((name) => [name, 0] as const);
  return Object.fromEntries(counts) as Record<InvariantName, number>;
}

export class Invariants {
  /** The first of each kind, in the order they were found. */
  readonly violations: InvariantViolation[] = [];
  /** How often each was found broken. */
  readonly broken = zeros();
  /** Whether nobody promised that this would not happen; the world knows what its disks did. */
  expects: (violation: InvariantViolation) => boolean = () => false;
  /** What broke, but was to be expected: the first of each kind, and how often. */
  readonly expected: InvariantViolation[] = [];
  readonly brokenAsExpected = zeros();
  /** How often each was looked at, for the report: a check that never looked has not passed. */
  readonly looked = zeros();

  /** What the members' disks really hold of their logs. */
  readonly logs: DurableLogs;
  readonly ballots: Ballots;
  /** What a member must keep in order by itself. */
  readonly upkeep: Upkeep;
  /** Whether the members stand, and know who they are. */
  readonly standing: Standing;

  private readonly leaderOfTerm = new Map<number, number>();
  private readonly entriesByIndex: Map<number, EntryFact>[] = [];
  private readonly appliedHashes: number[] = [];
  private readonly appliedDigests: number[] = [];
  private readonly promises: Promises[];
  private committedIndex = 0;
  private committedTerm = 0;
  private committedDuringTerm = 0;
  private ackedIndex = 0;
  private ackedTerm = 0;
  private ackedDuringTerm = 0;
  /** Up to here a leader counted, and a quorum's disks held it. */
  private quorumIndex = 0;
  private readonly nameOf: (member: number) => string;

  constructor(members: number, nameOf: (member: number) => string) {
    this.nameOf = nameOf;
    const tell = (invariant: InvariantName, sentence: string, about: readonly number[]): void =>
      this.violate(invariant, sentence, about);
    this.logs = new DurableLogs(members);
    this.ballots = new Ballots(nameOf, tell, this.looked);
    this.upkeep = new Upkeep(members, nameOf, tell, this.looked);
    this.standing = new Standing(nameOf, tell, this.looked);
    this.promises = Array.from({ length: members + 1 }, () => ({
      term: 0,
      vote: 0,
      index: 0,
      indexTerm: 0,
      consistentIndex: 0,
    }));
  }

  private violate(invariant: InvariantName, sentence: string, members: readonly number[]): void {
    const violation = { invariant, sentence, members };
    const expected = this.expects(violation);
    const count = ++(expected ? this.brokenAsExpected : this.broken)[invariant];
    if (count <= violationsKept) (expected ? this.expected : this.violations).push(violation);
  }

  /** A member became leader. `termAt` reads its log. */
  onLeader(member: number, term: number, termAt: LogReader): void {
    this.looked.electionSafety++;
    const other = this.leaderOfTerm.get(term);
    if (other !== undefined && other !== member) {
      this.violate(
        'electionSafety',
        `${this.nameOf(other)} and ${this.nameOf(member)} both led term ${term}`,
        [other, member],
      );
    }
    this.leaderOfTerm.set(term, member);
    this.mustHold('leaderCompleteness', 'committed', member, term, termAt, [
      this.committedIndex,
      this.committedTerm,
      this.committedDuringTerm,
    ]);
    this.mustHold('ackedWrites', 'acknowledged to a client', member, term, termAt, [
      this.ackedIndex,
      this.ackedTerm,
      this.ackedDuringTerm,
    ]);
  }

  private mustHold(
    invariant: InvariantName,
    what: string,
    leader: number,
    leaderTerm: number,
    termAt: LogReader,
    [index, term, duringTerm]: readonly [number, number, number],
  ): void {
    this.looked[invariant]++;
    // A late winner of an older term owes nothing to a newer one.
    if (index === 0 || duringTerm >= leaderTerm) return;
    const found = termAt(index);
    if (found === term || found === inSnapshot) return;
    const holds = found < 0 ? 'does not have it' : `has an entry of term ${found} there`;
    this.violate(
      invariant,
      `${this.nameOf(leader)} leads term ${leaderTerm}, but its log ${holds}: entry ${index} of term ${term} was ${what} in term ${duringTerm}`,
      [leader],
    );
  }

  /** An entry of a member's log, behind an entry of `previousTerm`: as it is put there, or as a start finds it. */
  matchLogs(member: number, index: number, term: number, previousTerm: number, hash: number): void {
    this.looked.logMatching++;
    const atIndex = (this.entriesByIndex[index] ??= new Map());
    const known = atIndex.get(term);
    if (known === undefined) {
      atIndex.set(term, { previousTerm, hash, firstSeenOn: member });
    } else if (known.previousTerm !== previousTerm || known.hash !== hash) {
      const what = known.hash !== hash ? 'different data' : 'different entries before them';
      this.violate(
        'logMatching',
        `${this.nameOf(known.firstSeenOn)} and ${this.nameOf(member)} hold entry ${index} of term ${term} with ${what}`,
        [known.firstSeenOn, member],
      );
    }
  }

  /** A member put an entry into its log behind an entry of `previousTerm`. */
  onAppend(member: number, index: number, term: number, previousTerm: number, hash: number): void {
    this.matchLogs(member, index, term, previousTerm, hash);
    // A conflicting suffix was cut off with the new leader's consent: what was promised about it is void.
    const promise = this.promises[member] as Promises;
    if (index <= promise.index && (index < promise.index || term !== promise.indexTerm)) {
      promise.index = index - 1;
      promise.indexTerm = previousTerm;
    }
  }

  /** A member learnt that everything up to the entry (index, term) is committed. */
  onCommit(memberTerm: number, index: number, term: number): void {
    if (index <= this.committedIndex) return;
    this.committedIndex = index;
    this.committedTerm = term;
    this.committedDuringTerm = memberTerm;
  }

  /**
   * A leader counted everything up to (index, term) as committed, or a member told a client so. The voters are those the member
   * knows: where the configuration changed in the same step, it was counted with the one before or the one after.
   */
  onQuorum(member: number, index: number, term: number, before: Voters, after: Voters): void {
    this.looked.quorumDurable++;
    if (index <= this.quorumIndex) return;
    const { logs } = this;
    if (logs.quorumHolds(before, index, term) || (after !== before && logs.quorumHolds(after, index, term))) {
      this.quorumIndex = index;
      return;
    }
    const missing = logs.without(after, index, term);
    const names = missing.map((each) => this.nameOf(each)).join(', ');
    this.violate(
      'quorumDurable',
      `${this.nameOf(member)} counts entry ${index} of term ${term} as committed, but it is not on the disks of ${names}: no quorum holds it`,
      missing,
    );
    // Told once: what is committed behind it stands on the same ground.
    this.quorumIndex = index;
  }

  /** A member applied an entry; `digest` is the state's digest afterwards. */
  onApply(member: number, index: number, hash: number, digest: number): void {
    this.looked.stateMachineSafety++;
    const known = this.appliedHashes[index];
    if (known === undefined) {
      assert(index > 0, 'log indexes start at 1');
      this.appliedHashes[index] = hash;
      this.appliedDigests[index] = digest;
      return;
    }
    if (known !== hash) {
      this.violate(
        'stateMachineSafety',
        `${this.nameOf(member)} applied another entry at index ${index} than the first`,
        [member],
      );
    } else if (this.appliedDigests[index] !== digest) {
      this.violate(
        'stateMachineSafety',
        `${this.nameOf(member)} has another state after applying entry ${index} than the first that applied it`,
        [member],
      );
    }
  }

  /** A snapshot replaced a member's state by the one after entry `index`. */
  onInstalled(member: number, index: number, digest: number): void {
    this.looked.stateMachineSafety++;
    const known = this.appliedDigests[index];
    if (known === undefined || known === digest) return;
    this.violate(
      'stateMachineSafety',
      `${this.nameOf(member)} has another state after the snapshot at entry ${index} than the first that applied it`,
      [member],
    );
  }

  /** A member answered a client's write with success; the write is the entry (index, term). */
  onAcked(memberTerm: number, index: number, term: number): void {
    if (index <= this.ackedIndex) return;
    this.ackedIndex = index;
    this.ackedTerm = term;
    this.ackedDuringTerm = memberTerm;
  }

  /** A member told another one that it has entries up to (index, term) for good. */
  onPromisedAppend(member: number, index: number, term: number): void {
    const promise = this.promises[member] as Promises;
    if (index <= promise.index || term === inSnapshot) return;
    promise.index = index;
    promise.indexTerm = term;
  }

  /** A member granted its vote. */
  onPromisedVote(member: number, term: number, vote: number): void {
    this.ballots.onVote(member, term, vote);
    const promise = this.promises[member] as Promises;
    if (term < promise.term) return;
    promise.term = term;
    promise.vote = vote;
  }

  /** A member handled an input without a panic. */
  onInput(): void {
    this.looked.noPanic++;
  }

  /** An assertion of the core failed inside a member. */
  onPanic(member: number, text: string): void {
    this.violate('noPanic', `${this.nameOf(member)} panicked: ${text}`, [member]);
  }

  /**
   * What a member's backend holds after a start: the effects of all entries up to `consistentIndex`, with their digest. Its log
   * ends at `lastIndex`. Replaying the log from there is judged entry by entry, by `onApply`.
   */
  onRecoveredState(member: number, consistentIndex: number, lastIndex: number, digest: number): void {
    this.looked.durablePromise++;
    this.looked.stateMachineSafety++;
    const promise = this.promises[member] as Promises;
    const name = this.nameOf(member);
    const tell = (sentence: string): void =>
      this.violate('durablePromise', `${name}'s backend ${sentence}`, [member]);
    if (consistentIndex > lastIndex) {
      tell(`holds entry ${consistentIndex}, but its log ends at ${lastIndex}`);
    }
    // A log without entries is a new disk's.
    if (lastIndex > 0 && consistentIndex < promise.consistentIndex) {
      tell(`held entry ${promise.consistentIndex} after an earlier start, and now only ${consistentIndex}`);
    }
    promise.consistentIndex = consistentIndex;
    const known = this.appliedDigests[consistentIndex];
    if (known === undefined || known === digest) return;
    this.violate(
      'stateMachineSafety',
      `${name} has another state at entry ${consistentIndex} after its restart than the first that applied it`,
      [member],
    );
  }

  /** A member has read its disk after a start. */
  onRecovered(member: number, term: number, vote: number, termAt: LogReader): void {
    this.looked.durablePromise++;
    const promise = this.promises[member] as Promises;
    const name = this.nameOf(member);
    if (term < promise.term || (term === promise.term && vote !== promise.vote)) {
      this.violate(
        'durablePromise',
        `${name} voted for ${this.nameOf(promise.vote)} in term ${promise.term}; after its restart its disk says term ${term}, vote ${vote === 0 ? 'none' : this.nameOf(vote)}`,
        [member],
      );
      promise.term = 0;
    }
    const found = promise.index > 0 ? termAt(promise.index) : inSnapshot;
    if (found !== inSnapshot && found !== promise.indexTerm) {
      this.violate(
        'durablePromise',
        `${name} acknowledged entry ${promise.index} of term ${promise.indexTerm}; after its restart its disk does not have it`,
        [member],
      );
      promise.index = 0;
    }
  }
}
