import { assert } from '../../core/base/assert.ts';

/** The ways a disk can fail, as a nemesis names them. */
export type DiskFaultKind =
  | 'lyingSync'
  | 'syncError'
  | 'readError'
  | 'writeError'
  | 'full'
  | 'lostDirectorySync'
  | 'lostRename'
  | 'bitRot'
  | 'misdirectedWrite'
  | 'staleRead'
  | 'stall'
  | 'slow'
  | 'swap'
  | 'wipe';

/**
 * What a fault does to a member's copy of the log:
 * - delays: nothing, sooner or later the copy is there.
 * - stops: the member sees it and stops, or can't start. The copy is lost or out of reach, but the member says nothing wrong.
 * - forgets: the member can't see it. It goes on with a copy that lacks what it acknowledged, and votes with it.
 * - corrupts: the member can't see it. It goes on with a wrong state, and clients read it: no quorum helps against that.
 */
export type Harm = 'delays' | 'stops' | 'forgets' | 'corrupts';

/** A misdirected or stale sector at the end of the log looks like a torn tail, and a wiped member like a new one. */
export const harmOf: Readonly<Record<DiskFaultKind, Harm>> = {
  slow: 'delays',
  syncError: 'stops',
  readError: 'stops',
  writeError: 'stops',
  full: 'stops',
  bitRot: 'stops',
  stall: 'stops',
  swap: 'stops',
  lyingSync: 'forgets',
  lostDirectorySync: 'forgets',
  lostRename: 'forgets',
  misdirectedWrite: 'forgets',
  staleRead: 'forgets',
  wipe: 'forgets',
};

/** What damages a copy: faults, and what is done with a disk that had one. */
export type DamageKind =
  | DiskFaultKind
  /** Flipped, misdirected or stale bytes in a file without checksums. */
  | 'stateRot'
  /** An empty disk in the old one's place, as long as the member stays down; when it starts on it, that is a `wipe`. */
  | 'emptied'
  /** A process starts on a page cache that still shows what a failed sync did not write. */
  | 'hiddenLoss';

export const harmOfDamage: Readonly<Record<DamageKind, Harm>> = {
  ...harmOf,
  stateRot: 'corrupts',
  emptied: 'stops',
  hiddenLoss: 'forgets',
};

export type AtlasMode =
  /** Only faults after which the cluster can recover with all that it acknowledged. */
  | 'recoverable'
  /** Any fault; the run is judged on safety alone, and `exceeded` says whether safety was still promised. */
  | 'unrestricted';

const severity: Readonly<Record<Harm, number>> = { delays: 0, stops: 1, forgets: 2, corrupts: 3 };

/** Damage of one member's copy. */
export interface Damage {
  readonly member: number;
  readonly harm: Exclude<Harm, 'delays'>;
}

/**
 * Keeps the map of damaged copies and decides whether one more may be damaged. With n voters, a quorum of q, s of them stopped and
 * f forgetful:
 * - none has a wrong state, else safety is lost.
 * - n - s - f >= q, else nobody can be elected: availability is lost. (A log that lacks what was acknowledged may lack it in its
 *   middle, and then its member can't start.)
 * - f < 2q - n, else safety is lost: of the voters, n - q may never have had the entry; if those and the forgetful ones were a
 *   quorum, they could elect a leader without it. (Three or five members allow none, four or six one: Raft promises nothing once
 *   a member forgets what it acknowledged, thesis section 3.8.)
 */
export class Atlas {
  mode: AtlasMode;
  /** At some time too many members were stopped, or could have forgotten. */
  availabilityLost = false;
  safetyLost = false;
  /** Voters, ascending. */
  private voters: readonly number[] = [];
  private readonly harms = new Map<number, Damage['harm']>();
  private readonly history = new Map<number, DamageKind[]>();

  constructor(voters: readonly number[], mode: AtlasMode) {
    this.mode = mode;
    this.setVoters(voters);
  }

  /** Damage went beyond what can be recovered from, at some time. */
  get exceeded(): boolean {
    return this.availabilityLost || this.safetyLost;
  }

  /** After a change of membership. Who is no voter has no copy that counts. */
  setVoters(voters: readonly number[]): void {
    assert(voters.length > 0, 'a cluster has a voter');
    this.voters = [...voters].sort((a, b) => a - b);
    this.note();
  }

  /** Whether these faults may be injected on these members (two for a swap). */
  allows(kinds: DamageKind | readonly DamageKind[], members: readonly number[]): boolean {
    if (this.mode === 'unrestricted') return true;
    const harms = this.harmsWith(kinds, members);
    // What does no further harm may be done also when too much is harmed already.
    const same = [...harms].every(([member, harm]) => this.harms.get(member) === harm);
    return same || (this.isAvailable(harms) && this.isSafe(harms));
  }

  /** Asks, and notes the damage if the faults may be injected. The caller injects them exactly if this is true. */
  damage(kinds: DamageKind | readonly DamageKind[], members: readonly number[]): boolean {
    if (!this.allows(kinds, members)) return false;
    for (const [member, harm] of this.harmsWith(kinds, members)) this.harms.set(member, harm);
    for (const member of members) {
      const known = this.history.get(member) ?? [];
      const added = listOf(kinds).filter((kind) => harmOfDamage[kind] !== 'delays' && !known.includes(kind));
      if (added.length > 0) this.history.set(member, [...known, ...added]);
    }
    this.note();
    return true;
  }

  /**
   * The member's copy is whole again: its fault is off and it has caught up on a disk that tells the truth, or it was removed and
   * joined again under another id.
   */
  repaired(member: number): void {
    this.harms.delete(member);
  }

  /** Members whose copies are damaged, ascending. */
  damaged(): readonly Damage[] {
    return [...this.harms].map(([member, harm]) => ({ member, harm })).sort((a, b) => a.member - b.member);
  }

  harmAt(member: number): Damage['harm'] | null {
    return this.harms.get(member) ?? null;
  }

  /** Every kind of harmful fault that the member ever had, in the order of their first time. */
  faultsOf(member: number): readonly DamageKind[] {
    return this.history.get(member) ?? [];
  }

  private harmsWith(
    kinds: DamageKind | readonly DamageKind[],
    members: readonly number[],
  ): Map<number, Damage['harm']> {
    const harms = new Map(this.harms);
    for (const kind of listOf(kinds)) {
      const harm = harmOfDamage[kind];
      if (harm === 'delays') continue;
      // The worst counts: a forgetful member that also stops may start again, and is forgetful still.
      for (const member of members) {
        if (severity[harm] > severity[harms.get(member) ?? 'delays']) harms.set(member, harm);
      }
    }
    return harms;
  }

  private note(): void {
    if (!this.isAvailable(this.harms)) this.availabilityLost = true;
    if (!this.isSafe(this.harms)) this.safetyLost = true;
  }

  private isAvailable(harms: ReadonlyMap<number, Harm>): boolean {
    return this.voters.filter((voter) => !harms.has(voter)).length >= this.quorum;
  }

  private isSafe(harms: ReadonlyMap<number, Harm>): boolean {
    if (this.count(harms, 'corrupts') > 0) return false;
    const forgetful = this.count(harms, 'forgets');
    return forgetful === 0 || forgetful < 2 * this.quorum - this.voters.length;
  }

  private get quorum(): number {
    return Math.floor(this.voters.length / 2) + 1;
  }

  private count(harms: ReadonlyMap<number, Harm>, harm: Harm): number {
    return this.voters.filter((voter) => harms.get(voter) === harm).length;
  }
}

function listOf(kinds: DamageKind | readonly DamageKind[]): readonly DamageKind[] {
  return typeof kinds === 'string' ? [kinds] : kinds;
}
