import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

const nsPerMs = 1_000_000;

export const newLeaderForgetsConfChange: Scenario = {
  name: 'bug-new-leader-forgets-conf-change',
  sentence:
    'A leader begins to add a machine and stands still; its successor, with that change in its log, adds another one.',
  members: 3,
  spares: 2,
  clients: 3,
  durationMs: 14_000,
  links: { delayMinNs: 40 * nsPerMs, delayMeanNs: 0, reorderPer10k: 0 },
  workload: oneRegister(3, 600),
  *nemesis(story) {
    const first = yield* story.untilLeader();
    yield* story.sleep(6000);
    const [one = 4, two = 5] = story.spares;
    const [next = 1, third = 1] = story.followers();
    // The third member gets no entries for now.
    story.cutOneWay([first, next], [third], ['MsgApp']);
    yield* story.sleep(200);
    story.ask('addMember', one, first);
    yield* story.sleep(10);
    story.pause(first);
    yield* story.untilLeader(4000, first);
    story.ask('addMember', two, next);
    const before = story.commitIndex(next);
    story.release([next], [third]);
    yield* story.until(() => story.commitIndex(next) > before, 2000);
    story.cutOneWay([next], [first, third]);
    story.resume(first);
    story.restart(one);
    story.restart(two);
    yield* story.untilLeader(5000, next);
  },
  sometimes: [],
};
