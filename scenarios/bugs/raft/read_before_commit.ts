import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

const nsPerMs = 1_000_000;

export const readBeforeCommit: Scenario = {
  name: 'bug-read-before-commit',
  sentence:
    'The leader is cut off before it could tell how far the log is committed, and its successor hears no acknowledgement for a while.',
  members: 3,
  clients: 6,
  durationMs: 6000,
  links: { delayMinNs: 20 * nsPerMs, delayMeanNs: 0, reorderPer10k: 0 },
  workload: oneRegister(1),
  *nemesis(story) {
    const leader = yield* story.untilLeader();
    yield* story.sleep(1000);
    const left = story.others(leader);
    const isAhead = (): boolean =>
      left.every((member) => story.commitIndex(member) < story.commitIndex(leader));
    yield* story.until(isAhead, 1000);
    // What was just committed is in the others’ logs; that it is committed does not get to them.
    story.isolate(leader);
    story.hold(left, left, ['MsgAppResp']);
    yield* story.untilLeader(4000, leader);
    yield* story.sleep(500);
    story.heal();
  },
  sometimes: [],
};
