import type { Scenario } from '../sim/scenario.ts';
import { crashStorm } from './stories/crash_storm.ts';
import { everythingAtOnce } from './stories/everything_at_once.ts';
import { leaderIsolated } from './stories/leader_isolated.ts';
import { lossyNetwork } from './stories/lossy_network.ts';
import { majorityCrash } from './stories/majority_crash.ts';
import { minorityPartition } from './stories/minority_partition.ts';
import { oneWayLink } from './stories/one_way_link.ts';
import { pausedLeader } from './stories/paused_leader.ts';
import { powerFailure } from './stories/power_failure.ts';
import { rollingRestart } from './stories/rolling_restart.ts';
import { splitVote } from './stories/split_vote.ts';

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
  pausedLeader,
  crashStorm,
  everythingAtOnce,
];

export function findScenario(name: string): Scenario | undefined {
  return catalogue.find((scenario) => scenario.name === name);
}
