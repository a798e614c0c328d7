import { Kind, type KindName, argument } from '../../sim/trace/kinds.ts';
import type { Operation } from '../model/operations.ts';
import type { RunModel } from '../model/run_model.ts';
import { type MemberState, memberStateAt } from '../model/member_state.ts';
import { durationText } from '../scale/time_format.ts';
import type { Find } from './lesson.ts';

/** Name of the lane that an event is on. */
export function who(run: RunModel, at: number): string {
  return nameOf(run, run.trace.lanes[at] as number);
}

export function nameOf(run: RunModel, lane: number): string {
  return run.info.lanes.find(({ id }) => id === lane)?.name ?? `lane ${lane}`;
}

export function laneOf(run: RunModel, at: number): number {
  return run.trace.lanes[at] as number;
}

export function nsOf(run: RunModel, at: number): number {
  return run.trace.timesNs[at] as number;
}

/** "1.2 s": between two events. */
export function between(run: RunModel, first: number, last: number): string {
  return durationText(nsOf(run, last) - nsOf(run, first));
}

/** What the trace says of a member right after an event. */
export function stateOf(run: RunModel, lane: number, at: number): MemberState {
  return memberStateAt(run.trace, run.lives.get(lane), run.progress.get(lane), at);
}

/** How often something happened after one event, up to another (both may be it). */
export function count(run: RunModel, find: Find, after: number, last: number): number {
  let found = 0;
  for (let at = find(run, after); at >= 0 && at <= last; at = find(run, at)) found++;
  return found;
}

/** The member or client that an event names as the other end, as a lane. */
export function otherLane(run: RunModel, at: number, kind: KindName, name: string): number {
  return run.trace.arg(at, argument(kind, name));
}

/** The operation of an invoke or return event. */
export function operationOf(run: RunModel, at: number): Operation | undefined {
  return run.operations.byId(run.trace.arg(at, argument('invoke', 'operation')));
}

/** The member that is leader of the highest term right after an event; 0 if nobody is. */
export function leaderAt(run: RunModel, at: number): number {
  let leader = 0;
  let term = -1;
  for (const { id } of run.members) {
    const { role, gap } = stateOf(run, id, at);
    if (role?.role !== 3 || gap?.kind === 'down' || role.term <= term) continue;
    leader = id;
    term = role.term;
  }
  return leader;
}

/** The last event of a kind on a lane before another; -1 for none. */
export function lastBefore(run: RunModel, kind: KindName, lane: number, before: number): number {
  const number = Kind[kind];
  for (let at = before - 1; at >= 0; at--)
    if (run.trace.kinds[at] === number && run.trace.lanes[at] === lane) return at;
  return -1;
}
