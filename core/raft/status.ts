import type { NodeId } from '../base/ids.ts';
import { lastIndex } from './log/raft_log.ts';
import type { Configuration } from './membership/config.ts';
import type { Progress } from './progress.ts';
import { leaderOf, type Raft } from './raft.ts';
import type { RoleName } from './role.ts';

/** A snapshot of a node for people and checkers. */
export interface Status {
  readonly id: NodeId;
  readonly term: number;
  readonly vote: NodeId;
  readonly role: RoleName;
  /** 0 if unknown. */
  readonly leader: NodeId;
  /** 0 outside of a leadership transfer. */
  readonly transferee: NodeId;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly lastIndex: number;
  readonly config: Configuration;
  /** Ascending by id; empty unless the node leads. Copies. */
  readonly progress: readonly Progress[];
}

export function statusOf(raft: Raft): Status {
  const { role } = raft;
  const isLeader = role.kind === 'leader';
  return {
    id: raft.id,
    term: raft.term,
    vote: raft.vote,
    role: role.kind,
    leader: leaderOf(raft),
    transferee: isLeader ? role.transferee : (0 as NodeId),
    commitIndex: raft.raftLog.committed,
    appliedIndex: raft.raftLog.applied,
    lastIndex: lastIndex(raft.raftLog),
    config: raft.config,
    progress: isLeader
      ? [...raft.progress.values()].map((one) => ({ ...one, inflights: { ...one.inflights } }))
      : [],
  };
}
