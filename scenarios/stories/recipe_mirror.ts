import type { Scenario } from '../../sim/scenario.ts';
import { judgeMirror, mirrorFacts, mirrorWorkload } from '../workloads/recipes_mirror.ts';
import { recipeTroubles, troubleWords } from '../workloads/recipes_troubles.ts';

export const recipeMirror: Scenario = {
  name: 'recipe-mirror',
  sentence: `Two clients copy the same keys, crash and overtake each other, while a third writes and compacts, ${troubleWords}; the copy is always what the source was.`,
  members: 3,
  clients: 4,
  durationMs: 20_000,
  workload: mirrorWorkload(),
  nemesis: recipeTroubles,
  sometimes: [
    {
      goal: 'one that copied was overtaken, and gave up',
      when: (_, observed) => mirrorFacts(observed).lost > 0,
    },
    {
      goal: 'the place in the history was compacted, and all was read again',
      when: (_, observed) => mirrorFacts(observed).readAgain > 0,
    },
    { goal: 'all came to the end', when: (_, observed) => observed.woundDown },
  ],
  windDownMs: 40_000,
  judge: judgeMirror,
};
