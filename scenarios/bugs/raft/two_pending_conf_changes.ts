import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

const nsPerMs = 1_000_000;

export const twoPendingConfChanges: Scenario = {
  name: 'bug-two-pending-conf-changes',
  sentence:
    'Two machines are added at the same moment; the leader makes both voters and goes on with them, while the others know of neither.',
  members: 3,
  spares: 2,
  clients: 3,
  durationMs: 12_000,
  links: { delayMinNs: 40 * nsPerMs, delayMeanNs: 0, reorderPer10k: 0 },
  workload: oneRegister(3, 600),
  *nemesis(story) {
    yield* story.untilLeader();
    // Members are added only when all have been connected for a while.
    yield* story.sleep(6000);
    const leader = story.leader();
    const [one = 4, two = 5] = story.spares;
    const others = story.others(leader);
    const before = story.commitIndex(leader);
    story.ask('addMember', one, leader);
    story.ask('addMember', two, leader);
    yield* story.until(() => story.commitIndex(leader) >= before + 2, 2000);
    // What they don't hear is how far the log is committed.
    story.cutOneWay([leader], others);
    story.restart(one);
    story.restart(two);
    yield* story.untilLeader(5000, leader);
  },
  sometimes: [],
};
