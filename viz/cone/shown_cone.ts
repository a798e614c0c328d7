import type { RunModel } from '../model/run_model.ts';
import { type CausalOrder, causalOrder } from './causal_order.ts';
import { type Cone, coneOf, isInside, never } from './cone.ts';

/** A cone as the timeline shows it. */
export interface ShownCone {
  readonly order: CausalOrder;
  readonly cone: Cone;
  /** By lane, the stretches of time outside of the cone: starts and ends in turn, ascending. */
  readonly outside: ReadonlyMap<number, readonly number[]>;
}

const orders = new WeakMap<RunModel, CausalOrder>();

/** Made when a cone is first asked for, and kept with the run. */
export function orderOfRun(model: RunModel): CausalOrder {
  const known = orders.get(model);
  // A live run's trace grows.
  if (known !== undefined && known.lifeOfEvent.length === model.trace.length) return known;
  const order = causalOrder(
    model.trace,
    model.members.map(({ id }) => id),
  );
  orders.set(model, order);
  return order;
}

export function shownCone(model: RunModel, event: number, hopsMax: number): ShownCone {
  const order = orderOfRun(model);
  const cone = coneOf(model.trace, order, event, hopsMax);
  return { order, cone, outside: outsideOf(model, order, cone) };
}

/** Whether a message's both ends are in the cone; one in flight has only one. */
export function holdsMessage(model: RunModel, { order, cone }: ShownCone, row: number): boolean {
  const { sendEvents, endEvents } = model.messages;
  const end = endEvents[row] as number;
  if (!isInside(order, cone, sendEvents[row] as number)) return false;
  return end < 0 || isInside(order, cone, end);
}

function outsideOf(model: RunModel, order: CausalOrder, cone: Cone): ReadonlyMap<number, readonly number[]> {
  const { laneOfLife, starts } = order;
  const { timesNs } = model.trace;
  const outside = new Map<number, number[]>();
  const insideUntil = new Map<number, number>();
  const inside = (lane: number, startNs: number, endNs: number): void => {
    const freeNs = insideUntil.get(lane) ?? 0;
    if (startNs > freeNs) outside.get(lane)?.push(freeNs, startNs);
    insideUntil.set(lane, Math.max(freeNs, endNs));
  };
  const nextStart = startsAfter(order, model.durationNs, timesNs);
  for (let life = 0; life < starts.length; life++) {
    const lane = laneOfLife[life] as number;
    // The world's marks are dimmed one by one.
    if (lane === 0) continue;
    if (!outside.has(lane)) outside.set(lane, []);
    const past = cone.pastEnds[life] as number;
    const future = cone.futureStarts[life] as number;
    if (past >= 0) inside(lane, timesNs[starts[life] as number] as number, timesNs[past] as number);
    if (future !== never) inside(lane, timesNs[future] as number, nextStart[life] as number);
  }
  for (const { id } of model.info.lanes) {
    if (id !== 0 && !outside.has(id)) outside.set(id, []);
    inside(id, model.durationNs, model.durationNs);
  }
  return outside;
}

/** When each life gives way to the next of its lane. */
function startsAfter(
  { laneOfLife, starts }: CausalOrder,
  durationNs: number,
  timesNs: Float64Array,
): Float64Array {
  const next = new Float64Array(starts.length);
  const known = new Map<number, number>();
  for (let life = starts.length - 1; life >= 0; life--) {
    const lane = laneOfLife[life] as number;
    next[life] = known.get(lane) ?? durationNs;
    known.set(lane, timesNs[starts[life] as number] as number);
  }
  return next;
}
