/**
 * Invariants after every event. They see what members did through `Observation` calls, never a member's inside, and each call
 * costs O(1): what holds for all pairs of logs is kept as one table of "who else had this (index, term)".
 *
 * The first four are the safety properties of the Raft paper (Ongaro and Ousterhout 2014, figure 3); "append only" is part of
 * log matching here. The fifth is what a client was promised.
 */
import { assert } from '../../core/base/assert.ts';

export interface Guarantee {
  readonly name: string;
  readonly guarantee: string;
}

export const invariantGuarantees = {
  electionSafety: {
    name: 'one leader per term',
    guarantee: 'At most one member becomes leader in a term (Raft paper, Election Safety).',
  },
  logMatching: {
    name: 'log matching',
    guarantee:
      'If two logs hold an entry with the same index and term, the logs are identical up to there (Raft paper, Log Matching).',
  },
  leaderCompleteness: {
    name: 'leader completeness',
    guarantee:
      'An entry committed in a term is in the log of every later leader (Raft paper, Leader Completeness).',
  },
  stateMachineSafety: {
    name: 'state machine safety',
    guarantee:
      'No two members apply different entries at the same index, and equal entries give equal states (Raft paper, State Machine Safety).',
  },
  durablePromise: {
    name: 'promises outlive a crash',
    guarantee:
      'What a member acknowledged (entries, its vote, its term) is still on its disk after a restart (Raft thesis 3.8).',
  },
  ackedWrites: {
    name: 'no acknowledged write lost',
    guarantee:
      'A write that a client was told succeeded is in the log of every later leader (etcd API, Durability).',
  },
  noPanic: {
    name: 'no member panics',
    guarantee: 'No member ever finds itself in a state that its own assertions rule out (etcd: no panic).',
  },
} as const satisfies Record<string, Guarantee>;

export type InvariantName = keyof typeof invariantGuarantees;

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
  return {
    electionSafety: 0,
    logMatching: 0,
    leaderCompleteness: 0,
    stateMachineSafety: 0,
    durablePromise: 0,
    ackedWrites: 0,
    noPanic: 0,
  };
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
  private readonly nameOf: (member: number) => string;

  constructor(members: number, nameOf: (member: number) => string) {
    this.nameOf = nameOf;
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

  /** A member put an entry into its log behind an entry of `previousTerm`. */
  onAppend(member: number, index: number, term: number, previousTerm: number, hash: number): void {
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
