import { nsPerMs } from '../script.ts';
import { DiskStory } from './story_disks.ts';

/** What a story does to the members' clocks. */
export class ClockStory extends DiskStory {
  /** The member's clock runs too fast by so many parts per million, too slow if negative (up to 500,000 either way); 0 ends it. */
  clockDrift(member: number, ppm: number): void {
    this.host.intervene({ kind: 'clockDrift', member, ppm });
  }

  /** Sets the member's time of day forward, or back if negative. Its monotonic time, and with it its timers, go on as they were. */
  clockStep(member: number, ms: number): void {
    this.host.intervene({ kind: 'clockStep', member, byNs: Math.round(ms * nsPerMs) });
  }

  /** The member's clock stands still while its process goes on: no timer falls due, until `thawClock`. */
  freezeClock(member: number): void {
    this.host.intervene({ kind: 'clockFreeze', member });
  }

  thawClock(member: number): void {
    this.host.intervene({ kind: 'clockThaw', member });
  }

  /** What the pause of a virtual machine does: the process stops, and when it goes on its clock has missed the time. */
  suspend(member: number): void {
    if (!this.host.isUp(member) || this.host.isPaused(member)) return;
    this.host.intervene({ kind: 'pause', member });
    this.freezeClock(member);
  }

  unsuspend(member: number): void {
    this.thawClock(member);
    if (this.host.isPaused(member)) this.host.intervene({ kind: 'resume', member });
  }
}
