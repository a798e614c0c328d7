/**
 * The lines that a node logs, letter by letter those of etcd, because transcripts compare them. Each builds
 * its text only if the level is on.
 */
import type { NodeId } from '../base/ids.ts';
import type { LogLevel } from '../ports.ts';
import { describeConfChange, type ConfChangeV2 } from './conf_change.ts';
import type { ConfState, SnapshotMetadata } from './entry.ts';
import { firstIndex, lastIndex, lastTerm, termOrZero } from './log/raft_log.ts';
import { describeConfiguration, describeConfStateText } from './membership/config.ts';
import type { AppMessage, AppRespMessage, Message, MessageType, VoteMessage } from './message.ts';
import { messageTypeName } from './message.ts';
import { describeProgress, type Progress } from './progress.ts';
import { jointIds } from './quorum/joint.ts';
import { hex, type Raft } from './raft.ts';

function enabled(raft: Raft, level: LogLevel): boolean {
  return raft.settings.log.enabled(level);
}

function info(raft: Raft, text: string): void {
  raft.settings.log.line('info', text);
}

function debug(raft: Raft, text: string): void {
  raft.settings.log.line('debug', text);
}

function warn(raft: Raft, text: string): void {
  raft.settings.log.line('warning', text);
}

/** For rare lines that are cheap to build. */
export function logLine(raft: Raft, level: LogLevel, text: string): void {
  if (enabled(raft, level)) raft.settings.log.line(level, `${hex(raft.id)} ${text}`);
}

export function logStart(raft: Raft): void {
  if (!enabled(raft, 'info')) return;
  const { committed, applied } = raft.raftLog;
  const peers = jointIds({ voters: raft.config.voters, outgoing: raft.config.outgoing }).map(hex);
  const last = `lastindex: ${lastIndex(raft.raftLog)}, lastterm: ${lastTerm(raft.raftLog)}`;
  const state = `term: ${raft.term}, commit: ${committed}, applied: ${applied}, ${last}`;
  info(raft, `newRaft ${hex(raft.id)} [peers: [${peers.join(',')}], ${state}]`);
}

export function logRole(raft: Raft, role: string): void {
  if (enabled(raft, 'info')) info(raft, `${hex(raft.id)} became ${role} at term ${raft.term}`);
}

export function logConfiguration(raft: Raft): void {
  if (!enabled(raft, 'info')) return;
  info(raft, `${hex(raft.id)} switched to configuration ${describeConfiguration(raft.config)}`);
}

export function logHigherTerm(raft: Raft, message: Message): void {
  if (!enabled(raft, 'info')) return;
  const { type, from, term } = message;
  const what = `received a ${messageTypeName(type)} message with higher term from ${hex(from)}`;
  info(raft, `${hex(raft.id)} [term: ${raft.term}] ${what} [term: ${term}]`);
}

export function logLowerTerm(raft: Raft, message: Message): void {
  if (!enabled(raft, 'info')) return;
  const { type, from, term } = message;
  const what = `ignored a ${messageTypeName(type)} message with lower term from ${hex(from)}`;
  info(raft, `${hex(raft.id)} [term: ${raft.term}] ${what} [term: ${term}]`);
}

export function logStaleAppend(raft: Raft, message: Message): void {
  if (!enabled(raft, 'info')) return;
  const what = `ignored entry appends from a ${messageTypeName(message.type)} message with lower term`;
  info(raft, `${hex(raft.id)} [term: ${raft.term}] ${what} [term: ${message.term}]`);
}

/** The answer to a vote request, with both logs: who is more up to date is the whole reason. */
export function logVoteDecision(
  raft: Raft,
  message: VoteMessage,
  verb: 'cast' | 'rejected' | 'ignored',
  reason = '',
): void {
  if (!enabled(raft, 'info')) return;
  const { type, from, logTerm, index } = message;
  const request = `${messageTypeName(type)} ${verb === 'cast' ? 'for' : 'from'}`;
  const last = `logterm: ${lastTerm(raft.raftLog)}, index: ${lastIndex(raft.raftLog)}`;
  const theirs = `${hex(from)} [logterm: ${logTerm}, index: ${index}] at term ${raft.term}${reason}`;
  info(raft, `${hex(raft.id)} [${last}, vote: ${hex(raft.vote)}] ${verb} ${request} ${theirs}`);
}

export function logVoteRequest(raft: Raft, type: MessageType, to: NodeId): void {
  if (!enabled(raft, 'info')) return;
  const last = `logterm: ${lastTerm(raft.raftLog)}, index: ${lastIndex(raft.raftLog)}`;
  const request = `${messageTypeName(type)} request to ${hex(to)} at term ${raft.term}`;
  info(raft, `${hex(raft.id)} [${last}] sent ${request}`);
}

export function logVoteReceived(raft: Raft, type: MessageType, from: NodeId, granted: boolean): void {
  if (!enabled(raft, 'info')) return;
  const what = granted ? messageTypeName(type) : `${messageTypeName(type)} rejection`;
  info(raft, `${hex(raft.id)} received ${what} from ${hex(from)} at term ${raft.term}`);
}

export function logTally(raft: Raft, type: MessageType, granted: number, rejected: number): void {
  if (!enabled(raft, 'info')) return;
  const name = messageTypeName(type);
  info(raft, `${hex(raft.id)} has received ${granted} ${name} votes and ${rejected} vote rejections`);
}

export function logIgnoredConfChange(raft: Raft, change: ConfChangeV2, reason: string): void {
  if (!enabled(raft, 'info')) return;
  const config = describeConfiguration(raft.config);
  info(
    raft,
    `${hex(raft.id)} ignoring conf change ${describeConfChange(change)} at config ${config}: ${reason}`,
  );
}

/** `error` is null when the change that leaves the joint configuration was proposed. */
export function logAutoLeave(raft: Raft, error: string | null): void {
  const level = error === null ? 'info' : 'debug';
  if (!enabled(raft, level)) return;
  const what = `automatic transition out of joint configuration ${describeConfiguration(raft.config)}`;
  if (error === null) info(raft, `initiating ${what}`);
  else debug(raft, `not initiating ${what}: ${error}`);
}

export function logRejectedAppend(raft: Raft, message: AppMessage): void {
  if (!enabled(raft, 'debug')) return;
  const { index, logTerm, from } = message;
  const ours = `[logterm: ${termOrZero(raft.raftLog, index)}, index: ${index}]`;
  debug(
    raft,
    `${hex(raft.id)} ${ours} rejected MsgApp [logterm: ${logTerm}, index: ${index}] from ${hex(from)}`,
  );
}

export function logAppendRejection(raft: Raft, message: AppRespMessage): void {
  if (!enabled(raft, 'debug')) return;
  const { rejectHint, logTerm, from, index } = message;
  const hint = `hint: (index ${rejectHint}, term ${logTerm})`;
  debug(raft, `${hex(raft.id)} received MsgAppResp(rejected, ${hint}) from ${hex(from)} for index ${index}`);
}

/** A line that ends with a follower's progress. */
export function logProgress(raft: Raft, what: string, progress: Progress): void {
  if (!enabled(raft, 'debug')) return;
  debug(raft, `${hex(raft.id)} ${what} ${hex(progress.id)} ${withState(progress)}`);
}

function withState(progress: Progress): string {
  return `[${describeProgress(progress)}]`;
}

export function logDecreased(raft: Raft, progress: Progress): void {
  if (!enabled(raft, 'debug')) return;
  debug(raft, `${hex(raft.id)} decreased progress of ${hex(progress.id)} to ${withState(progress)}`);
}

export function logUnreachable(raft: Raft, progress: Progress): void {
  if (!enabled(raft, 'debug')) return;
  const what = `failed to send message to ${hex(progress.id)} because it is unreachable`;
  debug(raft, `${hex(raft.id)} ${what} ${withState(progress)}`);
}

export function logSentSnapshot(raft: Raft, metadata: SnapshotMetadata, progress: Progress): void {
  if (!enabled(raft, 'debug')) return;
  const state = `[firstindex: ${firstIndex(raft.raftLog)}, commit: ${raft.raftLog.committed}]`;
  const sent = `sent snapshot[index: ${metadata.index}, term: ${metadata.term}] to ${hex(progress.id)}`;
  debug(raft, `${hex(raft.id)} ${state} ${sent} ${withState(progress)}`);
}

/** What became of a received snapshot; with `withLast` the line shows the log's end, too. */
export function logSnapshot(raft: Raft, metadata: SnapshotMetadata, verb: string, withLast: boolean): void {
  if (!enabled(raft, 'info')) return;
  const log = raft.raftLog;
  const last = withLast ? `, lastindex: ${lastIndex(log)}, lastterm: ${lastTerm(log)}` : '';
  const what = `${verb} [index: ${metadata.index}, term: ${metadata.term}]`;
  info(raft, `${hex(raft.id)} [commit: ${log.committed}${last}] ${what}`);
}

export function logNotInConfState(raft: Raft, state: ConfState): void {
  if (!enabled(raft, 'warning')) return;
  const what = `attempted to restore snapshot but it is not in the ConfState ${describeConfStateText(state)}`;
  warn(raft, `${hex(raft.id)} ${what}; should never happen`);
}
