/** The text forms of etcd's transcripts. Nothing in a run depends on them. */
import { noNode, type NodeId } from '../base/ids.ts';
import { asV2, confChangesToString } from './conf_change.ts';
import {
  entryTypeName,
  EntryType,
  isEmptySnapshot,
  type ConfState,
  type Entry,
  type HardState,
  type Snapshot,
} from './entry.ts';
import {
  messageCommit,
  messageEntries,
  messageIndex,
  messageLogTerm,
  messageReject,
  messageRejectHint,
  messageResponses,
  messageSnapshot,
  messageVote,
} from './message_fields.ts';
import { localAppendThread, localApplyThread, messageTypeName, type Message } from './message.ts';
import type { ReadState } from './raft.ts';
import { quoteBytes } from './quote.ts';
import type { Ready, SoftState } from './ready.ts';
import type { RoleName } from './role.ts';
import { confChangeOf } from './wire.ts';

const roleNames: Readonly<Record<RoleName, string>> = {
  follower: 'StateFollower',
  preCandidate: 'StatePreCandidate',
  candidate: 'StateCandidate',
  leader: 'StateLeader',
};

export function describeRole(role: RoleName): string {
  return roleNames[role];
}

export function describeSoftState(state: SoftState): string {
  return `Lead:${state.leader} State:${describeRole(state.role)}`;
}

export function describeHardState(state: HardState): string {
  const vote = state.vote === noNode ? '' : ` Vote:${state.vote}`;
  return `Term:${state.term}${vote} Commit:${state.commit}`;
}

function describeIds(ids: readonly NodeId[]): string {
  return `[${ids.join(' ')}]`;
}

export function describeConfState(state: ConfState): string {
  return [
    `Voters:${describeIds(state.voters)}`,
    `VotersOutgoing:${describeIds(state.votersOutgoing)}`,
    `Learners:${describeIds(state.learners)}`,
    `LearnersNext:${describeIds(state.learnersNext)}`,
    `AutoLeave:${state.autoLeave}`,
  ].join(' ');
}

export function describeSnapshot({ metadata }: Snapshot): string {
  const { index, term, confState } = metadata;
  return `Index:${index} Term:${term} ConfState:${describeConfState(confState)}`;
}

export function describeEntry(entry: Entry): string {
  const content =
    entry.type === EntryType.normal
      ? quoteBytes(entry.data)
      : confChangesToString(asV2(confChangeOf(entry)).changes);
  const name = `${entry.term}/${entry.index} ${entryTypeName(entry.type)}`;
  return content === '' ? name : `${name} ${content}`;
}

/** One line each, newline included. */
export function describeEntries(entries: readonly Entry[]): string {
  return entries.map((entry) => `${describeEntry(entry)}\n`).join('');
}

function describeTarget(id: NodeId): string {
  if (id === noNode) return 'None';
  if (id === localAppendThread) return 'AppendThread';
  if (id === localApplyThread) return 'ApplyThread';
  return id.toString(16);
}

/** May take several lines; each but the first begins with `indent`. */
export function describeMessage(message: Message, indent = ''): string {
  const { from, to, type, term } = message;
  let out = `${indent}${describeTarget(from)}->${describeTarget(to)} ${messageTypeName(type)}`;
  out += ` Term:${term} Log:${messageLogTerm(message)}/${messageIndex(message)}`;
  if (messageReject(message)) out += ` Rejected (Hint: ${messageRejectHint(message)})`;
  const commit = messageCommit(message);
  if (commit !== 0) out += ` Commit:${commit}`;
  const vote = messageVote(message);
  if (vote !== noNode) out += ` Vote:${vote}`;
  const entries = messageEntries(message);
  const first = entries[0];
  if (first !== undefined && entries.length === 1) {
    out += ` Entries:[${describeEntry(first)}]`;
  } else if (entries.length > 1) {
    out += ' Entries:[';
    for (const entry of entries) out += `\n${indent}  ${describeEntry(entry)}`;
    out += `\n${indent}]`;
  }
  const snapshot = messageSnapshot(message);
  if (snapshot !== null && !isEmptySnapshot(snapshot)) {
    out += `\n${indent}  Snapshot: ${describeSnapshot(snapshot)}`;
  }
  const responses = messageResponses(message);
  if (responses.length > 0) {
    out += ' Responses:[';
    for (const response of responses) out += `\n${describeMessage(response, `${indent}  `)}`;
    out += `\n${indent}]`;
  }
  return out;
}

function describeReadState(state: ReadState): string {
  const bytes = Array.from(state.context, (character) => character.charCodeAt(0));
  return `{${state.index} [${bytes.join(' ')}]}`;
}

/** Both kinds of messages stand in one list, those that wait for the disk last. */
export function describeReady(ready: Ready): string {
  let out = '';
  if (ready.softState !== null) out += `${describeSoftState(ready.softState)}\n`;
  if (ready.hardState !== null) out += `HardState ${describeHardState(ready.hardState)}\n`;
  if (ready.readStates.length > 0) {
    out += `ReadStates [${ready.readStates.map(describeReadState).join(' ')}]\n`;
  }
  if (ready.entries.length > 0) out += `Entries:\n${describeEntries(ready.entries)}`;
  if (ready.snapshot !== null) out += `Snapshot ${describeSnapshot(ready.snapshot)}\n`;
  if (ready.committedEntries.length > 0) {
    out += `CommittedEntries:\n${describeEntries(ready.committedEntries)}`;
  }
  const messages = [...ready.messages, ...ready.messagesAfterAppend];
  if (messages.length > 0) {
    out += `Messages:\n${messages.map((message) => `${describeMessage(message)}\n`).join('')}`;
  }
  return out === '' ? '<empty Ready>' : `Ready MustSync=${ready.mustSync}:\n${out}`;
}
