import type { Scenario } from '../../sim/scenario.ts';
import { expectingAnswers, judgeAnswers } from '../workloads/answers.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const grown = 'a machine became a voter';
const alone = 'a cluster of two became one of one';
const nsPerMs = 1_000_000;

export const calmChanges: Scenario = {
  name: 'calm-changes',
  sentence: 'Machines join and leave a small cluster that one client uses at leisure; nothing ever fails.',
  members: 1,
  spares: 5,
  clients: 1,
  durationMs: 40_000,
  // Members that are far from each other: a change takes as long as a request of the client's.
  links: { delayMinNs: 20 * nsPerMs, delayMeanNs: 5 * nsPerMs },
  workload: expectingAnswers(registers({ ...mixedRegisters, pauseMeanMs: 100 })),
  *nemesis(story) {
    // Clients talk to these: they stay, or a client whose member left would wait until it had found another.
    const founders = story.members;
    yield* story.untilLeader();
    for (;;) {
      // Changes are taken only when all voters have been connected for 5 s.
      yield* story.sleepBetween(5500, 7000);
      const [spare] = story.spares;
      const guests = story.followers().filter((member) => !founders.includes(member));
      const [follower] = story.some(1, guests);
      const isSmall = story.members.length < founders.length + 2;
      const grows = follower === undefined || (isSmall && story.random.chance(1, 3));
      if (grows && spare !== undefined) {
        if ((yield* story.addMember(spare)) === 'ok') story.reached(grown);
      } else if (follower !== undefined) {
        const removed = yield* story.admin('removeMember', follower, story.leader());
        if (removed === 'ok' && story.members.length === 1) story.reached(alone);
      }
    }
  },
  sometimes: [{ goal: grown }, { goal: alone }],
  judge: judgeAnswers,
};
