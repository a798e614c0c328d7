import { argument, dropReasons } from '../../sim/trace/kinds.ts';
import type { TraceView } from '../model/trace_view.ts';
import { typeOf } from '../model/message_groups.ts';
import { type MessageTable, Outcome } from '../model/messages.ts';
import { Kind } from '../../sim/trace/kinds.ts';
import { durationText } from '../scale/time_format.ts';

const sendTerm = argument('send', 'term');
const sendIndex = argument('send', 'index');
const sendEntries = argument('send', 'entries');
const sendReject = argument('send', 'reject');
const sendBytes = argument('send', 'bytes');
const dropReason = argument('drop', 'reason');
const requestDropReason = argument('requestDrop', 'reason');
const requestOperation = argument('requestSend', 'operation');

const reasonWords: Readonly<Record<string, string>> = {
  loss: 'the network lost it',
  partition: 'the link was cut',
  targetDown: 'the receiver was down',
  queueFull: 'the queue was full',
  corrupt: 'it was corrupted on its way',
  restarted: 'the receiver had restarted',
  reset: 'its connection was reset',
};

/** A few characters for an arrow's label: "append 12 +3", "vote t4", "op 17". */
export function messageChip(trace: TraceView, messages: MessageTable, row: number): string {
  const send = messages.sendEvents[row] as number;
  const type = messages.types[row] as number;
  if (trace.kinds[send] !== Kind.send) return `op ${trace.arg(send, requestOperation)}`;
  const { name } = typeOf(type);
  const term = trace.arg(send, sendTerm);
  const index = trace.arg(send, sendIndex);
  const entries = trace.arg(send, sendEntries);
  const reject = trace.arg(send, sendReject) === 1 ? ' no' : '';
  switch (name) {
    case 'MsgApp':
      return entries > 0 ? `append ${index} +${entries}` : `append ${index}`;
    case 'MsgAppResp':
      return `ack ${index}${reject}`;
    case 'MsgVote':
      return `vote? term ${term}`;
    case 'MsgVoteResp':
      return reject === '' ? 'vote yes' : 'vote no';
    case 'MsgPreVote':
      return `pre-vote? term ${term}`;
    case 'MsgPreVoteResp':
      return reject === '' ? 'pre-vote yes' : 'pre-vote no';
    default:
      return typeOf(type).words;
  }
}

export interface LaneNames {
  (lane: number): string;
}

/** A message in a sentence: "append from n1 to n2, 1.2 ms on its way; term 3, index 12, 1 entry". */
export function messageSentence(
  trace: TraceView,
  messages: MessageTable,
  row: number,
  nameOf: LaneNames,
): string {
  const send = messages.sendEvents[row] as number;
  const { words } = typeOf(messages.types[row] as number);
  const ends = `${nameOf(messages.from[row] as number)} to ${nameOf(messages.to[row] as number)}`;
  const copy = messages.copies[row] === 1 ? ' (a second copy)' : '';
  return `${words} from ${ends}${copy}, ${fateWords(trace, messages, row)}${detailWords(trace, send)}`;
}

function fateWords(trace: TraceView, messages: MessageTable, row: number): string {
  const flight = durationText((messages.endNs[row] as number) - (messages.sentNs[row] as number));
  if (messages.outcomes[row] === Outcome.inFlight) return 'still on its way when the run ended';
  if (messages.outcomes[row] === Outcome.delivered) return `${flight} on its way`;
  return `lost: ${dropWords(trace, messages.endEvents[row] as number)}`;
}

/** Why a drop event happened, in words. */
export function dropWords(trace: TraceView, event: number): string {
  const position = trace.kinds[event] === Kind.drop ? dropReason : requestDropReason;
  const reason = dropReasons[trace.arg(event, position)] ?? '';
  return reasonWords[reason] ?? 'for an unknown reason';
}

function detailWords(trace: TraceView, send: number): string {
  if (trace.kinds[send] !== Kind.send) return ` (operation ${trace.arg(send, requestOperation)})`;
  const entries = trace.arg(send, sendEntries);
  const parts = [`term ${trace.arg(send, sendTerm)}`];
  if (trace.arg(send, sendIndex) > 0) parts.push(`index ${trace.arg(send, sendIndex)}`);
  if (entries > 0)
    parts.push(`${entries} ${entries === 1 ? 'entry' : 'entries'} of ${trace.arg(send, sendBytes)} bytes`);
  if (trace.arg(send, sendReject) === 1) parts.push('rejected');
  return `; ${parts.join(', ')}`;
}
