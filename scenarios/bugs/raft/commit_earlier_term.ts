import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

const nsPerMs = 1_000_000;

export const commitEarlierTerm: Scenario = {
  name: 'bug-commit-earlier-term',
  sentence:
    'Figure 8 of the Raft paper: a leader’s last entries reach one other member; others elect a leader that reaches nobody; then the first goes on.',
  members: 5,
  clients: 5,
  durationMs: 14_000,
  // Slow enough that a cut comes between an acknowledgement and what it brings about; one entry at a time.
  links: { delayMinNs: 40 * nsPerMs, delayMeanNs: 0, reorderPer10k: 0 },
  member: { messageBytesMax: 1 },
  workload: oneRegister(5, 400),
  *nemesis(story) {
    const first = yield* story.untilLeader();
    const [friend = 1, ...far] = story.followers();
    yield* story.sleep(2000);
    // The first leader's entries get to its friend only, and those of whoever comes after it to nobody.
    story.cutOneWay([first, ...far], far, ['MsgApp']);
    yield* story.sleep(300);
    story.partition([first, friend], far);
    const second = yield* story.untilLeader(5000, first);
    yield* story.sleep(300);
    story.heal();
    story.isolate(second);
    const third = yield* story.untilLeader(6000, second);
    const before = story.commitIndex(third);
    yield* story.until(() => story.commitIndex(third) > before, 3000);
    story.heal();
    story.partition([first, friend], far);
  },
  sometimes: [],
};
