import type { ByteString } from '../base/bytes.ts';
import { noNode, type NodeId } from '../base/ids.ts';
import { resolveConfig, type Config, type Settings } from './config.ts';
import { isEmptyHardState, type HardState } from './entry.ts';
import { fail } from './fail.ts';
import { makeRaftLog, lastIndex, type RaftLog } from './log/raft_log.ts';
import { markApplied } from './log/apply.ts';
import type { Configuration, Membership, ProgressMap } from './membership/config.ts';
import type { ProgressLimits } from './membership/draft.ts';
import { restoreMembership } from './membership/restore.ts';
import type { Message } from './message.ts';
import type { Leader, Role } from './role.ts';

/** The answer to a read: the state machine may serve it once it has applied `index`. */
export interface ReadState {
  readonly index: number;
  readonly context: ByteString;
}

/** One node's state: plain data. The step functions of the other files change it; it calls nobody. */
export interface Raft {
  readonly id: NodeId;
  readonly settings: Settings;
  readonly raftLog: RaftLog;
  term: number;
  /** Whom this node voted for in the term, 0 for nobody. */
  vote: NodeId;
  role: Role;
  config: Configuration;
  progress: ProgressMap;
  isLearner: boolean;
  /** Ticks since the leader was heard of, or as a leader since the last quorum check. */
  electionElapsed: number;
  heartbeatElapsed: number;
  /** In ticks; drawn anew on each change of role or term. */
  randomizedElectionTimeout: number;
  /** Messages that may leave at once. */
  messages: Message[];
  /**
   * Messages that promise something: they may leave only when the state above is on disk (Raft thesis 3.8).
   */
  messagesAfterAppend: Message[];
  readStates: ReadState[];
}

/** Restores a node from its storage. It still has to become a follower: see `startRaft`. */
export function makeRaft(config: Config): Raft {
  const settings = resolveConfig(config);
  const { storage } = settings;
  const { hardState, confState } = storage.initialState();
  const raftLog = makeRaftLog(storage, settings.log, settings.committedBytesPerReadyMax);
  const restored = restoreMembership(confState, limitsOf(settings, lastIndex(raftLog)));
  const raft: Raft = {
    id: settings.id,
    settings,
    raftLog,
    term: 0,
    vote: noNode,
    role: { kind: 'follower', leader: noNode },
    config: restored.config,
    progress: restored.progress,
    isLearner: false,
    electionElapsed: 0,
    heartbeatElapsed: 0,
    randomizedElectionTimeout: settings.electionTicks,
    messages: [],
    messagesAfterAppend: [],
    readStates: [],
  };
  if (!isEmptyHardState(hardState)) loadHardState(raft, hardState);
  if (settings.appliedIndex > 0) markApplied(raftLog, settings.appliedIndex, 0);
  return raft;
}

function loadHardState(raft: Raft, state: HardState): void {
  const { committed } = raft.raftLog;
  const last = lastIndex(raft.raftLog);
  if (state.commit < committed || state.commit > last) {
    fail(`${hex(raft.id)} state.commit ${state.commit} is out of range [${committed}, ${last}]`);
  }
  raft.raftLog.committed = state.commit;
  raft.term = state.term;
  raft.vote = state.vote;
}

function limitsOf(settings: Settings, last: number): ProgressLimits {
  const { inflightMessagesMax, inflightBytesMax } = settings;
  return { lastIndex: last, inflightMessagesMax, inflightBytesMax };
}

export function progressLimits(raft: Raft): ProgressLimits {
  return limitsOf(raft.settings, lastIndex(raft.raftLog));
}

export function membershipOf(raft: Raft): Membership {
  return { config: raft.config, progress: raft.progress };
}

/** Whom this node takes for the leader, 0 if nobody. */
export function leaderOf(raft: Raft): NodeId {
  const { role } = raft;
  if (role.kind === 'follower') return role.leader;
  return role.kind === 'leader' ? raft.id : noNode;
}

/** The leader's own state, null for any other role. */
export function asLeader(raft: Raft): Leader | null {
  return raft.role.kind === 'leader' ? raft.role : null;
}

export function hardStateOf(raft: Raft): HardState {
  return { term: raft.term, vote: raft.vote, commit: raft.raftLog.committed };
}

/**
 * A voter with its log in place may campaign. While a snapshot is being written the log's start is not on
 * disk.
 */
export function isPromotable(raft: Raft): boolean {
  const own = raft.progress.get(raft.id);
  return own !== undefined && !own.isLearner && raft.raftLog.unstable.snapshot === null;
}

/** Ids print in hexadecimal, as in etcd. */
export function hex(id: NodeId): string {
  return id.toString(16);
}
