import { unreachable } from '../../core/base/assert.ts';
import type { InvariantViolation } from '../checkers/invariants.ts';
import { Atlas, type DamageKind } from '../disk/atlas.ts';
import { faultSettings, noDiskFaults } from '../disk/host.ts';
import { isUnder } from '../disk/media.ts';
import { logFolder } from '../faults/rot.ts';
import { Kind } from '../trace/kinds.ts';
import type { DamagedMember, DiskDamage, DiskFaultSettings, InterventionAction } from '../trace/run_info.ts';
import { Ev } from './events.ts';
import type { MemberProcess } from './process.ts';
import { Repairs } from './repairs.ts';
import type { World } from './world.ts';

export type DiskAction = Extract<
  InterventionAction,
  {
    readonly kind:
      'disk' | 'diskFaults' | 'diskStall' | 'diskRelease' | 'diskRot' | 'diskSwap' | 'diskWipe' | 'atlas';
  }
>;

/** Faults of disks: asks the atlas, then does them. Keeps track of whose files are in whose machine. */
export class DiskInterventions {
  readonly atlas: Atlas;
  /** The run was unrestricted at some time. */
  everUnrestricted = false;
  /** When safety was lost: from then on Raft promises nothing. -1: never. */
  safetyLostNs = -1;
  private readonly world: World;
  private readonly processes: readonly MemberProcess[];
  private readonly repairs: Repairs;
  /** By member number: whose files its disk holds; 0 after a wipe. */
  private readonly owners: number[];
  /** Starts that wait for a disk that stands still, by member. */
  private readonly waitingStarts = new Map<number, number>();

  constructor(world: World, processes: readonly MemberProcess[]) {
    this.world = world;
    this.processes = processes;
    const members = processes.map(({ number }) => number);
    this.atlas = new Atlas(world.roster.voters, 'recoverable');
    world.roster.onChange = (voters) => this.atlas.setVoters(voters);
    this.owners = [0, ...members];
    this.repairs = new Repairs(this.atlas, processes, (member) => this.isHome(member));
  }

  private isHome(member: number): boolean {
    return this.owners[member] === member;
  }

  private process(member: number): MemberProcess {
    const process = this.processes[member - 1];
    if (process === undefined)
      throw new RangeError(`disk fault on member ${member}: there is no such member`);
    return process;
  }

  /** Whether it makes sense and the atlas lets it through; notes the damage. Who is told yes does it. */
  permits(action: DiskAction): boolean {
    switch (action.kind) {
      case 'atlas':
        return true;
      case 'disk':
        return !action.lyingSync || this.damage('lyingSync', [action.member]);
      case 'diskFaults':
        return this.damage(kindsOf(action.faults), [this.process(action.member).number]);
      case 'diskStall':
        return !this.process(action.member).disk.stalled && this.damage('stall', [action.member]);
      case 'diskRelease':
        return this.process(action.member).disk.stalled;
      case 'diskRot': {
        const { disk } = this.process(action.member);
        const bytes = disk.durableFiles().find(({ path }) => path === action.file)?.bytes ?? 0;
        const there = action.bits.some((bit) => bit < bytes * 8);
        return there && this.damage(rotOf(action.file), [action.member]);
      }
      case 'diskSwap': {
        const [one, two] = action.members;
        if (one === two || !this.isQuiet(one) || !this.isQuiet(two)) return false;
        const home = this.owners[one] === two && this.owners[two] === one;
        return home || this.damage('swap', action.members);
      }
      case 'diskWipe':
        return this.isQuiet(action.member) && this.damage('emptied', [action.member]);
      default:
        return unreachable(action);
    }
  }

  /** Whether the member's process may be started on what its disk has now. */
  permitsStart(member: number): boolean {
    const { disk, isUp, booting } = this.process(member);
    if (isUp || booting) return true;
    if (disk.hidesLoss && !this.damage('hiddenLoss', [member])) return false;
    return !this.isWiped(member) || this.damage('wipe', [member]);
  }

  /** Asks the atlas, which first learns which members have recovered. */
  private damage(kinds: DamageKind | readonly DamageKind[], members: readonly number[]): boolean {
    this.repairs.look();
    if (!this.atlas.damage(kinds, members)) return false;
    this.repairs.damaged(members);
    if (this.atlas.safetyLost && this.safetyLostNs < 0) this.safetyLostNs = this.world.scheduler.nowNs;
    return true;
  }

  /** Down, and nothing of its own is on its way to the platter. */
  private isQuiet(member: number): boolean {
    const { disk, isUp, booting } = this.process(member);
    return !isUp && !booting && !disk.hasUnsynced();
  }

  /** Does what was permitted. `cause` is the trace row that says so. */
  perform(action: DiskAction, cause: number): void {
    if (action.kind === 'atlas') {
      this.atlas.mode = action.mode;
      if (action.mode === 'unrestricted') this.everUnrestricted = true;
      return;
    }
    if (action.kind === 'diskSwap') {
      this.swap(action.members, cause);
      return;
    }
    const process = this.process(action.member);
    const { disk } = process;
    // The rows that the disk writes now were caused by this, not by the member's last input.
    process.cause = cause;
    switch (action.kind) {
      case 'disk':
        disk.latency = { syncMinNs: action.syncMinNs, syncMeanNs: action.syncMeanNs };
        if (action.lyingSync) disk.faults.lyingSync = true;
        break;
      case 'diskFaults':
        Object.assign(disk.faults, noDiskFaults(), faultSettings(action.faults));
        break;
      case 'diskStall':
        disk.stall();
        break;
      case 'diskRelease':
        disk.release();
        this.startWaiting(process);
        break;
      case 'diskRot':
        for (const bit of action.bits) disk.flipBit(action.file, bit);
        break;
      case 'diskWipe':
        disk.wipe();
        this.owners[action.member] = 0;
        break;
      default:
        unreachable(action);
    }
    this.repairs.changed(process.number);
  }

  private swap([one, two]: readonly [number, number], cause: number): void {
    const [first, second] = [this.process(one), this.process(two)];
    first.cause = cause;
    second.cause = cause;
    first.disk.swapWith(second.disk);
    const owner = this.owners[one] as number;
    this.owners[one] = this.owners[two] as number;
    this.owners[two] = owner;
    for (const member of [one, two]) this.repairs.changed(member);
  }

  // --- starts on a disk that stands still

  /** True if this start must wait; it comes when the disk goes on. */
  postponesStart(member: number, incarnation: number): boolean {
    const process = this.process(member);
    if (!process.disk.stalled || process.incarnation !== incarnation) return false;
    this.waitingStarts.set(member, incarnation);
    const { trace } = this.world;
    trace.add(Kind.diskFault, member, -1, trace.string('start waits'), trace.string(''), 0, 0);
    return true;
  }

  private startWaiting({ number: member }: MemberProcess): void {
    const incarnation = this.waitingStarts.get(member);
    if (incarnation === undefined) return;
    this.waitingStarts.delete(member);
    const { scheduler } = this.world;
    scheduler.schedule(scheduler.nowNs, Ev.boot, member, 0, incarnation, null);
  }

  // --- what the end of a run asks

  /** Whose disk holds another member's files: the pairs that a swap would put right. */
  swapped(): (readonly [number, number])[] {
    return this.processes.flatMap(({ number: one }) => {
      const two = this.owners[one] as number;
      return two > one && this.owners[two] === one ? [[one, two] as const] : [];
    });
  }

  /** In the place of the member's own a disk without a log, on which it begins anew: an empty one, or one that lost what was begun. */
  isWiped(member: number): boolean {
    const { disk } = this.process(member);
    return !this.isHome(member) && !disk.list(logFolder).some((name) => name.endsWith('.wal'));
  }

  /** Members that are down because their copies are damaged for good: nobody promised that they come back. */
  lostMembers(): readonly number[] {
    return this.processes.map(({ number }) => number).filter((member) => this.repairs.isLost(member));
  }

  /** What was done to the members' copies; null if every one stayed whole. */
  damageReport(): Omit<DiskDamage, 'expected'> | null {
    this.repairs.look();
    const { atlas } = this;
    const members = this.processes.flatMap(({ number: member }): DamagedMember[] => {
      const faults = atlas.faultsOf(member);
      const harm = atlas.harmAt(member);
      const copy = harm === null ? 'repaired' : harm === 'stops' ? 'damaged' : 'forgetful';
      return faults.length === 0 ? [] : [{ member, faults, copy }];
    });
    if (members.length === 0) return null;
    const mode = this.everUnrestricted ? 'unrestricted' : 'recoverable';
    return { mode, members, safetyLostNs: this.safetyLostNs, availabilityLost: atlas.availabilityLost };
  }

  /**
   * Whether nobody promised that this would not happen: after safety was lost, nothing; before, a member that may have forgotten what
   * it acknowledged breaks its own promises, and may find that its log is shorter than its leader knows (etcd panics then, too:
   * `tocommit is out of range`).
   */
  expects({ invariant, members }: InvariantViolation): boolean {
    if (this.atlas.safetyLost) return true;
    const own = invariant === 'durablePromise' || invariant === 'noPanic';
    return own && members.every((member) => this.repairs.hasForgotten(member));
  }

  /** Whether a member's disk may lack what it acknowledged, and the others' are still enough to lose nothing. */
  forgives(member: number): boolean {
    return !this.atlas.safetyLost && this.repairs.hasForgotten(member);
  }
}

/** The log and the snapshots' records have checksums, so a member notices; bbolt's pages have none, so it goes on with a wrong state. */
function rotOf(place: string): DamageKind {
  const checked = place === logFolder || isUnder(place, logFolder) || place.endsWith('.snap');
  return checked ? 'bitRot' : 'stateRot';
}

/** What these settings do, as the atlas names it. */
export function kindsOf(faults: DiskFaultSettings): DamageKind[] {
  const kinds: DamageKind[] = [];
  const set = { ...noDiskFaults(), ...faults };
  if (set.lyingSync) kinds.push('lyingSync');
  if (set.syncError) kinds.push('syncError');
  if (set.readError) kinds.push('readError');
  if (set.fullAtBytes !== Infinity) kinds.push('full');
  if (set.lostDirectorySync) kinds.push('lostDirectorySync');
  if (set.lostRename) kinds.push('lostRename');
  if (set.writeErrorPer10k > 0) kinds.push('writeError');
  if (set.misdirectPer10k > 0) kinds.push('misdirectedWrite');
  if (set.staleReadPer10k > 0) kinds.push('staleRead');
  if (set.bitRotPer10k > 0) kinds.push('bitRot');
  const media = set.misdirectPer10k > 0 || set.staleReadPer10k > 0 || set.bitRotPer10k > 0;
  if (media && rotOf(set.mediaUnder) === 'stateRot') kinds.push('stateRot');
  if (set.bytesPerSecond !== Infinity) kinds.push('slow');
  return kinds;
}
