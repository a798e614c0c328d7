import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  EtcdHistory,
  WatchEvent,
  WatchRecord,
  WatchResponse,
} from '../../../sim/checkers/history/etcd_history.ts';
import { checkStore } from '../../../sim/checkers/store/index.ts';
import { type WatchGuarantee, checkWatches } from '../../../sim/checkers/watch/index.ts';
import { watchedHistory } from './real_watches.ts';

const runs = Number(process.env['DETCD_RUNS'] ?? 60);

function broken(history: EtcdHistory, watches: readonly WatchRecord[]): WatchGuarantee[] {
  const store = checkStore({ operations: history.operations, watches: [] }, { stepsMax: 10_000 });
  expect(store.verdict).toBe('linearizable');
  return checkWatches({ ...history, watches }, store.changes()).violations.map(({ guarantee }) => guarantee);
}

/** Changes responses of the watch that heard most. */
function changed(
  history: EtcdHistory,
  change: (responses: WatchResponse[], heard: number[]) => void,
): WatchRecord[] {
  const count = ({ responses }: WatchRecord): number =>
    responses.reduce((sum, { events }) => sum + (events?.length ?? 0), 0);
  const longest = [...history.watches].sort((a, b) => count(b) - count(a) || a.id - b.id)[0] as WatchRecord;
  const responses = longest.responses.map((each) => ({ ...each }));
  change(
    responses,
    responses.flatMap(({ kind }, at) => (kind === 'events' ? [at] : [])),
  );
  return [{ ...longest, responses }];
}

type Mutant = (responses: WatchResponse[], heard: number[], pick: number) => void;

const eventsOf = (response: WatchResponse | undefined): WatchEvent[] => [...(response?.events ?? [])];

function replaceEvent(pick: number, change: (event: WatchEvent) => WatchEvent): Mutant {
  return (responses, heard) => {
    const at = heard[pick % heard.length] as number;
    const events = eventsOf(responses[at]);
    const n = pick % events.length;
    events[n] = change(events[n] as WatchEvent);
    responses[at] = { ...(responses[at] as WatchResponse), events };
  };
}

const mutants: Readonly<
  Record<string, { readonly breaks: readonly WatchGuarantee[]; readonly make: (pick: number) => Mutant }>
> = {
  'an event is dropped': {
    breaks: ['reliable', 'resumable'],
    make: () => (responses, heard, pick) => {
      const at = heard[pick % heard.length] as number;
      const events = eventsOf(responses[at]);
      events.splice(pick % events.length, 1);
      responses[at] = { ...(responses[at] as WatchResponse), events };
    },
  },
  'an event comes twice': {
    breaks: ['unique', 'ordered'],
    make: () => (responses, heard, pick) => {
      const at = heard[pick % heard.length] as number;
      const events = eventsOf(responses[at]);
      responses[at] = {
        ...(responses[at] as WatchResponse),
        events: [...events, events[pick % events.length] as WatchEvent],
      };
    },
  },
  'a response moves behind a later one': {
    breaks: ['ordered', 'reliable', 'resumable', 'bookmarkable'],
    make: () => (responses, heard, pick) => {
      const n = pick % (heard.length - 1);
      const [a, b] = [heard[n] as number, heard[n + 1] as number];
      [responses[a], responses[b]] = [responses[b] as WatchResponse, responses[a] as WatchResponse];
    },
  },
  'a value changes': {
    breaks: ['reliable'],
    make: (pick) =>
      replaceEvent(pick, (event) =>
        event.type === 'put' ? { ...event, value: 'other' } : { ...event, type: 'put', value: 'other' },
      ),
  },
  'an event moves to another revision': {
    breaks: ['reliable', 'resumable', 'ordered', 'bookmarkable', 'atomic', 'unique'],
    make: (pick) => replaceEvent(pick, (event) => ({ ...event, modRevision: event.modRevision + 1 })),
  },
  'a key of another range': {
    breaks: ['filter'],
    make: (pick) => replaceEvent(pick, (event) => ({ ...event, key: 'zzz' })),
  },
  'isCreate is turned': {
    breaks: ['isCreate', 'reliable', 'filter'],
    make: (pick) =>
      replaceEvent(pick, (event) =>
        event.type === 'put'
          ? { ...event, isCreate: event.isCreate !== true }
          : { ...event, key: 'k-', type: 'put' },
      ),
  },
  'prevKv is another': {
    breaks: ['prevKv'],
    make: (pick) =>
      replaceEvent(pick, (event) => ({
        ...event,
        prevKv: { key: event.key, value: 'other', modRevision: 1 },
      })),
  },
  'progress runs ahead': {
    breaks: ['bookmarkable'],
    make: () => (responses) => {
      const last = responses.at(-1) as WatchResponse;
      responses.splice(1, 0, { kind: 'progress', revision: last.revision, ns: 1, sequence: 0 });
    },
  },
  'progress stands for events that never come': {
    breaks: ['reliable'],
    make: () => (responses) => {
      const last = responses.at(-1) as WatchResponse;
      responses.splice(1, responses.length, {
        kind: 'progress',
        revision: last.revision,
        ns: 1,
        sequence: 0,
      });
    },
  },
  'progress goes back': {
    breaks: ['bookmarkable'],
    make: () => (responses) => {
      const last = responses.at(-1) as WatchResponse;
      responses.push({ ...last, revision: last.revision - 1 });
    },
  },
};

describe('watches', () => {
  it('that hear what they should are accepted', () => {
    let events = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const history = watchedHistory(seed);
      expect(broken(history, history.watches), `seed ${seed}`).toEqual([]);
      for (const { responses } of history.watches)
        for (const response of responses) events += response.events?.length ?? 0;
    }
    expect(events).toBeGreaterThan(runs * 10);
  });

  it.each(Object.keys(mutants))('are rejected where %s', (name) => {
    const { breaks, make } = mutants[name] as (typeof mutants)[string];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.nat(1000), (seed, pick) => {
        const history = watchedHistory(seed, 120, 3);
        const watches = changed(history, (responses, heard) => {
          fc.pre(heard.length > 2);
          make(pick)(responses, heard, pick);
        });
        const [found] = broken(history, watches);
        expect(found).toBeDefined();
        expect(breaks).toContain(found);
      }),
      { numRuns: runs },
    );
  });

  it('must not hear a part of a txn in another response, nor what was before their start', () => {
    const event = (key: string, modRevision: number): WatchEvent => ({
      type: 'put',
      key,
      value: 'v',
      modRevision,
    });
    const watch = (startRevision: number, responses: WatchEvent[][]): WatchRecord => ({
      id: 1,
      request: { key: 'a', rangeEnd: 'z', startRevision },
      callNs: 0,
      callSequence: 0,
      responses: responses.map((events, at) => ({
        kind: 'events',
        revision: 9,
        ns: at,
        sequence: at,
        events,
      })),
    });
    const judge = (record: WatchRecord): WatchGuarantee | undefined =>
      checkWatches({ operations: [], watches: [record] }, null).violations[0]?.guarantee;
    expect(judge(watch(2, [[event('a', 2), event('b', 2)]]))).toBeUndefined();
    expect(judge(watch(2, [[event('a', 2)], [event('b', 2)]]))).toBe('atomic');
    expect(judge(watch(3, [[event('a', 2)]]))).toBe('notBefore');
    expect(judge(watch(1, [[event('a', 2)], [event('b', 1)]]))).toBe('ordered');
  });

  it('are undecided where the changes of the store are not known', () => {
    const history = watchedHistory(3);
    expect(checkWatches(history, null).verdict).toBe('unknown');
  });
});
