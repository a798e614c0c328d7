import type { BugScript } from '../bug_script.ts';
import { behindSnapshot } from './behind_a_snapshot.ts';

/** More than the writer gets to. */
const farRevision = 10_000;

export const watchFutureRewound: BugScript = {
  bug: 'watch-future-rewound',
  schedule: [
    `A client watches at each of three members from revision ${farRevision} on, which is far away, and another one writes.`,
    'A follower is cut off from the other members until only a snapshot can bring it back.',
    'Its watcher must go on waiting.',
  ],
  scenario: behindSnapshot(
    'bug-watch-future-rewound',
    'A follower with a watcher that waits for the future comes back by a snapshot.',
    farRevision,
  ),
  seed: '1',
  hunt: ['slow-readers'],
};
