import type { Scenario } from '../../sim/scenario.ts';
import { judgeMetadata, metadataFacts, metadataWorkload } from '../workloads/recipes_metadata.ts';
import { recipeTroubles, troubleWords } from '../workloads/recipes_troubles.ts';

export const recipeSelfMetadata: Scenario = {
  name: 'recipe-self-metadata',
  sentence: `Machines move between nodes and are told about themselves by the address they ask from, ${troubleWords}; none is told about another.`,
  members: 3,
  clients: 4,
  durationMs: 20_000,
  workload: metadataWorkload(),
  nemesis: recipeTroubles,
  sometimes: [
    {
      goal: 'a server’s place in the history was compacted, and it read all again',
      when: (_, observed) => metadataFacts(observed).readAgain > 0,
    },
    { goal: 'all servers came to the end', when: (_, observed) => observed.woundDown },
  ],
  windDownMs: 30_000,
  judge: judgeMetadata,
};
