import type { Scenario } from '../../sim/scenario.ts';
import { fifoQueue, judgeQueue, queueFacts, queueWorkload } from '../workloads/recipes_queue.ts';
import { recipeTroubles, troubleWords } from '../workloads/recipes_troubles.ts';

export const recipeQueue: Scenario = {
  name: 'recipe-queue',
  sentence: `Two clients fill a queue and two empty it, ${troubleWords}; consumers crash with an item in their hands and come back.`,
  members: 3,
  clients: 4,
  durationMs: 25_000,
  workload: queueWorkload(fifoQueue),
  nemesis: recipeTroubles,
  sometimes: [
    {
      goal: 'a consumer came back and was given what it had taken',
      when: (_, observed) => queueFacts(observed).toldAgain > 0,
    },
    { goal: 'the queue was emptied in the end', when: (_, observed) => observed.woundDown },
  ],
  windDownMs: 60_000,
  judge: judgeQueue,
};
