import type { Scenario } from '../../sim/scenario.ts';
import { configFacts, configWorkload, judgeConfig } from '../workloads/recipes_config.ts';
import { recipeTroubles, troubleWords } from '../workloads/recipes_troubles.ts';

export const recipeConfig: Scenario = {
  name: 'recipe-config',
  sentence: `A configuration changes all the time and its history is compacted away, ${troubleWords}; whoever follows it ends with the last.`,
  members: 3,
  clients: 4,
  durationMs: 20_000,
  workload: configWorkload(),
  nemesis: recipeTroubles,
  sometimes: [
    {
      goal: 'a follower’s place in the history was compacted, and it read all again',
      when: (_, observed) => configFacts(observed).readAgain > 0,
    },
    { goal: 'it was followed to the end', when: (_, observed) => observed.woundDown },
  ],
  windDownMs: 40_000,
  judge: judgeConfig,
};
