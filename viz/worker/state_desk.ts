import { Timeline } from '../../sim/timeline/timeline.ts';
import type { LookRequest, MemberLook } from '../inspector/member_look.ts';
import { requestOf } from './request_of.ts';
import { stateAt } from './state_at.ts';

/** Worlds that stand still along a run: a step back runs at most an eighth of it. Each takes the memory of a cluster. */
const keyframes = 8;
const sliceNs = 200_000_000;

/** Answers what was in a member's memory, at any time of one run. Going on from the last answer is quick; so is going back, after a while. */
export class StateDesk {
  private timeline: Timeline | null = null;
  private run = '';

  /** Throws SpecError for a run that this build does not have. */
  look({ spec, member, atNs }: LookRequest): MemberLook {
    const run = JSON.stringify(spec);
    if (this.timeline === null || run !== this.run) {
      this.timeline = new Timeline(requestOf(spec), { keyframes });
      this.run = run;
    }
    const moment = this.timeline.seek(atNs);
    return stateAt(moment.run, member, atNs);
  }

  /** A little work ahead, for later questions. False when there is nothing left to do. */
  prepare(): boolean {
    return this.timeline?.refill(sliceNs) ?? false;
  }
}
