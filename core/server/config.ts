import type { NodeId } from '../base/ids.ts';
import { type BugSwitches, noBugs } from '../bugs.ts';
import { electionTicks, heartbeatIntervalMs } from '../limits.ts';

export interface MemberConfig {
  readonly id: NodeId;
  readonly clusterId: number;
  /** Every member of the cluster at its first start, this one included. */
  readonly initialMembers: readonly NodeId[];
  readonly heartbeatIntervalMs: number;
  readonly electionTicks: number;
  readonly bugs: BugSwitches;
}

export const memberDefaults = { heartbeatIntervalMs, electionTicks, bugs: noBugs } as const;
