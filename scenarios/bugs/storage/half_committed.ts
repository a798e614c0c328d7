import type { Scenario } from '../../../sim/scenario.ts';
import { pickFollower, restartWhenEnded, writer } from './moments.ts';

/** A follower loses power at this place of a commit of its database, and starts again. */
export function halfCommitted(name: string, site: 'beforeSyncDataPages' | 'beforeSyncMetaPage'): Scenario {
  return {
    name,
    sentence: 'A follower loses power in the middle of a commit of its database.',
    members: 3,
    clients: 1,
    durationMs: 4500,
    workload: writer('a', 10),
    *nemesis(story) {
      const victim = yield* pickFollower(story);
      story.failpoint(victim, site);
      yield* restartWhenEnded(story, victim);
    },
    sometimes: [],
  };
}
