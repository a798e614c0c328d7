import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const forgot = 'the member with the lying disk came back with less than it had acknowledged';
const alone = 'it stopped, because its log was shorter than its leader knew';
const together = 'all members lost power, one of them with a lying disk';

export const lyingFsync: Scenario = {
  name: 'lying-fsync',
  sentence:
    'One disk of four says that it has synced and has not. Its member forgets what it acknowledged whenever it loses power; every acknowledged write must survive all the same, for two honest members have it.',
  members: 4,
  clients: 4,
  durationMs: 30_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 30 }),
  *nemesis(story) {
    yield* story.untilLeader();
    yield* story.sleepBetween(100, 2000);
    const [liar = 1] = story.some(1);
    for (;;) {
      const lies = story.diskFaults(liar, { lyingSync: true });
      yield* story.sleepBetween(500, 3000);
      const before = story.commitIndex(liar);
      if (story.random.chance(1, 3)) {
        for (const member of story.members) story.crash(member, 'drop');
        if (lies) story.reached(together);
        yield* story.sleepBetween(50, 500);
        for (const member of story.random.shuffle(story.others(liar))) story.restart(member);
      } else {
        story.crash(liar, 'drop');
      }
      yield* story.sleepBetween(50, 1500);
      story.restart(liar);
      yield* story.until(() => !story.isUp(liar) || story.commitIndex(liar) > 0, 1000);
      if (lies && story.isUp(liar) && story.commitIndex(liar) < before) story.reached(forgot);
      if (yield* story.until(() => !story.isUp(liar), 500)) {
        if (lies) story.reached(alone);
        // Another leader does not know how long its log was.
        yield* story.bounce(story.leader() || liar, 300);
        yield* story.untilLeader();
        story.restart(liar);
      }
      if (story.random.chance(1, 2)) story.diskFaults(liar, {});
      yield* story.untilCaughtUp(liar, 5000);
    }
  },
  sometimes: [{ goal: forgot }, { goal: alone }, { goal: together }],
};
