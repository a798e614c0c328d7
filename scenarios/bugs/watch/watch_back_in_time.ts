import type { BugScript } from '../bug_script.ts';
import { behindSnapshot } from './behind_a_snapshot.ts';

export const watchBackInTime: BugScript = {
  bug: 'watch-back-in-time',
  schedule: [
    'A client watches at each of three members from now on, and another one writes.',
    'A follower is cut off from the other members, while its client goes on listening.',
    'When the others have thrown away the log that it lacks, it comes back by a snapshot.',
    'Its watcher must go on behind the last event that it was sent.',
  ],
  scenario: behindSnapshot(
    'bug-watch-back-in-time',
    'A follower with a watcher that is up to date comes back by a snapshot.',
  ),
  seed: '1',
  hunt: ['slow-readers'],
};
