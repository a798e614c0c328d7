import type { Scenario } from '../../sim/scenario.ts';
import { judgeNamespace, namespaceFacts, namespaceWorkload } from '../workloads/recipes_namespace.ts';
import { recipeTroubles, troubleWords } from '../workloads/recipes_troubles.ts';

export const recipeNamespace: Scenario = {
  name: 'recipe-namespace',
  sentence: `Two tenants with neighbouring prefixes read, write and delete what for them are all keys, ${troubleWords}; neither ever meets the other.`,
  members: 3,
  clients: 4,
  durationMs: 15_000,
  workload: namespaceWorkload(),
  nemesis: recipeTroubles,
  sometimes: [
    {
      goal: 'a tenant removed ranges without end',
      when: (_, observed) => namespaceFacts(observed).removed > 20,
    },
    {
      goal: 'five hundred pairs were looked at',
      when: (_, observed) => namespaceFacts(observed).pairs > 500,
    },
  ],
  judge: judgeNamespace,
};
