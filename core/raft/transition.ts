/** Changes of role: what a node forgets and what it starts with. */
import { assert } from '../base/assert.ts';
import { noNode, type NodeId } from '../base/ids.ts';
import { lastIndex } from './log/raft_log.ts';
import { logRole } from './log_lines.ts';
import { becomeReplicate, resetProgress } from './progress.ts';
import { leaderOf, type Raft } from './raft.ts';
import type { Leader } from './role.ts';

/**
 * A new term has no vote yet; timers start anew with a fresh random timeout, so that split votes end (Raft
 * paper, 5.2).
 */
function enterTerm(raft: Raft, term: number): void {
  if (raft.term !== term) {
    raft.term = term;
    raft.vote = noNode;
  }
  raft.electionElapsed = 0;
  raft.heartbeatElapsed = 0;
  const { electionTicks, random } = raft.settings;
  raft.randomizedElectionTimeout = electionTicks + random.below(electionTicks);
}

export function becomeFollower(raft: Raft, term: number, leader: NodeId): void {
  enterTerm(raft, term);
  raft.role = { kind: 'follower', leader };
  logRole(raft, 'follower');
}

/** Only asks: neither term, vote nor timers change, so that a node that can't win disturbs nobody. */
export function becomePreCandidate(raft: Raft): void {
  assert(raft.role.kind !== 'leader', 'invalid transition [leader -> pre-candidate]');
  raft.role = { kind: 'preCandidate', votes: new Map() };
  logRole(raft, 'pre-candidate');
}

export function becomeCandidate(raft: Raft): void {
  assert(raft.role.kind !== 'leader', 'invalid transition [leader -> candidate]');
  enterTerm(raft, raft.term + 1);
  raft.vote = raft.id;
  raft.role = { kind: 'candidate', votes: new Map() };
  logRole(raft, 'candidate');
}

/**
 * The caller appends the term's first entry: until it commits, nothing of earlier terms may be counted
 * (5.4.2).
 */
export function becomeLeader(raft: Raft): Leader {
  assert(raft.role.kind !== 'follower', 'invalid transition [follower -> leader]');
  enterTerm(raft, raft.term);
  const last = lastIndex(raft.raftLog);
  for (const progress of raft.progress.values()) {
    resetProgress(progress, progress.id === raft.id ? last : 0, last + 1);
  }
  const own = raft.progress.get(raft.id);
  assert(own !== undefined, 'a leader is part of its configuration');
  becomeReplicate(own);
  own.recentActive = true;
  const leader: Leader = {
    kind: 'leader',
    transferee: noNode,
    // There may be a conf change in the part of the log that is not applied: wait for all of it rather than
    // search.
    pendingConfIndex: raft.settings.bugs.has('new-leader-forgets-conf-change') ? 0 : last,
    uncommittedBytes: 0,
    readSequence: 0,
    reads: [],
    earlyReads: [],
  };
  raft.role = leader;
  return leader;
}

/** Follows whoever proved to be the term's leader, and hears of it now. */
export function followLeader(raft: Raft, leader: NodeId): void {
  raft.electionElapsed = 0;
  if (leaderOf(raft) !== leader) raft.role = { kind: 'follower', leader };
}
