/**
 * Linearizable reads without writing the log (Raft thesis 6.4): note the commit index, make sure by a round
 * of heartbeats that nobody else leads, and answer with the noted index.
 */
import type { ByteString } from '../base/bytes.ts';
import { noNode, type NodeId } from '../base/ids.ts';
import { hasCommittedInTerm, votersOf } from './commit.ts';
import { broadcastHeartbeat } from './heartbeat.ts';
import { makeReadIndexResp } from './message_make.ts';
import { jointVoteResult } from './quorum/joint.ts';
import type { Raft } from './raft.ts';
import type { Leader, ReadRequest } from './role.ts';
import { send } from './send.ts';

/**
 * A read reached the leader. Before the term's first commit its commit index may lie behind an earlier
 * leader's: it waits.
 */
export function requestRead(raft: Raft, leader: Leader, request: ReadRequest): void {
  const early = raft.settings.bugs.has('read-before-commit');
  if (early || hasCommittedInTerm(raft)) startRead(raft, leader, request);
  else leader.earlyReads.push(request);
}

/** The first entry of the term is committed. */
export function releaseEarlyReads(raft: Raft, leader: Leader): void {
  for (const request of leader.earlyReads) startRead(raft, leader, request);
  leader.earlyReads.length = 0;
}

function startRead(raft: Raft, leader: Leader, request: ReadRequest): void {
  const index = raft.raftLog.committed;
  if (raft.settings.readOnlyOption === 'leaseBased' || isOnlyVoter(raft)) {
    answerRead(raft, request, index);
    return;
  }
  // A number of its own, not the request's bytes: an old answer to an equal request must not confirm this
  // one.
  const heartbeatContext = raft.settings.bugs.has('read-context-by-bytes')
    ? request.context
    : sequenceContext(++leader.readSequence);
  const acks = new Map<NodeId, boolean>([[raft.id, true]]);
  leader.reads.push({ request, index, heartbeatContext, acks });
  broadcastHeartbeat(raft, leader);
}

function isOnlyVoter(raft: Raft): boolean {
  const { voters, outgoing } = raft.config;
  return voters.length === 1 && outgoing.length === 0 && voters[0] === raft.id;
}

/** Eight bytes, big-endian; unique within the term. */
function sequenceContext(sequence: number): ByteString {
  let out = '';
  for (let scale = 2 ** 48; scale >= 1; scale /= 256) {
    out += String.fromCharCode(Math.floor(sequence / scale) % 256);
  }
  return `\0${out}` as ByteString;
}

/**
 * A follower has answered the heartbeat of a read, and so of all older ones: they were asked before it was
 * sent.
 */
export function acknowledgeRead(raft: Raft, leader: Leader, from: NodeId, context: ByteString): void {
  const { reads } = leader;
  const position = reads.findIndex((read) => read.heartbeatContext === context);
  const read = reads[position];
  if (read === undefined) return;
  read.acks.set(from, true);
  if (jointVoteResult(votersOf(raft), read.acks) !== 'won') return;
  for (const confirmed of reads.splice(0, position + 1)) {
    answerRead(raft, confirmed.request, confirmed.index);
  }
}

function answerRead(raft: Raft, request: ReadRequest, index: number): void {
  const { from, context } = request;
  if (from === noNode || from === raft.id) raft.readStates.push({ index, context });
  else send(raft, makeReadIndexResp(from, raft.id, raft.term, index, context));
}
