import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CausalOrder, causalOrder } from '../../viz/cone/causal_order.ts';
import { type Cone, coneOf, countCone, isFuture, isPast } from '../../viz/cone/cone.ts';
import { TraceStory } from './story.ts';
import { syntheticRun } from './synthetic_trace.ts';

const memberLanes = [1, 2, 3];

function orderOf({ trace }: TraceStory): CausalOrder {
  return causalOrder(trace, memberLanes);
}

function pastOf(story: TraceStory, event: number, hops = Infinity): number[] {
  const order = orderOf(story);
  const cone = coneOf(story.trace, order, event, hops);
  return eventsWhere(story, (at) => isPast(order, cone, at));
}

function futureOf(story: TraceStory, event: number, hops = Infinity): number[] {
  const order = orderOf(story);
  const cone = coneOf(story.trace, order, event, hops);
  return eventsWhere(story, (at) => isFuture(order, cone, at));
}

function eventsWhere({ trace }: TraceStory, wanted: (event: number) => boolean): number[] {
  return Array.from({ length: trace.length }, (_, event) => event).filter(wanted);
}

describe('the causal cone', () => {
  it('goes along lanes and messages, and leaves out what is only at the same time', () => {
    const story = new TraceStory();
    const boots = [1, 2, 3].map((lane) => story.at(0, lane, 'boot'));
    const aside = story.at(1, 3, 'role', { role: 2 });
    const send = story.at(2, 1, 'send', { to: 2, type: 3 });
    const later = story.at(3, 1, 'commit', { index: 1 });
    const delivery = story.at(4, 2, 'deliver', { from: 1, type: 3 }, send);
    expect(pastOf(story, delivery)).toEqual([boots[0], boots[1], send, delivery]);
    expect(futureOf(story, send)).toEqual([send, later, delivery]);
    expect(pastOf(story, later)).toEqual([boots[0], send, later]);
    expect(futureOf(story, aside)).toEqual([aside]);
  });

  it('ends after so many messages', () => {
    const story = new TraceStory();
    const first = story.at(0, 1, 'send', { to: 2 });
    const second = story.at(1, 2, 'deliver', { from: 1 }, first);
    const forwarded = story.at(2, 2, 'send', { to: 3 }, second);
    const third = story.at(3, 3, 'deliver', { from: 2 }, forwarded);
    expect(pastOf(story, third, 0)).toEqual([third]);
    expect(pastOf(story, third, 1)).toEqual([second, forwarded, third]);
    expect(pastOf(story, third, 2)).toEqual([first, second, forwarded, third]);
    expect(futureOf(story, first, 1)).toEqual([first, second, forwarded]);
    expect(futureOf(story, first, 2)).toEqual([first, second, forwarded, third]);
  });

  it('follows, after a loss of power, only from the last write that was on the disk', () => {
    const story = new TraceStory();
    story.at(0, 1, 'boot');
    const kept = story.at(1, 1, 'write', { file: 'wal', bytes: 8 });
    const start = story.at(2, 1, 'syncStart', { file: 'wal' });
    const heard = story.at(3, 1, 'deliver', { from: 2 }, story.at(3, 2, 'send', { to: 1 }));
    const lost = story.at(4, 1, 'write', { file: 'wal', bytes: 8 });
    story.at(5, 1, 'syncDone', { file: 'wal', error: 0 }, start);
    const crash = story.at(6, 1, 'crash', { keptSectors: 0 });
    const reboot = story.at(7, 1, 'boot', { incarnation: 2 });
    const past = pastOf(story, reboot);
    expect(past).toContain(kept);
    for (const gone of [start, heard, lost, crash]) expect(past).not.toContain(gone);
    expect(futureOf(story, lost)).not.toContain(reboot);
    expect(futureOf(story, kept)).toContain(reboot);
  });

  it('follows from the last write of all where the disk kept sectors, and from the end of a clean stop', () => {
    const story = new TraceStory();
    story.at(0, 1, 'boot');
    const cached = story.at(1, 1, 'write', { file: 'wal', bytes: 8 });
    const after = story.at(2, 1, 'commit', { index: 1 });
    story.at(3, 1, 'crash', { keptSectors: 2 });
    const second = story.at(4, 1, 'boot', { incarnation: 2 });
    expect(pastOf(story, second)).toContain(cached);
    expect(pastOf(story, second)).not.toContain(after);
    const stopped = story.at(5, 1, 'stopped');
    const third = story.at(6, 1, 'boot', { incarnation: 3 });
    expect(pastOf(story, third)).toContain(stopped);
  });

  it('goes with a disk that is swapped, and not through one that is wiped', () => {
    const story = new TraceStory();
    for (const lane of [1, 2]) story.at(0, lane, 'boot');
    const written = [1, 2].map((lane) => {
      const write = story.at(1, lane, 'write', { file: 'wal', bytes: 8 });
      story.at(3, lane, 'syncDone', { file: 'wal' }, story.at(2, lane, 'syncStart', { file: 'wal' }));
      story.at(4, lane, 'crash');
      return write;
    });
    story.at(5, 0, 'intervene', { text: '{"kind":"diskSwap","members":[1,2]}' });
    const swapped = story.at(6, 1, 'boot', { incarnation: 2 });
    expect(pastOf(story, swapped)).toContain(written[1]);
    expect(pastOf(story, swapped)).not.toContain(written[0]);
    story.at(7, 2, 'diskFault', { text: 'wiped' });
    const empty = story.at(8, 2, 'boot', { incarnation: 2 });
    expect(pastOf(story, empty)).toEqual([empty]);
  });

  it('is on both sides what a search along every edge finds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.nat(),
        fc.constantFrom(0, 1, 3, Infinity),
        checkSearch,
      ),
      { numRuns: 12 },
    );
  });

  it('counts what it holds', () => {
    const { trace } = syntheticRun({ events: 3000, seed: 5 });
    const order = causalOrder(trace, memberLanes);
    const cone = coneOf(trace, order, 1500);
    const past = Array.from({ length: trace.length }, (_, at) => at).filter((at) => isPast(order, cone, at));
    expect(countCone(trace, order, cone).past).toBe(past.length - 1);
  });
});

/** Breadth first along the edges that the order says there are. */
function checkSearch(seed: number, pick: number, hopsMax: number): void {
  const { trace, info } = syntheticRun({ events: 800, seed });
  const lanes = info.lanes.filter(({ kind }) => kind === 'member').map(({ id }) => id);
  const order = causalOrder(trace, lanes);
  const event = pick % trace.length;
  const edges = edgesOf(trace, order);
  const cone: Cone = coneOf(trace, order, event, hopsMax);
  const back = reach(event, hopsMax, trace.length, (at) =>
    edges.filter(([, to]) => to === at).map(([from, , hop]) => [from, hop]),
  );
  const on = reach(event, hopsMax, trace.length, (at) =>
    edges.filter(([from]) => from === at).map(([, to, hop]) => [to, hop]),
  );
  for (let at = 0; at < trace.length; at++) {
    expect(isPast(order, cone, at)).toBe(back.has(at));
    expect(isFuture(order, cone, at)).toBe(on.has(at));
  }
}

type Edge = readonly [from: number, to: number, hop: number];

function edgesOf(
  trace: ReturnType<typeof syntheticRun>['trace'],
  { lifeOfEvent, links, starts }: CausalOrder,
): Edge[] {
  const edges: Edge[] = [];
  const lastOfLife = new Map<number, number>();
  for (let at = 0; at < trace.length; at++) {
    const life = lifeOfEvent[at] as number;
    const add = (from: number): void => {
      if (from >= 0) edges.push([from, at, trace.lanes[from] === trace.lanes[at] ? 0 : 1]);
    };
    add(trace.causes[at] as number);
    add(lastOfLife.get(life) ?? -1);
    if (starts[life] === at) add(links[life] as number);
    lastOfLife.set(life, at);
  }
  return edges;
}

function reach(
  start: number,
  hopsMax: number,
  length: number,
  next: (at: number) => readonly (readonly [number, number])[],
): Set<number> {
  const hops = new Array<number>(length).fill(Infinity);
  hops[start] = 0;
  const queue = [start];
  for (const at of queue) {
    for (const [to, hop] of next(at)) {
      const total = (hops[at] as number) + hop;
      if (total > hopsMax || total >= (hops[to] as number)) continue;
      hops[to] = total;
      queue.push(to);
    }
  }
  return new Set(hops.flatMap((count, at) => (count === Infinity ? [] : [at])));
}
