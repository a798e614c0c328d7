import { type Script, sleep, until } from '../script.ts';
import { MemberStory } from './story_members.ts';

export type { AdminRequest, DiskView, StoryHost } from './story_host.ts';

/** The vocabulary a scenario's nemesis is written in. Members are numbers from 1. */
export class Story extends MemberStory {
  /** Restarts the members one by one, each when the one before has caught up, or after 10 s. */
  *rollingRestart(how: 'graceful' | 'crash', downMs: number): Script {
    for (const member of this.random.shuffle(this.members)) {
      if (how === 'graceful') yield* this.restartGracefully(member, downMs);
      else yield* this.bounce(member, downMs);
      yield* this.untilCaughtUp(member);
    }
  }

  /** Kills a member again and again: each time soon after its start, when it may still be recovering. */
  *killInALoop(member: number, times: number, upMsMax: number): Script {
    for (let i = 0; i < times; i++) {
      this.crash(member);
      yield* this.sleepBetween(1, 100);
      if (!this.restart(member)) return;
      yield* this.sleepBetween(1, upMsMax);
    }
  }

  /** Strikes whoever leads, as soon as somebody does, so many times; `strike` undoes itself what it did. */
  *huntLeaders(times: number, strike: (leader: number) => Script): Script {
    for (let i = 0; i < times; i++) {
      const leader = yield* this.untilLeader();
      if (leader !== 0) yield* strike(leader);
    }
  }

  /** For so long, the disk of whoever leads is slow, and of nobody else. */
  *slowLeaderDisk(
    forMs: number,
    change: { readonly syncMinMs: number; readonly syncMeanMs: number },
  ): Script {
    let slow = 0;
    let overMs = 0;
    for (; overMs < forMs; overMs += leaderPollMs) {
      const leader = this.leader();
      if (leader !== 0 && leader !== slow) {
        if (slow !== 0) this.slowDisk(slow, goodDisk);
        this.slowDisk(leader, change);
        slow = leader;
      }
      yield* sleep(leaderPollMs);
    }
    if (slow !== 0) this.slowDisk(slow, goodDisk);
  }

  /** Lets every member's clock run at a speed of its own, up to so many parts per million too fast or too slow. */
  driftClocks(ppmMax: number): void {
    for (const member of this.members) this.clockDrift(member, this.random.between(-ppmMax, ppmMax));
  }

  /**
   * Arms a quarter of all failpoints of these members, drawn anew for each; each that is armed ends the member with one chance in four
   * at every pass (FoundationDB's buggify), so after so many passes as a geometric draw says. Returns how many it armed.
   */
  armFailpoints(members: readonly number[] = this.members): number {
    let armed = 0;
    for (const member of members) {
      for (const site of this.host.failpointSites) {
        if (!this.random.chance(1, 4)) continue;
        let skip = 0;
        while (!this.random.chance(1, 4)) skip++;
        this.failpoint(member, site, skip);
        armed++;
      }
    }
    return armed;
  }

  /** Takes back what was armed and has not fired. */
  disarmFailpoints(members: readonly number[] = this.members): void {
    for (const member of members) this.host.intervene({ kind: 'disarm', member });
  }

  /** Waits until the member is down (it ended at a failpoint, or by itself); false if it is not in time. */
  untilDown(member: number, timeoutMs: number): Script<boolean> {
    return until(() => !this.isUp(member), timeoutMs);
  }
}

/** How often a story looks who leads. */
const leaderPollMs = 20;

const goodDisk = { syncMinMs: 0.3, syncMeanMs: 1.7 };
