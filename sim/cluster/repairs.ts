import type { Atlas, DamageKind } from '../disk/atlas.ts';
import { faultSettings } from '../disk/host.ts';
import type { MemberProcess } from './process.ts';

/** Faults that leave a copy as it was once they have ended; a swap ends when the disks are swapped back. */
const passing: readonly DamageKind[] = ['syncError', 'readError', 'full', 'stall', 'swap'];
/** A write that failed may also have left a hole in the log, and then nobody can read on behind it. */
const mayPass: readonly DamageKind[] = [...passing, 'writeError'];

interface Episode {
  /** Faults that had taken effect on the disk before this damage. */
  readonly hitsBefore: number;
  /** Null while a fault is on. */
  end: {
    readonly incarnation: number;
    /** What the cluster had committed. */
    readonly commitIndex: number;
  } | null;
}

/**
 * Tells the atlas when a member's copy is whole again: its faults were of the passing kind and are off; if one of them had taken
 * effect, the member was started since, and so has read its log; and it has applied what was committed when they ended. A copy with
 * lasting damage, and one that may have forgotten, is not whole again in its member's life.
 */
export class Repairs {
  private readonly atlas: Atlas;
  private readonly processes: readonly MemberProcess[];
  private readonly isHome: (member: number) => boolean;
  private readonly episodes = new Map<number, Episode>();

  constructor(atlas: Atlas, processes: readonly MemberProcess[], isHome: (member: number) => boolean) {
    this.atlas = atlas;
    this.processes = processes;
    this.isHome = isHome;
  }

  /** The atlas noted damage on these members, which is about to be done. */
  damaged(members: readonly number[]): void {
    for (const member of members) {
      if (this.atlas.harmAt(member) === null || this.episodes.has(member)) continue;
      const { disk } = this.processes[member - 1] as MemberProcess;
      this.episodes.set(member, { hitsBefore: disk.faultsHit, end: null });
    }
  }

  /** A disk's faults were changed. */
  changed(member: number): void {
    const episode = this.episodes.get(member);
    if (episode === undefined) return;
    const { disk, incarnation } = this.processes[member - 1] as MemberProcess;
    const off = Object.keys(faultSettings(disk.faults)).length === 0 && !disk.stalled && this.isHome(member);
    const commitIndex = Math.max(...this.processes.map((process) => process.member?.commitIndex ?? 0));
    episode.end = off ? { incarnation, commitIndex } : null;
  }

  /** Frees the places of those that have recovered. */
  look(): void {
    for (const { member, harm } of this.atlas.damaged()) {
      const episode = this.episodes.get(member);
      if (harm !== 'stops' || episode === undefined || !this.isWhole(member, episode)) continue;
      this.episodes.delete(member);
      this.atlas.repaired(member);
    }
  }

  /** Down, with damage that explains why it can't come back. Faults that have passed explain nothing. */
  isLost(member: number): boolean {
    const { isUp, booting } = this.processes[member - 1] as MemberProcess;
    if (isUp || booting || !this.wasHit(member)) return false;
    return !this.isHome(member) || this.atlas.faultsOf(member).some((kind) => !passing.includes(kind));
  }

  /** It may lack what it acknowledged, and can't know. */
  hasForgotten(member: number): boolean {
    return this.atlas.harmAt(member) === 'forgets' && this.wasHit(member);
  }

  /** A fault of the present damage took effect. */
  private wasHit(member: number): boolean {
    const { disk } = this.processes[member - 1] as MemberProcess;
    return disk.faultsHit > (this.episodes.get(member)?.hitsBefore ?? Infinity);
  }

  private isWhole(member: number, { hitsBefore, end }: Episode): boolean {
    const { member: running, disk, incarnation } = this.processes[member - 1] as MemberProcess;
    if (end === null || running === null || !running.ready) return false;
    if (!this.atlas.faultsOf(member).every((kind) => mayPass.includes(kind))) return false;
    const startedSince = incarnation > end.incarnation;
    return (startedSince || disk.faultsHit === hitsBefore) && running.appliedIndex >= end.commitIndex;
  }
}
