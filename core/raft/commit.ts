import { commitTo, matchesTerm, termOrZero } from './log/raft_log.ts';
import { jointCommittedIndex, type JointVoters } from './quorum/joint.ts';
import type { Raft } from './raft.ts';

export function votersOf(raft: Raft): JointVoters {
  return raft.config;
}

/**
 * Commits what a quorum has, if it is of the leader's own term: an entry of an earlier term may be on a
 * majority and still be overwritten (Raft paper, 5.4.2 and figure 8). True if the commit index moved.
 */
export function maybeCommit(raft: Raft): boolean {
  const index = jointCommittedIndex(votersOf(raft), raft.progress);
  const mayCommit =
    raft.settings.bugs.has('commit-earlier-term') || matchesTerm(raft.raftLog, raft.term, index);
  if (index <= raft.raftLog.committed || !mayCommit) return false;
  commitTo(raft.raftLog, index);
  return true;
}

/** Until then a leader doesn't know what earlier leaders have committed. */
export function hasCommittedInTerm(raft: Raft): boolean {
  return termOrZero(raft.raftLog, raft.raftLog.committed) === raft.term;
}
