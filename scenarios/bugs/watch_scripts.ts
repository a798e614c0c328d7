import type { BugScript } from './bug_script.ts';
import { compactionDropsTombstone } from './watch/compaction_drops_tombstone.ts';
import { compactionForgetsRevision } from './watch/compaction_forgets_revision.ts';
import { restartForgetsTombstone } from './watch/restart_forgets_tombstone.ts';
import { watchBackInTime } from './watch/watch_back_in_time.ts';
import { watchFutureRewound } from './watch/watch_future_rewound.ts';
import { watchNegativeStart } from './watch/watch_negative_start.ts';
import { watchProgressOvertakes } from './watch/watch_progress_overtakes.ts';
import { watchSkipsStarved } from './watch/watch_skips_starved.ts';

export const watchScripts: readonly BugScript[] = [
  watchProgressOvertakes,
  watchBackInTime,
  watchSkipsStarved,
  compactionForgetsRevision,
  compactionDropsTombstone,
  restartForgetsTombstone,
  watchFutureRewound,
  watchNegativeStart,
];
