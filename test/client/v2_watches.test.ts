import { afterEach, describe, expect, it, vi } from 'vitest';
import { EventHistory } from '../../core/v2store/history.ts';
import { V2Watcher } from '../../core/v2store/watcher.ts';
import { v2Watches } from '../../scenarios/stories/v2_watches.ts';
import { judgeV2Watches, watchesOf } from '../../scenarios/workloads/v2_judge.ts';
import type { V2WatchEvent } from '../../sim/checkers/v2/index.ts';
import { type RunRequest, openRun } from '../../sim/run.ts';
import type { ClientNote, Scenario, WorkloadClient } from '../../sim/scenario.ts';
import { type Script, nsPerMs } from '../../sim/script.ts';
import { isThorough } from '../runs.ts';

/** Of the load alone, or with its end, at which watchers listen until they have heard everything. */
function notesOf(
  request: RunRequest & { readonly durationMs: number },
  isWhole = false,
): readonly ClientNote[] {
  const run = openRun(request);
  if (isWhole) run.finish();
  else run.runUntil(request.durationMs * nsPerMs);
  return run.cluster.world.notes;
}

/** Names of the broken promises. Without a search for an order of the operations: `test/client/v2_traffic.test.ts` has that. */
function broken(notes: readonly ClientNote[]): readonly string[] {
  const checks = judgeV2Watches({ notes }, 1);
  return checks.filter(({ violations }) => violations.length > 0).map(({ name }) => name);
}

interface Mutant {
  readonly what: string;
  readonly check: string;
  /** How long a run must be, and how many at most until one shows it. */
  readonly durationMs: number;
  readonly seedsMax: number;
  readonly isWhole: boolean;
  readonly plant: () => void;
}

const quick = { durationMs: 3000, seedsMax: 8, isWhole: false } as const;
const whole = { durationMs: 15_000, seedsMax: 12, isWhole: true } as const;

/** Stores that break a promise of v2 watches, on all members of a cluster. */
const mutants: readonly Mutant[] = [
  {
    ...quick,
    what: 'leaves out the first event of the past',
    check: 'v2 watch: reliable',
    plant: () => scanning((scan, key, recursive, index) => scan(key, recursive, index + 1)),
  },
  {
    ...quick,
    what: 'tells what comes before the index that was asked for',
    check: 'v2 watch: nothing before the index',
    plant: () => {
      const offered = function (this: V2Watcher, ...[event, ownPath, deleted]: Offer): boolean {
        const wanted = (this.recursive || ownPath || deleted) && !this.isClosed;
        if (wanted) this.push(event);
        return wanted;
      };
      vi.spyOn(V2Watcher.prototype, 'offer').mockImplementation(offered);
    },
  },
  {
    ...quick,
    what: 'tells of refreshes',
    check: 'v2 watch: filter',
    plant: () => {
      const add = methodOf(EventHistory.prototype, 'add');
      vi.spyOn(EventHistory.prototype, 'add').mockImplementation(function (this: EventHistory, event) {
        add.call(this, { ...event, refresh: false });
      });
    },
  },
  {
    ...quick,
    isWhole: true,
    what: 'tells streams nothing but the past',
    check: 'v2 watch: reliable',
    plant: () => {
      const offer = methodOf(V2Watcher.prototype, 'offer');
      vi.spyOn(V2Watcher.prototype, 'offer').mockImplementation(function (this: V2Watcher, ...offered) {
        return !this.stream && offer.call(this, ...offered);
      });
    },
  },
  {
    ...whole,
    what: 'hides that events are cleared',
    check: 'v2 watch: history window',
    plant: () => {
      scanning((scan, key, recursive, index) => {
        try {
          return scan(key, recursive, index);
        } catch {
          return null;
        }
      });
    },
  },
  {
    ...whole,
    what: 'leaves out of a stream what is too much for it',
    check: 'v2 watch: reliable',
    plant: () => {
      const offer = methodOf(V2Watcher.prototype, 'offer');
      const waiting = new WeakMap<V2Watcher, number>();
      vi.spyOn(V2Watcher.prototype, 'offer').mockImplementation(function (this: V2Watcher, ...offered) {
        const count = waiting.get(this) ?? 0;
        if (count >= 100) return false;
        waiting.set(this, count + 1);
        return offer.call(this, ...offered);
      });
      const take = methodOf(V2Watcher.prototype, 'take');
      vi.spyOn(V2Watcher.prototype, 'take').mockImplementation(function (this: V2Watcher) {
        const event = take.call(this);
        if (event !== null) waiting.set(this, Math.max(0, (waiting.get(this) ?? 0) - 1));
        return event;
      });
    },
  },
];

type Offer = Parameters<V2Watcher['offer']>;
type Scan = EventHistory['scan'];

/** As it is now; to be called with a `this`. */
function methodOf<Of extends object, Name extends keyof Of>(of: Of, name: Name): Of[Name] {
  return of[name];
}

function scanning(instead: (scan: Scan, ...asked: Parameters<Scan>) => ReturnType<Scan>): void {
  const scan = methodOf(EventHistory.prototype, 'scan');
  vi.spyOn(EventHistory.prototype, 'scan').mockImplementation(function (this: EventHistory, ...asked) {
    return instead((...changed) => scan.call(this, ...changed), ...asked);
  });
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('watches of the v2 API in a cluster with faults', () => {
  const short = { scenario: v2Watches, seed: '11', durationMs: 2800 } as const;
  const run = openRun(short);
  run.runUntil(short.durationMs * nsPerMs);
  const { notes } = run.cluster.world;
  const interventions = run.cluster.interventions.record;

  it('hear what they were promised', () => {
    const checks = judgeV2Watches({ notes });
    expect(checks.map(({ violations }) => violations)).toEqual(checks.map(() => []));
    const watches = watchesOf(notes);
    expect(watches.filter(({ stream }) => stream).flatMap(({ events }) => events).length).toBeGreaterThan(50);
    expect(watches.filter(({ stream }) => !stream).flatMap(({ events }) => events).length).toBeGreaterThan(
      20,
    );
  });

  it('are replayed exactly', () => {
    expect(interventions).not.toEqual([]);
    expect(JSON.stringify(notesOf({ ...short, interventions }))).toBe(JSON.stringify(notes));
  });

  it('are judged by what was noted of them', () => {
    const at = notes.findIndex(({ topic, data }) => topic === 'v2-watch-heard' && isInside(data, notes));
    expect(broken(notes.toSpliced(at, 1))).toEqual(['v2 watch: reliable']);
    // Unless a snapshot has jumped over it.
    const { id, event } = (notes[at] as ClientNote).data as Heard;
    const skipped = {
      ...(notes[at] as ClientNote),
      topic: 'v2-watch-skipped',
      data: { id, index: event.index },
    };
    expect(broken(notes.with(at, skipped))).toEqual([]);
    const early = { ...skipped, data: { id, index: event.index - 1 } };
    expect(broken(notes.with(at, early))).toEqual(['v2 watch: reliable']);
  });

  const tried = isThorough ? mutants : mutants.slice(0, 1);
  it.each(tried)('convict a store that $what', ({ check, durationMs, seedsMax, isWhole, plant }) => {
    plant();
    const found = Array.from({ length: seedsMax }, (_, i) => `${i + 1}`).find((seed) =>
      broken(notesOf({ scenario: v2Watches, seed, durationMs }, isWhole)).includes(check),
    );
    expect(found).toBeDefined();
  });
});

interface Heard {
  readonly id: number;
  readonly event: V2WatchEvent;
}

/** An event of a stream between others, that an answer tells of as well. */
function isInside(data: unknown, notes: readonly ClientNote[]): boolean {
  const { id, event } = data as Heard;
  const watch = watchesOf(notes).find((each) => each.id === id);
  if (watch?.stream !== true || event === watch.events[0] || event === watch.events.at(-1)) return false;
  return notes.some(
    ({ topic, data: told }) =>
      topic === 'v2-told' && JSON.stringify(told).includes(`"modifiedIndex":${event.index}}`),
  );
}

describe('a program that waits at a member by the v2 API', () => {
  /** What the second client saw, as texts. */
  function seenBy(watcher: (client: WorkloadClient, seen: string[]) => Script): readonly string[] {
    const seen: string[] = [];
    const scenario: Scenario = {
      name: 'waiting',
      sentence: 'One writes, another one waits.',
      members: 1,
      clients: 2,
      durationMs: 4000,
      *workload(client) {
        yield* client.sleep(1500);
        if (client.number === 2) yield* watcher(client, seen);
        else {
          for (const key of ['/a', '/b', '/a']) {
            yield* client.sleep(100);
            yield* client.v2(1, { kind: 'set', key, value: key });
          }
        }
      },
      *nemesis(story) {
        yield* story.sleep(2500);
        yield* story.bounce(1, 200);
      },
      sometimes: [],
    };
    notesOf({ scenario, seed: '1', durationMs: scenario.durationMs });
    return seen;
  }

  it('hears of one change, or in a stream of all, until the member is gone', () => {
    const read = (stream: boolean) =>
      function* (client: WorkloadClient, seen: string[]): Script {
        const start = client.v2Watch(1, { key: '/', recursive: true, stream });
        if (start.status !== 'ok') return;
        while (!start.watch.isOver) {
          const event = yield* start.watch.next(1200);
          seen.push(event === null ? 'nothing' : `${event.action} ${event.node.key}`);
        }
        seen.push('over', client.v2Watch(1, { key: '/' }).status);
      };
    expect(seenBy(read(false))).toEqual(['set /a', 'over', 'ok']);
    expect(seenBy(read(true))).toEqual(['set /a', 'set /b', 'set /a', 'nothing', 'over', 'fail']);
  });

  it('gets one event of the past, and goes on behind it; what it left hears nothing more', () => {
    function* read(client: WorkloadClient, seen: string[]): Script {
      yield* client.sleep(600);
      for (let waitIndex = 1; waitIndex < 100;) {
        const start = client.v2Watch(1, { key: '/a', waitIndex });
        if (start.status !== 'ok') return;
        const event = yield* start.watch.next(100);
        start.watch.end();
        if ((yield* start.watch.next(10)) !== null) seen.push('heard of it after hanging up');
        if (event === null) break;
        seen.push(`${event.action} ${event.prevNode === null ? 'new' : 'old'}`);
        waitIndex = event.index + 1;
      }
      seen.push('no more');
    }
    expect(seenBy(read)).toEqual(['set new', 'set old', 'no more']);
  });
});
