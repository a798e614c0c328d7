import type { VirtualDisk } from '../../sim/disk/virtual_disk.ts';
import type { RandomStream } from '../../sim/random.ts';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { Follower, type Leader } from './follower.ts';
import { type Moment, powerLoss } from './lone.ts';

export const modes: readonly CrashMode[] = ['keep', 'drop', 'tear', 'tear'];

/** How often what was met. */
export interface FollowerSeen {
  restarts: number;
  /** The received database took its place only at the start. */
  backendReplaced: number;
  /** All of the receipt was there but for the log's record. */
  receivedInVain: number;
  installed: number;
  startsCrashed: number;
}

export function nothingSeen(): FollowerSeen {
  return { restarts: 0, backendReplaced: 0, receivedInVain: 0, installed: 0, startsCrashed: 0 };
}

function startText(follower: Follower): string {
  const { failures } = follower.lone.single;
  if (failures.length > 0) throw new Error(`does not start: ${failures.join()}`);
  return follower.lone.state;
}

/** Starts a follower on what was left, and checks that it is in one of the states that the leader's log has been in. */
export function restartedFollower(leader: Leader, disk: VirtualDisk, acked: number, every = 0): Follower {
  const follower = new Follower(leader, disk, every);
  const { lone } = follower;
  lone.single.completeSyncs();
  const text = startText(follower);
  const { facts, lastFound } = lone;
  if (lastFound < acked) throw new Error(`entry ${acked} was acknowledged, ${lastFound} found`);
  const { commitIndex = 0, consistentIndex = 0 } = facts ?? {};
  if (consistentIndex > lastFound) throw new Error(`backend at ${consistentIndex}, log at ${lastFound}`);
  const applied = Math.max(commitIndex, consistentIndex);
  const expected = leader.reference.at(applied);
  if (text !== expected) throw new Error(`after entry ${applied}: ${text}, not ${expected}`);
  return follower;
}

/** Does the rest of the leader's log lead to the leader's state? */
export function checkCatchUp(leader: Leader, follower: Follower): void {
  follower.catchUp();
  const expected = leader.reference.at(leader.log.length);
  const text = startText(follower);
  if (text !== expected) throw new Error(`in the end: ${text}, not ${expected}`);
}

/** Crashes at a moment, in this mode; then the start is crashed at some of its moments (Infinity: at all). */
export function tryFollowerCrash(
  leader: Leader,
  moment: Moment,
  mode: CrashMode,
  random: RandomStream,
  crashesPerStart: number,
  seen: FollowerSeen,
): void {
  try {
    const every = crashesPerStart === 0 ? 0 : 1;
    const again = restartedFollower(leader, powerLoss(moment, mode, random), moment.acked, every);
    const { facts, lastFound, moments } = again.lone;
    seen.restarts++;
    if (facts?.backendReplaced === true) seen.backendReplaced++;
    const newest = again.lone.snapshotFiles().at(-1)?.slice(17, 33) ?? '0';
    if (Number.parseInt(newest, 16) > lastFound) seen.receivedInVain++;
    const text = again.lone.state;
    for (const point of random.shuffle(moments).slice(0, crashesPerStart)) {
      const second = restartedFollower(leader, powerLoss(point, random.pick(modes), random), lastFound);
      // A first start that got nowhere may get further.
      const sameLog = second.lone.lastFound === lastFound || lastFound === 0;
      if (!sameLog || second.lone.state !== text) {
        throw new Error(`second start, from ${point.number}: ${second.lone.state}, not ${text}`);
      }
      seen.startsCrashed++;
    }
    checkCatchUp(leader, again);
  } catch (error) {
    throw new Error(`${random.path}: ${mode} at moment ${moment.number}`, { cause: error });
  }
}

function anyFollowerStep(leader: Leader, follower: Follower, random: RandomStream): void {
  const { single } = follower.lone;
  const kind = random.below(20);
  if (kind < 7) follower.append(random.below(5), follower.lastIndex + random.below(6) - 3);
  else if (kind < 9) {
    const near = leader.snapshots.filter(({ index }) => Math.abs(index - follower.lastIndex) < 15);
    const snapshot = near.length === 0 ? leader.snapshots[0] : random.pick(near);
    if (snapshot !== undefined) follower.receive(snapshot);
  } else if (kind < 17) for (let i = random.below(5); i >= 0; i--) single.completeSync();
  else if (kind < 19) follower.lone.commitBackend();
  else follower.lone.purge();
}

/** A random follower's life, crashed at some moments of it. */
export function searchFollower(
  leader: Leader,
  random: RandomStream,
  crashes: number,
  crashesPerStart: number,
  seen: FollowerSeen,
): void {
  const follower = new Follower(leader, undefined, 1);
  follower.lone.single.completeSyncs();
  for (let i = 0; i < 70 && follower.lastIndex < leader.log.length; i++) {
    anyFollowerStep(leader, follower, random);
  }
  startText(follower);
  for (const moment of random.shuffle(follower.lone.moments).slice(0, crashes)) {
    tryFollowerCrash(leader, moment, random.pick(modes), random, crashesPerStart, seen);
  }
  seen.installed += follower.lone.installs;
}
