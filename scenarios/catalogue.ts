import type { Scenario } from '../sim/scenario.ts';
import { bitRot } from './stories/bit_rot.ts';
import { crashStorm } from './stories/crash_storm.ts';
import { diskSwarm } from './stories/disk_swarm.ts';
import { everythingAtOnce } from './stories/everything_at_once.ts';
import { fsyncErrors } from './stories/fsync_errors.ts';
import { fullDisk } from './stories/full_disk.ts';
import { leaderIsolated } from './stories/leader_isolated.ts';
import { longWayBack } from './stories/long_way_back.ts';
import { lossyNetwork } from './stories/lossy_network.ts';
import { lyingFsync } from './stories/lying_fsync.ts';
import { lyingMajority } from './stories/lying_majority.ts';
import { majorityCrash } from './stories/majority_crash.ts';
import { minorityPartition } from './stories/minority_partition.ts';
import { oneWayLink } from './stories/one_way_link.ts';
import { pausedLeader } from './stories/paused_leader.ts';
import { powerFailure } from './stories/power_failure.ts';
import { rollingRestart } from './stories/rolling_restart.ts';
import { slowDisk } from './stories/slow_disk.ts';
import { splitVote } from './stories/split_vote.ts';
import { stalledDisk } from './stories/stalled_disk.ts';
import { swappedDisks } from './stories/swapped_disks.ts';

/** Every scenario that `detcd` knows, in the order it lists them. */
export const catalogue: readonly Scenario[] = [
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
];

export function findScenario(name: string): Scenario | undefined {
  return catalogue.find((scenario) => scenario.name === name);
}
