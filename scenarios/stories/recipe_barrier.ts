import type { Scenario } from '../../sim/scenario.ts';
import { barrierFacts, barrierWorkload, judgeBarrier } from '../workloads/recipes_barrier.ts';
import { recipeTroubles, troubleWords } from '../workloads/recipes_troubles.ts';

export const recipeBarrier: Scenario = {
  name: 'recipe-barrier',
  sentence: `Three clients work in rounds that all begin and all end together, behind a gate that a fourth opens and closes, ${troubleWords}; some die while they wait, and come again.`,
  members: 3,
  clients: 4,
  durationMs: 30_000,
  workload: barrierWorkload(),
  nemesis: recipeTroubles,
  sometimes: [
    { goal: 'five rounds were finished', when: (_, observed) => barrierFacts(observed).rounds >= 5 },
    {
      goal: 'a participant died waiting, came again, and its round was finished',
      when: (_, observed) => barrierFacts(observed).cameAgain > 0,
    },
  ],
  judge: judgeBarrier,
};
