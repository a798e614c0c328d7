import type { Scenario } from '../../sim/scenario.ts';
import { electionFacts, electionWorkload, judgeElection } from '../workloads/recipes_election.ts';
import { recipeTroubles, troubleWords } from '../workloads/recipes_troubles.ts';

export const recipeElection: Scenario = {
  name: 'recipe-election',
  sentence: `Clients campaign, lead, proclaim and resign, and one watches who leads, ${troubleWords}; some leaders sleep through their lease and proclaim all the same.`,
  members: 3,
  clients: 4,
  durationMs: 30_000,
  workload: electionWorkload(),
  nemesis: recipeTroubles,
  sometimes: [
    {
      goal: 'two believed to lead at the same time',
      when: (_, observed) => electionFacts(observed).overlaps > 0,
    },
    {
      goal: 'a leader of the past could not proclaim',
      when: (_, observed) => electionFacts(observed).refused > 0,
    },
  ],
  judge: judgeElection,
};
