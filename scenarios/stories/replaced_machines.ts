import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const replaced = 'a machine took the place of one that was lost';
const refused = 'a machine was added too late: the cluster was not healthy any more';

export const replacedMachines: Scenario = {
  name: 'replaced-machines',
  sentence:
    'One member after another is lost for good; a new machine with an empty disk is added at its address, and only then the lost one is removed.',
  members: 3,
  spares: 3,
  sparesTakeOver: true,
  clients: 4,
  durationMs: 40_000,
  member: { snapshotCount: 100, catchUpEntries: 20, messageBytesMax: 2000 },
  workload: registers(mixedRegisters),
  *nemesis(story) {
    yield* story.untilLeader();
    for (const lost of story.random.shuffle([...story.members])) {
      // Members are added only when all have been connected for 5 s.
      yield* story.sleepBetween(6000, 8000);
      story.crash(lost);
      yield* story.sleepBetween(0, 3500);
      yield* story.untilLeader(5000, lost);
      const others = story.others(lost);
      const answer = yield* story.addMember(3 + lost, 'addMember');
      if (answer !== 'ok') {
        story.reached(refused);
        story.restart(lost);
        continue;
      }
      yield* story.sleepBetween(0, 1000);
      if ((yield* story.admin('removeMember', lost, story.random.pick(others))) === 'ok')
        story.reached(replaced);
    }
  },
  sometimes: [{ goal: replaced }, { goal: refused }],
};
