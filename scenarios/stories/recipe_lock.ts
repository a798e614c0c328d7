import type { Scenario } from '../../sim/scenario.ts';
import { exclusionOf, judgeLock, lockWorkload } from '../workloads/recipes_lock.ts';
import { recipeTroubles, troubleWords } from '../workloads/recipes_troubles.ts';

export const recipeLock: Scenario = {
  name: 'recipe-lock',
  sentence: `Clients take turns with a lock and write to what it protects, ${troubleWords}; some sleep through their lease and write all the same.`,
  members: 3,
  clients: 4,
  durationMs: 30_000,
  workload: lockWorkload(),
  nemesis: recipeTroubles,
  sometimes: [
    {
      goal: 'two believed to hold the lock at the same time',
      when: (_, observed) => exclusionOf(observed).overlaps > 0,
    },
    { goal: 'the fence refused a stale holder', when: (_, observed) => exclusionOf(observed).refused > 0 },
  ],
  judge: judgeLock,
};
