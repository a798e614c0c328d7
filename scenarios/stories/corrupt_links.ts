import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const ledOn = 'a leader led on while the links corrupted messages';

export const corruptLinks: Scenario = {
  name: 'corrupt-links',
  sentence:
    'Bits flip on the way between members and between clients and members: checksums notice, connections are reset, and nobody is told anything wrong.',
  members: 3,
  clients: 4,
  durationMs: 20_000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    const clients = Array.from({ length: story.clientCount }, (_, i) => story.endpointOfClient(i + 1));
    yield* story.untilLeader();
    for (;;) {
      const leader = story.leader();
      const corruptPer10k = story.random.pick([50, 200, 600]);
      story.link(story.members, story.members, { corruptPer10k, delayMeanMs: story.random.between(1, 15) });
      if (story.random.chance(1, 2)) {
        story.link(clients, story.members, { corruptPer10k });
        story.link(story.members, clients, { corruptPer10k });
      }
      yield* story.sleepBetween(1000, 3000);
      if (leader !== 0 && story.leader() === leader) story.reached(ledOn);
      story.link([...story.members, ...clients], [...story.members, ...clients], {});
      yield* story.sleepBetween(200, 1000);
    }
  },
  sometimes: [
    { goal: ledOn },
    {
      goal: 'a message arrived with a flipped bit, and was refused',
      when: (facts) => facts.corruptFrames > 0,
    },
    { goal: 'what was behind it was lost with the connection', when: (facts) => facts.resetDrops > 0 },
  ],
};
