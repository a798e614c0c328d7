import type { BugScript } from './bug_script.ts';
import { checkpointsEnd } from './lease/checkpoints_end.ts';
import { deposedLeaderRevokes } from './lease/deposed_leader_revokes.ts';
import { renewsBeforeApply } from './lease/renews_before_apply.ts';
import { renewsDeadLease } from './lease/renews_dead_lease.ts';
import { revokesInMapOrder } from './lease/revokes_in_map_order.ts';
import { revokesLastOfBatch } from './lease/revokes_last_of_batch.ts';

export const leaseScripts: readonly BugScript[] = [
  deposedLeaderRevokes,
  renewsBeforeApply,
  renewsDeadLease,
  checkpointsEnd,
  revokesInMapOrder,
  revokesLastOfBatch,
];
