import type { BugId } from '../../core/bugs.ts';
import { type Script, sleep, until } from '../script.ts';
import type { CrashMode } from '../trace/kinds.ts';
import { ClockStory } from './story_clocks.ts';
import type { AdminRequest } from './story_host.ts';

/** A member that is asked to end does so within this time, or its disk stands still. */
const stopTimeoutMs = 10_000;

/** A request to change the cluster is answered within this time, or never. */
const adminTimeoutMs = 8000;

/** What a story does to the members' processes, and to the cluster's membership. */
export class MemberStory extends ClockStory {
  /** On a disk that has lied nothing is torn: half of a database that was never durable is a wrong state, not an old one. */
  crash(member: number, mode: CrashMode = 'random'): void {
    if (!this.host.isUp(member)) return;
    const whole = this.host.disk(member).hasLied && mode !== 'keep' ? 'drop' : mode;
    this.host.intervene({ kind: 'crash', member, mode: whole });
  }

  /**
   * Starts a member that is down. False if it must stay down: its disk is empty. If a failed sync left lies in the page cache, the
   * machine is switched off and on before.
   */
  restart(member: number): boolean {
    if (this.host.isUp(member)) return true;
    if (this.host.disk(member).hidesLoss) this.host.intervene({ kind: 'crash', member, mode: 'drop' });
    return this.host.intervene({ kind: 'restart', member });
  }

  /**
   * Which program the member runs from its next start on: one with exactly these planted bugs. Members with different ones are a
   * cluster of mixed versions.
   */
  version(member: number, bugs: readonly BugId[]): void {
    const now = this.host.bugsOf(member);
    const switchTo = (bug: BugId, on: boolean): void => {
      this.host.intervene({ kind: 'switchBug', member, bug, on });
    };
    for (const bug of now) if (!bugs.includes(bug)) switchTo(bug, false);
    for (const bug of bugs) if (!now.includes(bug)) switchTo(bug, true);
  }

  /** Crash, wait, restart. */
  *bounce(member: number, downMs: number, mode: CrashMode = 'random'): Script {
    this.crash(member, mode);
    yield* sleep(downMs);
    this.restart(member);
  }

  /** Asks the member's process to end (SIGTERM); it does when everything is on its disk. False if it does not run. */
  stop(member: number): boolean {
    return this.host.intervene({ kind: 'stop', member });
  }

  /** Asks it to end, waits until it has and as long again as told, starts it. False if it did not end within 10 s. */
  *restartGracefully(member: number, downMs: number): Script<boolean> {
    if (!this.stop(member)) return false;
    const ended = yield* until(() => !this.isUp(member), stopTimeoutMs);
    yield* sleep(downMs);
    this.restart(member);
    return ended;
  }

  /** Lets the member end, with power lost, when it has passed this place `skip` times more (names: `failpointSites`). */
  failpoint(member: number, site: string, skip = 0): boolean {
    return this.host.intervene({ kind: 'failpoint', member, site, skip });
  }

  pause(member: number): void {
    if (this.host.isUp(member) && !this.host.isPaused(member)) this.host.intervene({ kind: 'pause', member });
  }

  resume(member: number): void {
    if (this.host.isPaused(member)) this.host.intervene({ kind: 'resume', member });
  }

  /** Machines that were never members, and can be added. */
  get spares(): readonly number[] {
    return this.host.spares;
  }

  isLearner(member: number): boolean {
    return this.host.isLearner(member);
  }

  /** Asks `via` (a random member unless told) to change the cluster. Returns `ok`, the error's text, or `no answer`. */
  *admin(request: AdminRequest, member: number, via = this.random.pick(this.members)): Script<string> {
    const call = this.host.ask(request, member, via);
    if (call === 0) return 'no answer';
    yield* until(() => this.host.adminAnswer(call) !== null, adminTimeoutMs);
    return this.host.adminAnswer(call) ?? 'no answer';
  }

  /** Asks `via` to change the cluster and goes on at once, whatever it says. False if it can't be asked now. */
  ask(request: AdminRequest, member: number, via: number): boolean {
    return this.host.ask(request, member, via) !== 0;
  }

  /** Adds a machine to the cluster and starts it. Returns what was answered; if that is open, it is started all the same. */
  *addMember(member: number, how: 'addMember' | 'addLearner' = 'addMember'): Script<string> {
    const answer = yield* this.admin(how, member);
    if (answer === 'ok' || this.members.includes(member)) this.restart(member);
    return answer;
  }
}
