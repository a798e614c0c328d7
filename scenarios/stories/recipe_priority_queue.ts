import type { Scenario } from '../../sim/scenario.ts';
import { judgePriorityQueue, priorityQueue, queueFacts, queueWorkload } from '../workloads/recipes_queue.ts';
import { recipeTroubles, troubleWords } from '../workloads/recipes_troubles.ts';

export const recipePriorityQueue: Scenario = {
  name: 'recipe-priority-queue',
  sentence: `Two clients put more and less urgent items into a queue and two take the most urgent out, ${troubleWords}.`,
  members: 3,
  clients: 4,
  durationMs: 25_000,
  workload: queueWorkload(priorityQueue),
  nemesis: recipeTroubles,
  sometimes: [
    { goal: 'fifty items were taken', when: (_, observed) => queueFacts(observed).taken >= 50 },
    { goal: 'the queue was emptied in the end', when: (_, observed) => observed.woundDown },
  ],
  windDownMs: 60_000,
  judge: judgePriorityQueue,
};
