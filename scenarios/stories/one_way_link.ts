import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const deafSteppedDown = 'a leader that could speak but not hear stepped down';
const muteStayed = 'a follower that could hear but not speak did not depose the leader';

export const oneWayLink: Scenario = {
  name: 'one-way-link',
  sentence:
    'Links fail in one direction: first the leader can speak but not hear, then a follower can hear but not speak.',
  members: 5,
  clients: 5,
  durationMs: 30_000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(800, 2000);
      const deaf = yield* story.untilLeader();
      if (deaf === 0) continue;
      story.note(`n${deaf} can speak, but not hear`);
      story.cutOneWay(story.others(deaf), [deaf]);
      if (yield* story.until(() => !story.believesToLead(deaf), 5000)) story.reached(deafSteppedDown);
      yield* story.sleepBetween(200, 1000);
      story.heal();

      const leader = yield* story.untilLeader();
      if (leader === 0) continue;
      yield* story.sleepBetween(800, 1500);
      const [mute = 1] = story.some(1, story.others(leader));
      story.note(`n${mute} can hear, but not speak`);
      story.cutOneWay([mute], story.others(mute));
      yield* story.sleepBetween(2500, 4000);
      if (story.leader() === leader) story.reached(muteStayed);
      story.heal();
    }
  },
  sometimes: [{ goal: deafSteppedDown }, { goal: muteStayed }],
};
