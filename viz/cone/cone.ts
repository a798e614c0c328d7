import type { TraceView } from '../model/trace_view.ts';
import type { CausalOrder } from './causal_order.ts';

/** What an event follows from and what follows from it: two cutoffs for every life of every lane. */
export interface Cone {
  readonly event: number;
  /** How many messages away the cone ends; Infinity for all of it. */
  readonly hopsMax: number;
  /** The last event of each life that the event follows from, itself included; -1 for none. */
  readonly pastEnds: Int32Array;
  /** The first event of each life that follows from it, itself included; `never` for none. */
  readonly futureStarts: Int32Array;
}

/** Beyond every event. */
export const never = 0x7fffffff;

export function coneOf(trace: TraceView, order: CausalOrder, event: number, hopsMax = Infinity): Cone {
  const limited = hopsMax !== Infinity;
  const pastEnds = limited ? nearPast(trace, order, event, hopsMax) : wholePast(trace, order, event);
  const futureStarts = limited ? nearFuture(trace, order, event, hopsMax) : wholeFuture(trace, order, event);
  return { event, hopsMax, pastEnds, futureStarts };
}

/** Backwards, every event below its life's cutoff raises the cutoff of the life that its cause is in. */
function wholePast({ causes }: TraceView, order: CausalOrder, event: number): Int32Array {
  const { lifeOfEvent, starts, links } = order;
  const ends = new Int32Array(starts.length).fill(-1);
  const raise = (to: number): void => {
    const life = lifeOfEvent[to] as number;
    if ((ends[life] as number) < to) ends[life] = to;
  };
  raise(event);
  for (let at = event; at >= 0; at--) {
    const life = lifeOfEvent[at] as number;
    if ((ends[life] as number) < at) continue;
    const cause = causes[at] as number;
    if (cause >= 0) raise(cause);
    if (starts[life] !== at) continue;
    const link = links[life] as number;
    if (link >= 0) raise(link);
  }
  return ends;
}

function wholeFuture({ causes, length }: TraceView, order: CausalOrder, event: number): Int32Array {
  const { lifeOfEvent, starts, links } = order;
  const first = new Int32Array(starts.length).fill(never);
  first[lifeOfEvent[event] as number] = event;
  for (let at = event + 1; at < length; at++) {
    const life = lifeOfEvent[at] as number;
    if ((first[life] as number) !== never) continue;
    const cause = causes[at] as number;
    const link = starts[life] === at ? (links[life] as number) : -1;
    const follows =
      (cause >= event && (first[lifeOfEvent[cause] as number] as number) <= cause) ||
      (link >= event && (first[lifeOfEvent[link] as number] as number) <= link);
    if (follows) first[life] = at;
  }
  return first;
}

/** As `wholePast`, with a row of cutoffs for every number of messages. */
function nearPast(trace: TraceView, order: CausalOrder, event: number, hopsMax: number): Int32Array {
  const { causes } = trace;
  const { lifeOfEvent, laneOfLife, starts, links } = order;
  const rows = Array.from({ length: hopsMax + 1 }, () => new Int32Array(starts.length).fill(-1));
  const last = rows.at(-1) as Int32Array;
  const raise = (fromLife: number, to: number, hops: number): void => {
    const toLife = lifeOfEvent[to] as number;
    const first = laneOfLife[fromLife] === laneOfLife[toLife] ? hops : hops + 1;
    for (let row = first; row <= hopsMax; row++) {
      const ends = rows[row] as Int32Array;
      if ((ends[toLife] as number) >= to) return;
      ends[toLife] = to;
    }
  };
  for (const ends of rows) ends[lifeOfEvent[event] as number] = event;
  for (let at = event; at >= 0; at--) {
    const life = lifeOfEvent[at] as number;
    if ((last[life] as number) < at) continue;
    const cause = causes[at] as number;
    const link = starts[life] === at ? (links[life] as number) : -1;
    if (cause < 0 && link < 0) continue;
    let hops = 0;
    while (((rows[hops] as Int32Array)[life] as number) < at) hops++;
    if (cause >= 0) raise(life, cause, hops);
    if (link >= 0) raise(life, link, hops);
  }
  return last;
}

function nearFuture(trace: TraceView, order: CausalOrder, event: number, hopsMax: number): Int32Array {
  const { causes, length } = trace;
  const { lifeOfEvent, laneOfLife, starts, links } = order;
  const rows = Array.from({ length: hopsMax + 1 }, () => new Int32Array(starts.length).fill(never));
  const [least] = rows as [Int32Array];
  const last = rows.at(-1) as Int32Array;
  const lower = (from: number, life: number, at: number): void => {
    const fromLife = lifeOfEvent[from] as number;
    if ((last[fromLife] as number) > from) return;
    const hop = laneOfLife[fromLife] === laneOfLife[life] ? 0 : 1;
    for (let row = hop; row <= hopsMax; row++) {
      const into = rows[row] as Int32Array;
      if (((rows[row - hop] as Int32Array)[fromLife] as number) <= from && (into[life] as number) > at)
        into[life] = at;
    }
  };
  for (const first of rows) first[lifeOfEvent[event] as number] = event;
  for (let at = event + 1; at < length; at++) {
    const life = lifeOfEvent[at] as number;
    // Nothing is nearer than what no message lies between.
    if ((least[life] as number) <= at) continue;
    const cause = causes[at] as number;
    if (cause >= event) lower(cause, life, at);
    const link = starts[life] === at ? (links[life] as number) : -1;
    if (link >= event) lower(link, life, at);
  }
  return last;
}

export function isPast({ lifeOfEvent }: CausalOrder, cone: Cone, event: number): boolean {
  return event <= (cone.pastEnds[lifeOfEvent[event] as number] as number);
}

export function isFuture({ lifeOfEvent }: CausalOrder, cone: Cone, event: number): boolean {
  return event >= (cone.futureStarts[lifeOfEvent[event] as number] as number);
}

export function isInside(order: CausalOrder, cone: Cone, event: number): boolean {
  return isPast(order, cone, event) || isFuture(order, cone, event);
}

/** How many events the cone holds on each side, its own not counted, and on how many lanes. */
export interface ConeCounts {
  readonly past: number;
  readonly future: number;
  readonly pastLanes: number;
  readonly futureLanes: number;
}

export function countCone(trace: TraceView, order: CausalOrder, cone: Cone): ConeCounts {
  const { lifeOfEvent } = order;
  const { pastEnds, futureStarts, event } = cone;
  let past = 0;
  let future = 0;
  for (let at = 0; at < trace.length; at++) {
    const life = lifeOfEvent[at] as number;
    if (at <= (pastEnds[life] as number)) past++;
    if (at >= (futureStarts[life] as number)) future++;
  }
  const lanesWith = (reached: (life: number) => boolean): number => {
    const lanes = new Set<number>();
    order.laneOfLife.forEach((lane, life) => void (reached(life) && lanes.add(lane)));
    return lanes.size;
  };
  return {
    past: past - (event >= 0 ? 1 : 0),
    future: future - (event >= 0 ? 1 : 0),
    pastLanes: lanesWith((life) => (pastEnds[life] as number) >= 0),
    futureLanes: lanesWith((life) => (futureStarts[life] as number) !== never),
  };
}
