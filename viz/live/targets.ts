import { Kind } from '../../sim/trace/kinds.ts';
import { type MessageTypeName, messageTypeNames } from '../../sim/trace/message_types.ts';
import { type Picked, pick } from '../input/pick.ts';
import type { RunModel } from '../model/run_model.ts';
import type { Frame } from '../timeline/frame.ts';
import type { LifeState, Target } from './acts.ts';

/** What lies at a place of the timeline, and when. */
export interface Place {
  readonly target: Target;
  readonly atNs: number;
}

/** `x` and `y` from the corner of the lanes' visible area. */
export function placeAt(frame: Frame, x: number, y: number): Place {
  const atNs = Math.max(0, Math.round(frame.window.startNs + x * frame.nsPerPixel));
  const picked = pick(frame, x, y);
  if (picked?.kind === 'message') return { target: linkOf(frame.model, picked), atNs };
  const row = frame.rows.list.find(
    (each) => y + frame.scrollY >= each.y && y + frame.scrollY < each.y + each.height,
  );
  return { target: laneTarget(frame.model, row?.lane.id ?? 0, atNs), atNs };
}

function linkOf({ messages }: RunModel, { row }: Extract<Picked, { kind: 'message' }>): Target {
  return link(messages.from[row] as number, messages.to[row] as number, messages.types[row] as number);
}

function link(from: number, to: number, type: number): Target {
  const name: MessageTypeName | undefined = messageTypeNames[type];
  return { kind: 'link', from, to, ...(name === undefined ? {} : { type: name }) };
}

export function laneTarget(model: RunModel, lane: number, atNs: number): Target {
  const found = model.info.lanes.find(({ id }) => id === lane);
  if (found?.kind === 'member') return { kind: 'member', member: lane, life: lifeAt(model, lane, atNs) };
  return found?.kind === 'client' ? { kind: 'client', endpoint: lane } : { kind: 'cluster' };
}

function lifeAt(model: RunModel, member: number, atNs: number): LifeState {
  const gap = model.lives.get(member)?.gaps.find(({ startNs, endNs }) => startNs <= atNs && endNs >= atNs);
  return gap?.kind ?? 'up';
}

/** What the selected event is about; the whole cluster when nothing is selected. */
export function placeOfEvent(model: RunModel, event: number): Place | null {
  if (event < 0) return null;
  const { trace, messages } = model;
  const atNs = trace.timesNs[event] as number;
  const row = messages.rowOfEvent[event] as number;
  const raft = trace.kinds[event] === Kind.send || trace.kinds[event] === Kind.deliver;
  if (row >= 0) {
    const type = raft ? (messages.types[row] as number) : -1;
    return { target: link(messages.from[row] as number, messages.to[row] as number, type), atNs };
  }
  return { target: laneTarget(model, trace.lanes[event] as number, atNs), atNs };
}
