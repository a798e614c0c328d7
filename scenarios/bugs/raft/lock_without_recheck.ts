import type { Scenario } from '../../../sim/scenario.ts';
import { judgeLock, lockWorkload } from '../../workloads/recipes_lock.ts';

const nsPerMs = 1_000_000;

export const lockWithoutRecheck: Scenario = {
  name: 'bug-lock-without-recheck',
  sentence:
    'Clients take turns with a lock; one is cut off while it asks whether anybody is before it, until its own lease has ended.',
  members: 3,
  clients: 3,
  durationMs: 9000,
  links: { delayMinNs: 60 * nsPerMs, delayMeanNs: 0 },
  workload: lockWorkload(),
  *nemesis(story) {
    yield* story.untilLeader();
    yield* story.sleep(2000);
    story.cutOffClient(1);
    yield* story.sleep(4000);
    story.heal();
  },
  sometimes: [],
  judge: judgeLock,
};
