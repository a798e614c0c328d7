import { noNode } from '../base/ids.ts';
import { startCampaign } from './election.ts';
import { broadcastHeartbeat } from './heartbeat.ts';
import { checkQuorum } from './leader.ts';
import { asLeader, isPromotable, type Raft } from './raft.ts';

/** One unit of the node's own time has passed. */
export function tick(raft: Raft): void {
  if (raft.role.kind === 'leader') tickLeader(raft);
  else tickElection(raft);
}

function tickElection(raft: Raft): void {
  raft.electionElapsed++;
  if (raft.electionElapsed < raft.randomizedElectionTimeout || !isPromotable(raft)) return;
  raft.electionElapsed = 0;
  startCampaign(raft, raft.settings.preVote ? 'preElection' : 'election');
}

function tickLeader(raft: Raft): void {
  const { electionTicks, heartbeatTicks } = raft.settings;
  raft.heartbeatElapsed++;
  raft.electionElapsed++;
  if (raft.electionElapsed >= electionTicks) {
    raft.electionElapsed = 0;
    if (raft.settings.checkQuorum) checkQuorum(raft);
    // A transfer that takes this long has failed: take proposals again.
    const leader = asLeader(raft);
    if (leader !== null) leader.transferee = noNode;
  }
  const leader = asLeader(raft);
  if (leader === null || raft.heartbeatElapsed < heartbeatTicks) return;
  raft.heartbeatElapsed = 0;
  broadcastHeartbeat(raft, leader);
}
