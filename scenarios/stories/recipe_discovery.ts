import type { Scenario } from '../../sim/scenario.ts';
import { discoveryFacts, discoveryWorkload, judgeDiscovery } from '../workloads/recipes_discovery.ts';
import { recipeTroubles, troubleWords } from '../workloads/recipes_troubles.ts';

export const recipeDiscovery: Scenario = {
  name: 'recipe-discovery',
  sentence: `Instances of a service come, live, leave and crash, and others keep a list of those that are there, ${troubleWords}.`,
  members: 3,
  clients: 4,
  durationMs: 20_000,
  workload: discoveryWorkload(),
  nemesis: recipeTroubles,
  sometimes: [
    {
      goal: 'three instances that crashed were seen to leave the list',
      when: (_, observed) => discoveryFacts(observed).expired >= 3,
    },
    { goal: 'the lists were followed to the end', when: (_, observed) => observed.woundDown },
  ],
  windDownMs: 40_000,
  judge: judgeDiscovery,
};
