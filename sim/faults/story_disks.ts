import { faultSettings } from '../disk/host.ts';
import type { DiskFaultSettings } from '../trace/run_info.ts';
import { type RotPlace, drawBits, logFolder } from './rot.ts';
import { NetworkStory } from './story_network.ts';

/** What a story does to disks. */
export class DiskStory extends NetworkStory {
  /** Changes a member's fsync latency in ms from now on. */
  slowDisk(member: number, change: { readonly syncMinMs: number; readonly syncMeanMs: number }): void {
    this.host.intervene({
      kind: 'disk',
      member,
      syncMinNs: Math.round(change.syncMinMs * 1_000_000),
      syncMeanNs: Math.round(change.syncMeanMs * 1_000_000),
      lyingSync: false,
    });
  }

  /**
   * Sets all switches of a member's disk (see `DiskFaults`): what is left out is off, so `{}` ends all. False if the atlas forbids it.
   * Bits flip, sectors are misdirected and reads are stale only in the log unless `mediaUnder` says where: other files have no
   * checksums.
   */
  diskFaults(member: number, faults: DiskFaultSettings): boolean {
    const chances = [faults.bitRotPer10k, faults.misdirectPer10k, faults.staleReadPer10k];
    const media = chances.some((per10k) => (per10k ?? 0) > 0);
    const where = media ? { mediaUnder: logFolder, ...faults } : faults;
    return this.host.intervene({ kind: 'diskFaults', member, faults: faultSettings(where) });
  }

  /** Lets a disk have only so many bytes more than it has now. Its other faults stay. */
  fillDisk(member: number, spareBytes = 0): boolean {
    const { faults, usedSpaceBytes } = this.host.disk(member);
    return this.diskFaults(member, { ...faults, fullAtBytes: usedSpaceBytes + spareBytes });
  }

  /** From now on no sync of the member completes, until `releaseDisk`. */
  stallDisk(member: number): boolean {
    return this.host.intervene({ kind: 'diskStall', member });
  }

  releaseDisk(member: number): boolean {
    return this.host.intervene({ kind: 'diskRelease', member });
  }

  /** Flips bits in one sector of what is durable: of a file, or of any in a folder. False if there is none, or the atlas forbids it. */
  rotDisk(member: number, place: RotPlace = {}): boolean {
    const drawn = drawBits(this.host.disk(member).durableFiles(), place, this.random);
    return drawn !== null && this.host.intervene({ kind: 'diskRot', member, ...drawn });
  }

  /** Puts the disks of two members that are down into each other's machines. False if one runs, or the atlas forbids it. */
  swapDisks(one: number, two: number): boolean {
    for (const member of [one, two]) this.switchOff(member);
    return this.host.intervene({ kind: 'diskSwap', members: [one, two] });
  }

  /** Gives a member that is down an empty disk. False if it runs, or the atlas forbids it. */
  wipeDisk(member: number): boolean {
    this.switchOff(member);
    return this.host.intervene({ kind: 'diskWipe', member });
  }

  /** A process that stopped by itself leaves a machine that runs, and a page cache. */
  private switchOff(member: number): void {
    const { host } = this;
    if (!host.isUp(member) && host.disk(member).hasUnsynced()) {
      host.intervene({ kind: 'crash', member, mode: 'drop' });
    }
  }

  /** From now on any disk fault goes, also beyond what can be recovered from; safety is judged as far as Raft still promises it. */
  unrestricted(): void {
    this.host.intervene({ kind: 'atlas', mode: 'unrestricted' });
  }
}
