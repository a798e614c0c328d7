import type { PlantedBug } from './planted_bug.ts';
import { raftLogBugs } from './raft_log.ts';
import { raftMembershipBugs } from './raft_membership.ts';
import { raftReadBugs } from './raft_reads.ts';

/** Raft, the reads that rest on it, and what Jepsen found. */
export const raftBugs = [
  ...raftLogBugs,
  ...raftReadBugs,
  ...raftMembershipBugs,
] as const satisfies readonly PlantedBug[];
