import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type V2History,
  type V2Operation,
  type V2Watch,
  type V2WatchEvent,
  type V2WatchGuarantee,
  checkV2History,
} from '../../../sim/checkers/v2/index.ts';
import { runs } from '../../runs.ts';
import { realV2Watches } from './real_watches.ts';

const numRuns = runs(8, 2000);
const lieRuns = runs(2, 500);
const seeds = fc.integer({ min: 1, max: 1_000_000 });
const stepsMax = 200_000;

type Real = ReturnType<typeof realV2Watches>;

function judged({ operations, watches, settled = 0 }: V2History & { readonly settled?: number }): string[] {
  const { violations, store } = checkV2History({ operations, watches }, { stepsMax, settled });
  return [...violations.map(({ guarantee }) => guarantee), ...store.violations.map(() => 'store')];
}

/** Changes what one of the watches told, if any has room for the lie. */
function lied(
  real: Real,
  pick: number,
  lie: (watch: V2Watch, real: Real, pick: number) => V2Watch | null,
): Real | null {
  const possible = real.watches.flatMap((watch) => lie(watch, real, pick) ?? []);
  const victim = possible[pick % Math.max(1, possible.length)];
  if (victim === undefined) return null;
  return { ...real, watches: real.watches.map((each) => (each.id === victim.id ? victim : each)) };
}

function replaced(watch: V2Watch, at: number, ...events: readonly V2WatchEvent[]): V2Watch {
  return { ...watch, events: watch.events.toSpliced(at, 1, ...events) };
}

/** Whether a watcher heard of it as it happened: of the past etcd tells more than it need. */
function isLive({ etcdIndex }: V2Watch, { index }: V2WatchEvent): boolean {
  return index > (etcdIndex ?? 0);
}

const lies: readonly (readonly [
  string,
  readonly (V2WatchGuarantee | 'store')[],
  (watch: V2Watch, real: Real, pick: number) => V2Watch | null,
])[] = [
  [
    'one of several events is lost',
    ['reliable'],
    (watch, _real, pick) => {
      const at = pick % Math.max(1, watch.events.length - 1);
      const [event, next] = [watch.events[at], watch.events[at + 1]];
      if (event === undefined || next === undefined || event.index === next.index) return null;
      // What was told twice is not lost with one of the two, and that a directory went is not always known.
      const isTwice = watch.events.some((each, other) => other !== at && each.index === event.index);
      if (isTwice || event.action === 'delete' || event.action === 'expire') return null;
      return replaced(watch, at);
    },
  ],
  [
    'the last event never comes, though there was time',
    ['reliable'],
    (watch) => {
      const event = watch.events.at(-1);
      if (event === undefined || !watch.stream || !watch.events.every((each) => isLive(watch, each)))
        return null;
      if (watch.events.filter(({ index }) => index === event.index).length > 1) return null;
      if (event.action === 'delete' || event.action === 'expire') return null;
      return { ...watch, events: watch.events.slice(0, -1) };
    },
  ],
  [
    'two events change places',
    ['ordered', 'reliable'],
    (watch, _real, pick) => {
      const at = pick % Math.max(1, watch.events.length - 1);
      const [event, next] = [watch.events[at], watch.events[at + 1]];
      if (event === undefined || next === undefined || event.index === next.index) return null;
      return { ...watch, events: watch.events.toSpliced(at, 2, next, event) };
    },
  ],
  [
    'an event comes twice',
    ['ordered'],
    (watch, _real, pick) => {
      const at = pick % Math.max(1, watch.events.length);
      const event = watch.events[at];
      if (event === undefined) return null;
      return replaced(watch, at, event, event, event);
    },
  ],
  [
    'the action is another',
    ['truthful'],
    (watch) => {
      const [event] = watch.events;
      if (event === undefined || event.action !== 'set') return null;
      return replaced(watch, 0, { ...event, action: 'update' });
    },
  ],
  [
    'the value is another',
    ['truthful'],
    (watch) => {
      const [event] = watch.events;
      if (event?.node.value === undefined) return null;
      return replaced(watch, 0, { ...event, node: { ...event.node, value: 'other' } });
    },
  ],
  [
    'the node before is another',
    ['truthful', 'store', 'expiry'],
    (watch) => {
      const at = watch.events.findIndex(({ prevNode }) => (prevNode ?? null)?.value !== undefined);
      const event = watch.events[at];
      if (event === undefined) return null;
      return replaced(watch, at, { ...event, prevNode: { ...event.prevNode, value: 'other' } });
    },
  ],
  [
    'the node before is left out',
    ['truthful'],
    (watch) => {
      const at = watch.events.findIndex(
        ({ prevNode, action }) => (prevNode ?? null) !== null && action !== 'expire',
      );
      const event = watch.events[at];
      return event === undefined ? null : replaced(watch, at, { ...event, prevNode: null });
    },
  ],
  [
    'the event is of another key',
    ['filter'],
    (watch) => {
      const [event] = watch.events;
      if (event === undefined || watch.key === '/') return null;
      return replaced(watch, 0, { ...event, node: { ...event.node, key: '/elsewhere' } });
    },
  ],
  [
    'the watch was not recursive',
    ['filter'],
    (watch) => {
      const isBelow = watch.events.some(
        ({ node }) =>
          node.key !== watch.key && node.key.startsWith(watch.key === '/' ? '/' : `${watch.key}/`),
      );
      return isBelow ? { ...watch, recursive: false } : null;
    },
  ],
  [
    'it had asked for a later index',
    ['notBefore'],
    (watch) => {
      const [event] = watch.events;
      return event === undefined ? null : { ...watch, waitIndex: event.index + 1 };
    },
  ],
  [
    'a single event was asked for',
    ['ordered'],
    (watch) => (watch.stream && watch.events.length > 1 ? { ...watch, stream: false } : null),
  ],
  [
    'an index that is kept is told to be cleared',
    ['window'],
    (watch) => (watch.refused === null ? { ...watch, events: [], refused: 401 } : null),
  ],
];

describe('watches of the v2 API', () => {
  it('of a real store are accepted, whatever answers were lost', () => {
    let events = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const real = realV2Watches(seed, 60, { unknownPer100: 10 });
        for (const watch of real.watches) events += watch.events.length;
        const { violations, store } = checkV2History(real, { stepsMax, settled: real.settled });
        expect(
          [...violations, ...store.violations].map(({ sentence, lines }) => [sentence, ...lines].join('\n')),
        ).toEqual([]);
      }),
      { numRuns },
    );
    expect(events).toBeGreaterThan(numRuns);
  });

  for (const [what, guarantees, lie] of lies) {
    it(`are rejected where ${what}`, () => {
      let planted = 0;
      fc.assert(
        fc.property(seeds, fc.nat(), (seed, pick) => {
          let history: Real | null = null;
          for (let each = seed; history === null && each < seed + 30; each++)
            history = lied(realV2Watches(each, 40), pick, lie);
          if (history === null) return;
          planted++;
          const found = judged(history);
          expect(found.filter((each) => (guarantees as readonly string[]).includes(each))).not.toEqual([]);
        }),
        { numRuns: lieRuns },
      );
      expect(planted).toBeGreaterThan(0);
    });
  }
});

const second = 1_000_000_000;

/** A small history, told by what clients and watchers heard. */
class Told {
  readonly operations: V2Operation[] = [];
  readonly watches: V2Watch[] = [];

  set(index: number | null, atNs: number, value: string, more: { ttl?: number; key?: string } = {}): this {
    const id = this.operations.length + 1;
    const { key = '/k', ...rest } = more;
    const input = { kind: 'set', key, value, ...rest } as const;
    const common = { id, process: id, client: `c${id}`, input, callNs: atNs, callSequence: 0 };
    const lost = { returnNs: null, returnSequence: null, outcome: { status: 'unknown' } } as const;
    const output = { error: null, node: { modifiedIndex: index ?? 0 }, prevNode: null } as const;
    const heard = { returnNs: atNs + 10, returnSequence: 1, outcome: { status: 'ok', output } } as const;
    this.operations.push({ ...common, ...(index === null ? lost : heard) });
    return this;
  }

  get(atNs: number, value: string | null): this {
    const id = this.operations.length + 1;
    const output =
      value === null ? { error: 100 } : ({ error: null, node: { value }, prevNode: null } as const);
    const input = { kind: 'get', key: '/k' } as const;
    this.operations.push({
      id,
      process: id,
      client: `c${id}`,
      input,
      callNs: atNs,
      callSequence: 0,
      returnNs: atNs + 10,
      returnSequence: 1,
      outcome: { status: 'ok', output },
    });
    return this;
  }

  watch(
    waitIndex: number,
    etcdIndex: number | null,
    events: readonly V2WatchEvent[],
    refused: number | null = null,
  ): this {
    const id = this.watches.length + 1;
    this.watches.push({
      id,
      client: `w${id}`,
      key: '/k',
      recursive: true,
      stream: true,
      waitIndex,
      etcdIndex,
      events,
      refused,
      callNs: 0,
      returnNs: null,
    });
    return this;
  }
}

const heard = (
  index: number,
  atNs: number,
  value: string,
  prev?: V2WatchEvent['prevNode'],
): V2WatchEvent => ({
  index,
  action: 'set',
  node: { key: '/k', value, modifiedIndex: index },
  atNs,
  ...(prev === undefined ? {} : { prevNode: prev }),
});
const expired = (index: number, atNs: number, prev: number): V2WatchEvent => ({
  index,
  action: 'expire',
  node: { key: '/k', modifiedIndex: index },
  atNs,
  prevNode: { modifiedIndex: prev },
});

describe('what a watch of the v2 API tells', () => {
  it('must have been asked for by somebody, and before it was heard', () => {
    expect(judged(new Told().watch(0, 0, [heard(1, 50, 'a')]))).toEqual(['truthful']);
    expect(judged(new Told().set(null, 0, 'b').watch(0, 0, [heard(1, 50, 'a')]))).toEqual(['truthful']);
    expect(judged(new Told().set(null, 0, 'a').watch(0, 0, [heard(1, 50, 'a')]))).toEqual([]);
    expect(judged(new Told().set(null, 60, 'a').watch(0, 0, [heard(1, 50, 'a')]))).toEqual(['truthful']);
    expect(judged(new Told().set(1, 60, 'a').watch(0, 0, [heard(1, 50, 'a')]))).toEqual(['truthful']);
    // One operation does one change, two do two.
    const twice = [heard(1, 50, 'a'), heard(2, 60, 'a')];
    expect(judged(new Told().set(null, 0, 'a').watch(0, 0, twice))).toEqual(['truthful']);
    expect(judged(new Told().set(null, 0, 'a').set(null, 0, 'a').watch(0, 0, twice))).toEqual([]);
  });

  it('settles an operation without an answer: from then on reads show it', () => {
    const open = new Told().set(1, 0, 'old').set(null, 20, 'new');
    const events = [heard(1, 15, 'old'), heard(2, 50, 'new')];
    expect(judged(new Told().set(1, 0, 'old').set(null, 20, 'new').get(100, 'old'))).toEqual([]);
    expect(judged(open.get(100, 'old').watch(0, 0, events))).toEqual(['store']);
    expect(
      judged(new Told().set(1, 0, 'old').set(null, 20, 'new').get(100, 'new').watch(0, 0, events)),
    ).toEqual([]);
    // The answer left out what was there before; the watcher tells it, wrongly.
    const before = heard(2, 50, 'new', { value: 'other' });
    expect(
      judged(
        new Told()
          .set(1, 0, 'old')
          .set(2, 20, 'new')
          .watch(0, 0, [events[0] as V2WatchEvent, before]),
      ),
    ).toEqual(['store']);
  });

  it('is an expiry only of what had a time to live, when it was over, and then it is gone', () => {
    const living = (): Told => new Told().set(1, 0, 'a', { ttl: 2 });
    const on = 2 * second;
    expect(judged(living().watch(2, 1, [expired(2, on, 1)]))).toEqual([]);
    expect(judged(living().watch(2, 1, [expired(2, on - 1, 1)]))).toEqual(['expiry']);
    expect(judged(new Told().set(1, 0, 'a').watch(2, 1, [expired(2, on, 1)]))).toEqual(['expiry']);
    expect(
      judged(
        new Told()
          .set(1, 0, 'a')
          .set(2, 20, 'b', { ttl: 2, key: '/j' })
          .watch(2, 1, [expired(3, 3 * on, 9)]),
      ),
    ).toEqual(['expiry']);
    expect(
      judged(
        living()
          .get(on + 100, 'a')
          .watch(2, 1, [expired(2, on + 50, 1)]),
      ),
    ).toEqual(['store']);
    expect(
      judged(
        living()
          .get(on + 100, null)
          .watch(2, 1, [expired(2, on + 50, 1)]),
      ),
    ).toEqual([]);
    expect(
      judged(
        living()
          .get(on + 40, 'a')
          .watch(2, 1, [expired(2, on + 50, 1)]),
      ),
    ).toEqual([]);
  });

  it('is refused with 401 outside the window of 1,000 events, and only there', () => {
    expect(judged(new Told().watch(1, 1001, [], 401))).toEqual([]);
    expect(judged(new Told().watch(2, 1001, [], 401))).toEqual(['window']);
    expect(judged(new Told().watch(1, 1001, []))).toEqual(['window']);
    expect(judged(new Told().watch(2, 1001, []))).toEqual([]);
    expect(judged(new Told().watch(0, 1001, [], 401))).toEqual(['window']);
    expect(judged(new Told().watch(1, null, [], 401))).toEqual([]);
    expect(judged(new Told().watch(5, 1, [], 300))).toEqual([]);
  });

  it('begins behind the index at which it was asked for', () => {
    const two = (): Told => new Told().set(1, 0, 'a').set(2, 20, 'b');
    expect(judged(two().watch(0, 1, [heard(1, 15, 'a')]))).toEqual(['notBefore']);
    expect(judged(two().watch(0, 1, [heard(2, 50, 'b')]))).toEqual([]);
    expect(judged(two().watch(0, null, [heard(2, 50, 'b')]))).toEqual([]);
    expect(judged(two().watch(1, null, [heard(2, 50, 'b')]))).toEqual(['reliable']);
  });

  it('is accepted from a real store that has forgotten the first events', () => {
    const refused = new Set<number | null>();
    for (let seed = 1; seed <= 1; seed++) {
      const real = realV2Watches(seed, 20, { before: 1200 });
      for (const watch of real.watches) refused.add(watch.refused);
      expect(judged(real)).toEqual([]);
    }
    expect([...refused]).toContain(401);
  });
});
