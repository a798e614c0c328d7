import { Kind } from '../../sim/trace/kinds.ts';
import { messageTypeNames } from '../../sim/trace/message_types.ts';
import { memberStateAt } from './member_state.ts';
import { type Operation, isWrite } from './operations.ts';
import type { RunModel } from './run_model.ts';
import { lowerBound } from './time_index.ts';

/** What a member did for an operation. */
export type PathStep =
  'request' | 'proposal' | 'append' | 'fsync' | 'commit' | 'apply' | 'read index' | 'answer';

export interface PathEvent {
  readonly event: number;
  readonly step: PathStep;
}

/** The way of an operation through the cluster: what served it, from its request to its answer. */
export interface OperationPath {
  readonly operation: number;
  /** Ascending. */
  readonly events: readonly PathEvent[];
  /** Rows of the messages that carried it. */
  readonly messages: readonly number[];
}

/** More than any entry needs in a cluster of nine; a leader that resends for long would light up everything. */
const eventsMax = 400;

const answersOfQuorum = new Set(['MsgAppResp', 'MsgHeartbeatResp'].map((name) => number(name)));
const readIndexTypes = new Set(['MsgReadIndex', 'MsgReadIndexResp'].map((name) => number(name)));
const proposalType = number('MsgProp');

function number(name: string): number {
  return messageTypeNames.findIndex((each) => each === name);
}

/**
 * Follows the causes from the operation's invocation: its request, the proposal, the appends and fsyncs of each member, the quorum's
 * answers, or the ReadIndex round. Of the quorum's answers only the one goes on that let the answer out; the others tell the leader
 * nothing that the operation waited for.
 */
export function operationPath(model: RunModel, operation: Operation): OperationPath {
  const { effects, messages } = model;
  const answerChain = ancestorsOfAnswer(model, operation);
  const found = new Map<number, PathStep>();
  const rows = new Set<number>();
  const queue = [operation.invokeEvent];
  for (const event of queue) {
    if (found.size >= eventsMax) break;
    const row = messages.rowOfEvent[event] ?? -1;
    if (row >= 0) rows.add(row);
    const step = stepOf(model, event);
    if (step !== null) found.set(event, step);
    if (isQuorumAnswer(model, event) && !answerChain.has(event)) continue;
    for (const effect of effects.of(event)) if (isOnPath(model, effect, answerChain)) queue.push(effect);
  }
  // What let the answer out may have come about for another operation: one append can answer for many.
  for (const event of answerChain) {
    const row = messages.rowOfEvent[event] ?? -1;
    if (row >= 0) rows.add(row);
    const step = stepOf(model, event);
    if (step !== null) found.set(event, step);
    if (!isWrite(operation)) continue;
    for (const effect of effects.of(event))
      if (stepOf(model, effect) === 'append') found.set(effect, 'append');
  }
  addProgress(model, found);
  const events = [...found].map(([event, step]) => ({ event, step })).sort((a, b) => a.event - b.event);
  return { operation: operation.id, events, messages: [...rows].sort((a, b) => a - b) };
}

/** The operation's answer and, back along the causes, what let it out. */
function ancestorsOfAnswer({ trace }: RunModel, operation: Operation): ReadonlySet<number> {
  const chain = new Set<number>();
  for (let event = operation.returnEvent; event > operation.invokeEvent; event--) {
    if (trace.kinds[event] !== Kind.responseSend || trace.arg(event, 1) !== operation.id) continue;
    for (let at = event; at > operation.invokeEvent; at = trace.causes[at] as number) chain.add(at);
    break;
  }
  return chain;
}

/** What an input brings about beside is not of this operation: other appends, news of the commit index, log lines. */
function isOnPath({ trace }: RunModel, event: number, answerChain: ReadonlySet<number>): boolean {
  const kind = trace.kinds[event] as number;
  if (answerChain.has(event)) return true;
  if (kind === Kind.write || kind === Kind.log || kind === Kind.return) return false;
  const cause = trace.causes[event] as number;
  const causeKind = trace.kinds[cause] as number;
  // An answer of the quorum lets out the operation's answer and much else.
  if (causeKind === Kind.deliver && answersOfQuorum.has(trace.arg(cause, 1))) return false;
  return true;
}

function isQuorumAnswer({ trace }: RunModel, event: number): boolean {
  return trace.kinds[event] === Kind.deliver && answersOfQuorum.has(trace.arg(event, 1));
}

function stepOf({ trace }: RunModel, event: number): PathStep | null {
  switch (trace.kinds[event]) {
    case Kind.requestDeliver:
      return 'request';
    case Kind.append:
      return 'append';
    case Kind.syncDone:
      return 'fsync';
    case Kind.responseSend:
      return 'answer';
    case Kind.send: {
      const type = trace.arg(event, 1);
      if (type === proposalType) return 'proposal';
      return readIndexTypes.has(type) ? 'read index' : null;
    }
    default:
      return null;
  }
}

/** Where each member learned that the entry is committed, and where it applied it. */
function addProgress({ trace, progress, lives }: RunModel, found: Map<number, PathStep>): void {
  const append = Math.min(...[...found].flatMap(([event, step]) => (step === 'append' ? [event] : [])));
  if (append === Infinity) return;
  const index = trace.arg(append, 0);
  for (const [lane, { commits, applies }] of progress) {
    const before = memberStateAt(trace, lives.get(lane), { commits, applies }, append);
    const commit = commits[firstReaching(trace, commits, append, index)];
    if (commit !== undefined && before.commit < index) found.set(commit, 'commit');
    const apply = applies[firstReaching(trace, applies, append, index)];
    if (apply !== undefined && before.applied < index) found.set(apply, 'apply');
  }
}

/** The first event after `after` that says an index from `index` on. */
function firstReaching(trace: RunModel['trace'], events: Int32Array, after: number, index: number): number {
  let at = lowerBound(events, after);
  while (at < events.length && trace.arg(events[at] as number, 0) < index) at++;
  return at;
}
