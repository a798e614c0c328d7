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
 */
export type Harm = 'delays' | 'stops' | 'forgets';

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

export type AtlasMode =
  /** Only faults after which the cluster can recover with all that it acknowledged. */
  | 'recoverable'
  /** Any fault; the run is judged on safety alone, and `exceeded` says whether safety was still promised. */
  | 'unrestricted';

/**
 * Keeps the map of damaged copies and decides whether one more may be damaged. With n voters, a quorum of q, s of them stopped and
 * f forgetful:
 * - n - s >= q, else nobody can be elected.
 * - f < 2q - n: of the voters, n - q may never have had the entry; if those and the forgetful ones were a quorum, they could elect a
 *   leader without it. (Three or five members allow none, four or six one: Raft promises nothing once a member forgets what it
 *   acknowledged, thesis section 3.8.)
 * Together they leave one of the q copies that an entry has when it is acknowledged: q - s - f >= 1.
 */
export class Atlas {
  readonly mode: AtlasMode;
  /** Voters, ascending. */
  private voters: readonly number[] = [];
  private readonly harms = new Map<number, Exclude<Harm, 'delays'>>();
  /** Damage went beyond what can be recovered from, at some time. */
  exceeded = false;

  constructor(voters: readonly number[], mode: AtlasMode) {
    this.mode = mode;
    this.setVoters(voters);
  }

  /** After a change of membership. Who is no voter has no copy that counts. */
  setVoters(voters: readonly number[]): void {
    assert(voters.length > 0, 'a cluster has a voter');
    this.voters = [...voters].sort((a, b) => a - b);
    if (!this.recoverable(this.harms)) this.exceeded = true;
  }

  /** Whether the fault may be injected on these members (two for a swap). */
  allows(kind: DiskFaultKind, members: readonly number[]): boolean {
    if (this.mode === 'unrestricted') return true;
    return this.recoverable(this.harmsWith(kind, members));
  }

  /** Asks, and notes the damage if the fault may be injected. The caller injects it exactly if this is true. */
  damage(kind: DiskFaultKind, members: readonly number[]): boolean {
    if (!this.allows(kind, members)) return false;
    for (const [member, harm] of this.harmsWith(kind, members)) this.harms.set(member, harm);
    if (!this.recoverable(this.harms)) this.exceeded = true;
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
  damaged(): readonly { readonly member: number; readonly harm: Harm }[] {
    return [...this.harms].map(([member, harm]) => ({ member, harm })).sort((a, b) => a.member - b.member);
  }

  private harmsWith(kind: DiskFaultKind, members: readonly number[]): Map<number, Exclude<Harm, 'delays'>> {
    const harms = new Map(this.harms);
    const harm = harmOf[kind];
    if (harm === 'delays') return harms;
    // A forgetful member that also stops may start again: it stays forgetful.
    for (const member of members) if (harms.get(member) !== 'forgets') harms.set(member, harm);
    return harms;
  }

  private recoverable(harms: ReadonlyMap<number, Harm>): boolean {
    const members = this.voters.length;
    const quorum = Math.floor(members / 2) + 1;
    const count = (harm: Harm) => this.voters.filter((voter) => harms.get(voter) === harm).length;
    const [stopped, forgetful] = [count('stops'), count('forgets')];
    if (stopped + forgetful === 0) return true;
    return members - stopped >= quorum && forgetful < 2 * quorum - members;
  }
}
