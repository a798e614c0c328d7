import type { Scenario } from '../../sim/scenario.ts';
import { calmWriters, visibleLinks } from './steps.ts';

function cutOffFollower(preVote: boolean): Scenario {
  const what = preVote ? 'asks before it stands for election' : 'stands for election without asking';
  return {
    name: preVote ? 'lesson-prevote-on' : 'lesson-prevote-off',
    sentence: `A follower is cut off, ${what}, and comes back.`,
    members: 3,
    clients: 2,
    durationMs: 11_000,
    links: visibleLinks,
    member: { preVote },
    workload: calmWriters(300),
    *nemesis(story) {
      yield* story.untilLeader();
      const [follower = 1] = story.followers();
      yield* story.sleep(1000);
      story.isolate(follower);
      yield* story.sleep(5000);
      story.heal();
    },
    sometimes: [],
  };
}

export const lessonPreVoteOff = cutOffFollower(false);
export const lessonPreVoteOn = cutOffFollower(true);
