import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const electedMeanwhile = 'a new leader was elected while the old one was cut off';
const steppedDown = 'the old leader stepped down once it heard of the new term';

export const leaderIsolated: Scenario = {
  name: 'leader-isolated',
  sentence:
    'The leader is cut off from the other members, but not from its clients; the others elect a new one, then the cut heals.',
  members: 5,
  clients: 5,
  durationMs: 30_000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(1500, 4000);
      const old = yield* story.untilLeader();
      if (old === 0) continue;
      story.note(`cutting off the leader n${old}`);
      story.isolate(old);
      const elected = yield* story.untilLeader(8000, old);
      if (elected !== 0) story.reached(electedMeanwhile);
      yield* story.sleepBetween(500, 2500);
      story.heal();
      const obeyed = yield* story.until(() => story.leader() !== 0 && !story.believesToLead(old), 3000);
      if (obeyed && elected !== 0) story.reached(steppedDown);
    }
  },
  sometimes: [{ goal: electedMeanwhile }, { goal: steppedDown }],
};
