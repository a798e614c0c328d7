import type { Scenario } from '../../sim/scenario.ts';
import { bankFacts, bankWorkload, judgeBank } from '../workloads/recipes_bank.ts';
import { recipeTroubles, troubleWords } from '../workloads/recipes_troubles.ts';

export const recipeStm: Scenario = {
  name: 'recipe-stm',
  sentence: `Clients move money between five accounts in transactions of memory, ${troubleWords}; the sum stays what it was.`,
  members: 3,
  clients: 5,
  durationMs: 20_000,
  workload: bankWorkload(),
  nemesis: recipeTroubles,
  sometimes: [
    {
      goal: 'transactions conflicted and were done again',
      when: (_, observed) => bankFacts(observed).conflicts > 0,
    },
    {
      goal: 'a client did not learn whether its transaction was done',
      when: (facts) => facts.unknownOperations > 0,
    },
  ],
  judge: judgeBank,
};
