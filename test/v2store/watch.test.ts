import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteString, fromBytes, toBytes } from '../../core/base/bytes.ts';
import {
  applyV2,
  eventIndex,
  historyCapacity,
  keysNamespace,
  makeV2Request,
  type V2Event,
  V2Store,
  watcherEventsMax,
} from '../../core/v2store/index.ts';
import { latest, operation, type Operation, requestOf } from './operations.ts';
import { Bench, bytes, noonNs, refusal, secondNs, taken, takenEvents } from './support.ts';

const stream = { stream: true } as const;
const deep = { recursive: true, stream: true } as const;

describe('watches of the v2 store', () => {
  it('a non-stream watcher gets one event', () => {
    const bench = new Bench();
    const watcher = bench.watch('/a');
    bench.put('/b', '1');
    expect(watcher.isClosed).toBe(false);
    bench.put('/a', '1');
    bench.put('/a', '2');
    expect(taken(watcher)).toEqual(['set /1/a']);
    expect(watcher.isClosed).toBe(true);
    expect(bench.store.watcherCount).toBe(0);
  });

  it('a watch is recursive only if asked', () => {
    const bench = new Bench();
    const [near, far] = [bench.watch('/d', stream), bench.watch('/d', deep)];
    bench.put('/d/x', '1');
    bench.put('/de', '1');
    expect(taken(near)).toEqual([]);
    expect(taken(far)).toEqual(['set /1/d/x']);
  });

  it('a watcher that lags by more than 100 events is removed; it keeps the first 100', () => {
    const bench = new Bench();
    const [slow, quick] = [bench.watch('/a', stream), bench.watch('/a', stream)];
    for (let i = 0; i < watcherEventsMax; i++) {
      bench.put('/a', `${i}`);
      quick.take();
    }
    expect([slow.isClosed, bench.store.watcherCount]).toEqual([false, 2]);
    bench.put('/a', 'one more');
    expect([slow.isClosed, slow.isOverflown, bench.store.watcherCount]).toEqual([true, true, 1]);
    expect(quick.take()?.node.value).toBe('one more');
    bench.put('/a', 'unseen');
    const events = takenEvents(slow);
    expect([events.length, events.at(-1)?.node.value]).toEqual([100, '99']);
  });

  it('nodes starting with `_` are hidden from recursive watches, but not from a watch on them', () => {
    const bench = new Bench();
    const above = bench.watch('/d', deep);
    const root = bench.watch('/', deep);
    const inside = bench.watch('/d/_h', deep);
    const itself = bench.watch('/_x', stream);
    bench.put('/d/_h/x', '1');
    bench.put('/_x', '1');
    bench.put('/d/a_b', '1');
    expect(taken(above)).toEqual(['set /1/d/a_b']);
    expect(taken(root)).toEqual(['set /1/d/a_b']);
    expect(taken(inside)).toEqual(['set /1/d/_h/x']);
    expect(taken(itself)).toEqual(['set /1/_x']);
  });

  it('`refresh` does not notify, but counts, and keeps the value', () => {
    const bench = new Bench();
    bench.put('/a', 'x', bench.ttl(5n));
    const watcher = bench.watch('/a', stream);
    const answer = bench.put('/a', '', { ...bench.ttl(50n), refresh: true, prevExist: true });
    expect(answer).toContain('"value":"x"');
    expect(answer.endsWith(',"refresh":true}')).toBe(true);
    bench.put('/a', '', { ...bench.ttl(60n), refresh: true });
    bench.put('/a', '', { ...bench.ttl(70n), refresh: true, prevIndex: 3n });
    expect(taken(watcher)).toEqual([]);
    expect(bench.store.currentIndex).toBe(4);
    expect(bench.watch('/a', { since: 2n }).take()).toBe(null);
    bench.sync(60n);
    expect(taken(watcher)).toEqual([]);
    expect(bench.get('/a')).toContain('"ttl":70');
    expect(bench.put('/none', '', { refresh: true })).toContain('"errorCode":100');
    bench.put('/a', 'y', { refresh: false });
    expect(taken(watcher)).toEqual(['set /1/a']);
  });

  it('who watches below a directory that goes gets the directory`s event; a stream on it gets it twice (etcd)', () => {
    const bench = new Bench();
    bench.put('/d/x/y', '1');
    const below = bench.watch('/d/x/y', stream);
    const itself = bench.watch('/d', stream);
    const once = bench.watch('/d');
    const above = bench.watch('/', deep);
    bench.apply('DELETE', '/d', '', { recursive: true });
    expect(taken(below)).toEqual(['delete /1/d']);
    expect(taken(itself)).toEqual(['delete /1/d', 'delete /1/d']);
    expect(taken(once)).toEqual(['delete /1/d']);
    expect(taken(above)).toEqual(['delete /1/d']);
  });

  it('a watch from the past finds the first event in the history, and no more', () => {
    const bench = new Bench();
    for (const value of ['1', '2', '3']) bench.put('/a', value);
    bench.put('/b', '4');
    const watcher = bench.watch('/a', { since: 2n, ...stream });
    expect(watcher.take()).toMatchObject({ node: { value: '2' }, etcdIndex: 4 });
    bench.put('/a', '5');
    expect(watcher.take()).toBe(null);
    expect(bench.store.watcherCount).toBe(0);
    expect(bench.watch('/a', { since: 5n }).take()?.node.value).toBe('5');
  });

  it('a watch from the past learns of the end of a directory above, by text, as with etcd', () => {
    const bench = new Bench();
    bench.put('/d', '', { dir: true });
    bench.put('/e', '', { dir: true, ...bench.ttl(5n) });
    bench.put('/f', 'a file');
    const since = 4n;
    bench.apply('DELETE', '/d', '', { dir: true });
    bench.sync(5n);
    bench.apply('DELETE', '/f');
    expect(taken(bench.watch('/d/x', { since }))).toEqual(['delete /1/d']);
    expect(taken(bench.watch('/e/x', { since }))).toEqual(['expire /1/e']);
    // Not a path below, but its text starts alike.
    expect(taken(bench.watch('/dx', { since }))).toEqual(['delete /1/d']);
    expect(taken(bench.watch('/f/x', { since }))).toEqual([]);
    expect(taken(bench.watch('/g', { since }))).toEqual([]);
    // What was made is no end.
    expect(taken(bench.watch('/d/x', { since: 1n }))).toEqual(['delete /1/d']);
  });

  it('a watch in the future waits for its index', () => {
    const bench = new Bench();
    const watcher = bench.watch('/a', { since: 3n });
    const never = bench.watch('/a', { since: 2n ** 64n - 1n });
    for (const value of ['1', '2', '3', '4']) bench.put('/a', value);
    expect(watcher.take()?.node.value).toBe('3');
    expect(never.take()).toBe(null);
  });

  it('a watch index older than the history: 401 with the first index that is left', () => {
    const bench = new Bench();
    for (let i = 0; i < historyCapacity; i++) bench.put('/a', `${i}`);
    expect(bench.watch('/a', { since: 1n }).take()?.node.value).toBe('0');
    bench.put('/b', '');
    const error = refusal(() => bench.watch('/a', { since: 1n }));
    expect(error).toMatchObject({
      code: 401,
      message: 'The event in requested index is outdated and cleared',
      reason: 'the requested history has been cleared [2/1]',
      index: 1001,
      httpStatus: 400,
    });
    expect(bench.watch('/a', { since: 2n }).take()?.node.value).toBe('1');
    expect(bench.watch('/b', { since: 3n }).take()?.node.key).toBe('/1/b');
    expect(bench.watch('/c', { since: 3n }).take()).toBe(null);
  });

  it('an event is told when it comes, and the end of a watch, too', () => {
    const bench = new Bench();
    const watcher = bench.watch('/a', stream);
    const seen: string[] = [];
    watcher.onReady = () => seen.push(watcher.isClosed ? 'closed' : (watcher.take()?.action ?? 'none'));
    bench.put('/a', '1');
    watcher.remove();
    watcher.remove();
    bench.put('/a', '2');
    expect(seen).toEqual(['set', 'closed']);
  });

  it('watchers survive a recovery', () => {
    const [bench, other] = [new Bench(), new Bench()];
    other.put('/a', '1');
    const watcher = bench.watch('/a', stream);
    bench.store.recovery(other.store.save());
    bench.put('/a', '2');
    expect(watcher.take()).toMatchObject({ node: { value: '2', modifiedIndex: 2 } });
  });
});

/** Applies them, a second apart, with a SYNC after every seventh of what was due 13 seconds before. */
function applyAll(store: V2Store, asked: readonly Operation[], onEach: () => void = () => undefined): void {
  asked.forEach((one, at) => {
    const nowNs = noonNs + BigInt(at) * secondNs;
    const fields = one.fields['prevIndex'] === latest ? { ...one.fields, prevIndex: '3' } : one.fields;
    applyV2(store, requestOf({ ...one, fields }, nowNs), nowNs);
    if (at % 7 === 6) {
      applyV2(store, makeV2Request({ method: bytes('SYNC'), time: nowNs - 13n * secondNs }), nowNs);
    }
    onEach();
  });
}

function saved(store: V2Store): string {
  return fromBytes(store.save());
}

describe('properties of the v2 store', () => {
  const many = fc.array(operation, { maxLength: 60, size: 'max' });

  it('a watch and the history tell the same story', () => {
    fc.assert(
      fc.property(many, (asked) => {
        const store = new V2Store();
        const watcher = store.watch(keysNamespace, { recursive: true, stream: true, sinceIndex: 0 });
        const events: V2Event[] = [];
        applyAll(store, asked, () => events.push(...takenEvents(watcher)));

        const told: V2Event[] = [];
        for (let since = 1; ; since = eventIndex(told.at(-1) as V2Event) + 1) {
          const past = store.watch(keysNamespace, { recursive: true, stream: false, sinceIndex: since });
          const event = past.take();
          past.remove();
          if (event === null) break;
          told.push(event);
        }
        // The history shows hidden nodes, too, and has forgotten how far the store was.
        const shown = told.filter(({ node }) => !node.key.includes('/_'));
        expect(shown.map((event) => ({ ...event, etcdIndex: eventIndex(event) }))).toEqual(events);
      }),
      { numRuns: 60 },
    );
  });

  it('the same requests make the same bytes, also through a save and beside a clone', () => {
    fc.assert(
      fc.property(many, many, (before, after) => {
        const store = new V2Store();
        applyAll(store, before);
        const bytesBefore = saved(store);
        const clone = store.clone();
        const recovered = new V2Store();
        recovered.recovery(toBytes(bytesBefore as ByteString));
        expect(saved(recovered)).toBe(bytesBefore);

        applyAll(store, after);
        expect(saved(clone)).toBe(bytesBefore);
        applyAll(recovered, after);
        applyAll(clone, after);
        expect(saved(recovered)).toBe(saved(store));
        expect(saved(clone)).toBe(saved(store));
      }),
      { numRuns: 40 },
    );
  });
});
