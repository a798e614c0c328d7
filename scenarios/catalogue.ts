import type { Scenario } from '../sim/scenario.ts';
import { bugScripts } from './bugs/scripts.ts';
import { emptyCluster } from './lessons/empty_cluster.ts';
import { lessonScenarios } from './lessons/lessons.ts';
import { allAlone } from './stories/all_alone.ts';
import { authChurn } from './stories/auth_churn.ts';
import { authTrespass } from './stories/auth_trespass.ts';
import { bitRot } from './stories/bit_rot.ts';
import { calmChanges } from './stories/calm_changes.ts';
import { calmDays } from './stories/calm_days.ts';
import { cleaningUp } from './stories/cleaning_up.ts';
import { compactionStorm } from './stories/compaction_storm.ts';
import { crashStorm } from './stories/crash_storm.ts';
import { defragStorm } from './stories/defrag_storm.ts';
import { diskSwarm } from './stories/disk_swarm.ts';
import { everythingAtOnce } from './stories/everything_at_once.ts';
import { failpointSwarm } from './stories/failpoint_swarm.ts';
import { fsyncErrors } from './stories/fsync_errors.ts';
import { fullDisk } from './stories/full_disk.ts';
import { hastyChanges } from './stories/hasty_changes.ts';
import { hotKeys } from './stories/hot_keys.ts';
import { laggingFollowers } from './stories/lagging_followers.ts';
import { hungLeader } from './stories/hung_leader.ts';
import { leaderIsolated } from './stories/leader_isolated.ts';
import { leaderTransfer } from './stories/leader_transfer.ts';
import { leaseHandOvers } from './stories/lease_handovers.ts';
import { leaseHoldersStory } from './stories/lease_holders.ts';
import { longWayBack } from './stories/long_way_back.ts';
import { lossyNetwork } from './stories/lossy_network.ts';
import { lyingFsync } from './stories/lying_fsync.ts';
import { lyingMajority } from './stories/lying_majority.ts';
import { majorityCrash } from './stories/majority_crash.ts';
import { membershipChurn } from './stories/membership_churn.ts';
import { minorityPartition } from './stories/minority_partition.ts';
import { multiKeyTxnsStory } from './stories/multi_key_txns.ts';
import { oneEntryAtATime } from './stories/one_entry_at_a_time.ts';
import { oneWayLink } from './stories/one_way_link.ts';
import { oneKindOfMessage } from './stories/one_kind_of_message.ts';
import { openLoop } from './stories/open_loop.ts';
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
import { replacedMachines } from './stories/replaced_machines.ts';
import { returningMachines } from './stories/returning_machines.ts';
import { rollingRestart } from './stories/rolling_restart.ts';
import { slowApply } from './stories/slow_apply.ts';
import { slowDisk } from './stories/slow_disk.ts';
import { slowReaders } from './stories/slow_readers.ts';
import { splitVote } from './stories/split_vote.ts';
import { stalledDisk } from './stories/stalled_disk.ts';
import { swappedDisks } from './stories/swapped_disks.ts';
import { v2Keys } from './stories/v2_keys.ts';
import { v2Watches } from './stories/v2_watches.ts';
import { watchBehindSnapshots } from './stories/watch_behind_snapshots.ts';
import { clockDrift } from './stories/clock_drift.ts';
import { clockSteps } from './stories/clock_steps.ts';
import { unevenLinks } from './stories/uneven_links.ts';
import { corruptLinks } from './stories/corrupt_links.ts';
import { swizzle } from './stories/swizzle.ts';
import { oddPartitions } from './stories/odd_partitions.ts';
import { rollingUpgrade } from './stories/rolling_upgrade.ts';
import { clientPartitions } from './stories/client_partitions.ts';
import { leaderHunt } from './stories/leader_hunt.ts';

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
  hotKeys,
  laggingFollowers,
  openLoop,
  multiKeyTxnsStory,
  failpointSwarm,
  slowReaders,
  cleaningUp,
  authTrespass,
  leaseHandOvers,
  hungLeader,
  slowApply,
  clockDrift,
  clockSteps,
  unevenLinks,
  corruptLinks,
  swizzle,
  oddPartitions,
  rollingUpgrade,
  clientPartitions,
  leaderHunt,
  defragStorm,
  allAlone,
  calmChanges,
  hastyChanges,
  oneEntryAtATime,
  replacedMachines,
  oneKindOfMessage,
  returningMachines,
  v2Keys,
  v2Watches,
];

/** What is found by its name alone: lessons' small stories, an empty cluster, the scripts of planted bugs. */
export const unlisted: readonly Scenario[] = [
  ...lessonScenarios,
  emptyCluster,
  ...bugScripts.map(({ scenario }) => scenario),
];

/** By name: one of the catalogue, or one that is not listed there. */
export function findScenario(name: string): Scenario | undefined {
  return [...catalogue, ...unlisted].find((scenario) => scenario.name === name);
}
