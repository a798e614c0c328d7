import type { Story } from '../../../sim/faults/story.ts';
import type { Script } from '../../../sim/script.ts';
import { readyMs } from './users.ts';

/** Time for the backend's commit of what was applied last, which comes every 100 ms. */
const committedMs = 500;
export const restartedMs = readyMs + committedMs + 1500;

/** A follower, other than the one that the client talks to, starts again from its disk. */
export function* restartFollower(story: Story): Script {
  yield* story.sleep(readyMs + committedMs);
  const [follower = 0] = story.followers().filter((member) => member !== 1);
  yield* story.bounce(follower, 200, 'drop');
}
