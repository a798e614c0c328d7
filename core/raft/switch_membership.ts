import { noNode } from '../base/ids.ts';
import type { ConfState } from './entry.ts';
import { logConfiguration } from './log_lines.ts';
import { toConfState, type Membership } from './membership/config.ts';
import { isVoter } from './quorum/joint.ts';
import { asLeader, type Raft } from './raft.ts';
import { commitAndBroadcast, maybeSendAppend } from './replication.ts';
import { abortTransferUnless } from './transfer.ts';
import { becomeFollower } from './transition.ts';

/** Makes a membership the node's own, and as a leader draws the consequences. */
export function switchMembership(raft: Raft, membership: Membership): ConfState {
  raft.config = membership.config;
  raft.progress = membership.progress;
  logConfiguration(raft);
  const state = toConfState(raft.config);
  const own = raft.progress.get(raft.id);
  raft.isLearner = own !== undefined && own.isLearner;
  const leader = asLeader(raft);
  if (leader === null) return state;
  if (own === undefined || own.isLearner) {
    // A leader that is no voter may go on until others take over (Raft thesis 4.2.2), or step down at once.
    if (raft.settings.stepDownOnRemoval) becomeFollower(raft, raft.term, noNode);
    return state;
  }
  if (state.voters.length === 0) return state;
  // Fewer voters may mean that more is committed.
  if (raft.settings.bugs.has('removal-commits-nothing') || !commitAndBroadcast(raft, leader)) {
    // New members need not wait for the next proposal or heartbeat.
    for (const progress of raft.progress.values()) {
      if (progress.id !== raft.id) maybeSendAppend(raft, progress, false);
    }
  }
  abortTransferUnless(leader, (id) => isVoter(raft.config, id));
  return state;
}
