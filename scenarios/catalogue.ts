import type { Scenario } from '../sim/scenario.ts';
import { bugScripts } from './bugs/scripts.ts';
import { authChurn } from './stories/auth_churn.ts';
import { bitRot } from './stories/bit_rot.ts';
import { calmDays } from './stories/calm_days.ts';
import { compactionStorm } from './stories/compaction_storm.ts';
import { crashStorm } from './stories/crash_storm.ts';
import { diskSwarm } from './stories/disk_swarm.ts';
import { everythingAtOnce } from './stories/everything_at_once.ts';
import { fsyncErrors } from './stories/fsync_errors.ts';
import { fullDisk } from './stories/full_disk.ts';
import { leaderIsolated } from './stories/leader_isolated.ts';
import { leaderTransfer } from './stories/leader_transfer.ts';
import { leaseHoldersStory } from './stories/lease_holders.ts';
import { longWayBack } from './stories/long_way_back.ts';
import { lossyNetwork } from './stories/lossy_network.ts';
import { lyingFsync } from './stories/lying_fsync.ts';
import { lyingMajority } from './stories/lying_majority.ts';
import { majorityCrash } from './stories/majority_crash.ts';
import { membershipChurn } from './stories/membership_churn.ts';
import { minorityPartition } from './stories/minority_partition.ts';
import { oneWayLink } from './stories/one_way_link.ts';
import { pausedLeader } from './stories/paused_leader.ts';
import { powerFailure } from './stories/power_failure.ts';
import { quota } from './stories/quota.ts';
import { recipeBarrier } from './stories/recipe_barrier.ts';
import { recipeConfig } from './stories/recipe_config.ts';
import { recipeDiscovery } from './stories/recipe_discovery.ts';
import { recipeElection } from './stories/recipe_election.ts';
import { recipeLock } from './stories/recipe_lock.ts';
import { recipeMirror } from './stories/recipe_mirror.ts';
import { recipeNamespace } from './stories/recipe_namespace.ts';
import { recipePriorityQueue } from './stories/recipe_priority_queue.ts';
import { recipeQueue } from './stories/recipe_queue.ts';
import { recipeSelfMetadata } from './stories/recipe_self_metadata.ts';
import { recipeStm } from './stories/recipe_stm.ts';
import { rollingRestart } from './stories/rolling_restart.ts';
import { slowDisk } from './stories/slow_disk.ts';
import { splitVote } from './stories/split_vote.ts';
import { stalledDisk } from './stories/stalled_disk.ts';
import { swappedDisks } from './stories/swapped_disks.ts';
import { watchBehindSnapshots } from './stories/watch_behind_snapshots.ts';

/** Every scenario that `detcd` knows, in the order it lists them. */
export const catalogue: readonly Scenario[] = [
  calmDays,
  leaderIsolated,
  splitVote,
  minorityPartition,
  majorityCrash,
  powerFailure,
  oneWayLink,
  rollingRestart,
  lossyNetwork,
  longWayBack,
  pausedLeader,
  crashStorm,
  fullDisk,
  fsyncErrors,
  bitRot,
  slowDisk,
  stalledDisk,
  swappedDisks,
  lyingFsync,
  lyingMajority,
  diskSwarm,
  everythingAtOnce,
  recipeLock,
  recipeElection,
  recipeBarrier,
  recipeQueue,
  recipePriorityQueue,
  recipeStm,
  recipeNamespace,
  recipeDiscovery,
  recipeConfig,
  recipeSelfMetadata,
  recipeMirror,
  membershipChurn,
  leaderTransfer,
  leaseHoldersStory,
  watchBehindSnapshots,
  compactionStorm,
  quota,
  authChurn,
];

/** By name: one of the catalogue, or the script of a planted bug. */
export function findScenario(name: string): Scenario | undefined {
  const listed = catalogue.find((scenario) => scenario.name === name);
  return listed ?? bugScripts.find(({ scenario }) => scenario.name === name)?.scenario;
}
