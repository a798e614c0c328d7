import { describe, expect, it } from 'vitest';
import { watchBatchRevisionsMax, watchersPerSync } from '../../core/limits.ts';
import { open, take, text, WatchBench } from './support.ts';

const all = { key: text(''), range_end: open };

describe('a watcher’s beginning', () => {
  it('a start revision of 0 or above the present one is synced at once', () => {
    const bench = new WatchBench();
    bench.put('a');
    const stream = bench.stream();
    stream.create({ key: text('a') });
    stream.create({ key: text('a'), start_revision: 4 });
    expect([bench.watch.syncedCount, bench.watch.unsyncedCount]).toEqual([2, 0]);
    bench.put('a', '3');
    bench.put('a', '4');
    expect(take(stream)).toEqual([
      '#0 @2 created',
      '#1 @2 created',
      '#0 @3 a=3@3',
      '#0 @4 a=4@4',
      '#1 @4 a=4@4',
    ]);
  });

  it('a present or past start revision is read from history', () => {
    const bench = new WatchBench();
    bench.txn(['a', '1'], ['b', '1'], ['z', '1']);
    bench.delete('a');
    bench.put('b', '2');
    const stream = bench.stream();
    stream.create({ key: text('a'), range_end: text('c'), start_revision: 2 });
    stream.create({ ...all, start_revision: 4 });
    expect([bench.watch.syncedCount, bench.watch.unsyncedCount]).toEqual([0, 2]);
    bench.put('z', '3');
    bench.sync(1);
    expect(take(stream)).toEqual([
      '#0 @4 created',
      '#1 @4 created',
      '#0 @5 a=1@2 b=1@2 a@3 b=2@4',
      '#1 @5 b=2@4 z=3@5',
    ]);
    expect(bench.watch.syncedCount).toBe(2);
  });

  it('events that come about right after the creation wait for Created, which carries the current revision', () => {
    const bench = new WatchBench();
    bench.put('a');
    const stream = bench.stream();
    stream.create({ key: text('a'), start_revision: 2 });
    bench.sync();
    bench.put('a');
    expect(take(stream, 1)).toEqual(['#0 @2 created']);
    expect(take(stream)).toEqual(['#0 @2 a=v@2', '#0 @3 a=v@3']);
  });

  it('a failed create gives Created and Canceled with id -1', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    expect(stream.create({ key: text('k'), range_end: text('a') })).toBeNull();
    expect(stream.create({ key: text('k'), range_end: text('k') })).toBeNull();
    expect(stream.create({ key: text('k'), watch_id: 7 })).toBe(7);
    expect(stream.create({ key: text('k'), watch_id: 7 })).toBeNull();
    stream.refuse(text('etcdserver: permission denied'));
    expect(take(stream)).toEqual([
      '#-1 @1 created canceled "mvcc: watcher range is empty"',
      '#-1 @1 created canceled "mvcc: watcher range is empty"',
      '#7 @1 created',
      '#-1 @1 created canceled "mvcc: duplicate watch ID provided on the WatchStream"',
      '#-1 @1 created canceled "etcdserver: permission denied"',
    ]);
    expect(bench.watch.syncedCount).toBe(1);
  });

  it('a negative start revision is refused', () => {
    const bench = new WatchBench();
    bench.put('a');
    const stream = bench.stream();
    expect(stream.create({ key: text('a'), start_revision: -1 })).toBeNull();
    bench.sync();
    expect(take(stream)).toEqual([
      '#-1 @2 created canceled "etcdserver: mvcc: required revision has been compacted"',
    ]);
  });

  it('the stream chooses ids that are free', () => {
    const stream = new WatchBench().stream();
    const ids = [0, 1, 2, 0, 0, -5].map((watch_id) => stream.create({ key: text('k'), watch_id }));
    expect(ids).toEqual([0, 1, 2, 3, 4, -5]);
  });

  it('an empty key is the lowest one', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('') });
    stream.create({ key: text(''), range_end: text('b') });
    bench.txn(['\0', '1'], ['a', '1'], ['b', '1']);
    expect(take(stream).slice(2)).toEqual(['#0 @2 \0=1@2', '#1 @2 \0=1@2 a=1@2']);
  });
});

describe('what a watcher gets', () => {
  it('a change is queued at the end of its transaction, all of a revision in one answer', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create(all);
    const txn = bench.store.write();
    txn.put(text('a'), text('1'));
    txn.put(text('b'), text('1'));
    expect(take(stream)).toEqual(['#0 @1 created']);
    txn.end();
    expect(bench.watch.takeReadyStreams()).toEqual([stream]);
    expect(take(stream)).toEqual(['#0 @2 a=1@2 b=1@2']);
  });

  it('each of many overlapping watchers gets what it covers', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a') });
    stream.create({ key: text('a'), range_end: text('b') });
    stream.create({ key: text('a'), range_end: text('c') });
    stream.create({ key: text('b'), range_end: open });
    stream.create({ key: text('a') });
    take(stream);
    bench.txn(['a', '1'], ['b', '1'], ['c', '1']);
    expect(take(stream).toSorted()).toEqual([
      '#0 @2 a=1@2',
      '#1 @2 a=1@2',
      '#2 @2 a=1@2 b=1@2',
      '#3 @2 b=1@2 c=1@2',
      '#4 @2 a=1@2',
    ]);
  });

  it('filters leave events out, and an answer without events is not sent', () => {
    const bench = new WatchBench();
    bench.put('a');
    const stream = bench.stream();
    stream.create({ ...all, filters: ['NOPUT'] });
    stream.create({ ...all, filters: ['NODELETE'], start_revision: 2 });
    stream.create({ ...all, filters: ['NODELETE', 'NOPUT'], start_revision: 2 });
    take(stream);
    bench.sync();
    bench.txn(['b', '1'], ['a', null]);
    bench.put('b', '2');
    expect(take(stream)).toEqual(['#1 @2 a=v@2', '#0 @3 a@3', '#1 @3 b=1@3', '#1 @4 b=2@4']);
  });

  it('PrevKV is looked up when the answer is sent: nothing after a compaction', () => {
    const bench = new WatchBench();
    bench.put('a', '1');
    const stream = bench.stream();
    stream.create({ key: text('a'), prev_kv: true });
    bench.put('a', '2');
    bench.delete('a');
    bench.put('a', '3');
    bench.put('a', '4');
    expect(take(stream, 2)).toEqual(['#0 @2 created', '#0 @3 a=2@3<1@2']);
    bench.compact(4);
    expect(take(stream)).toEqual(['#0 @4 a@4', '#0 @5 a=3@5', '#0 @6 a=4@6<3@5']);
  });

  it('all events of one revision stay in one answer unless the client takes fragments', () => {
    const value = 'x'.repeat(100);
    const bench = new WatchBench({ responseBytesMax: 250 });
    const stream = bench.stream();
    stream.create(all);
    stream.create({ ...all, fragment: true });
    take(stream);
    bench.txn(['a', value], ['b', value], ['c', value]);
    bench.put('d', value.repeat(5));
    const parts = stream.takeResponses();
    expect(parts.map(({ watch_id, events, fragment }) => [watch_id, events.length, fragment])).toEqual([
      [0, 3, false],
      [1, 1, true],
      [1, 1, true],
      [1, 1, false],
      [0, 1, false],
      [1, 1, false],
    ]);
    const whole = parts[0]?.events ?? [];
    expect(parts.slice(1, 4).flatMap(({ events }) => events)).toEqual(whole);
  });

  it('fragments wait for a connection that takes one answer at a time', () => {
    const bench = new WatchBench({ responseBytesMax: 80 });
    const stream = bench.stream();
    stream.create({ ...all, fragment: true });
    bench.txn(['a', '1'], ['b', '1'], ['c', '1']);
    bench.put('d', '1');
    const taken: string[] = [];
    while (stream.hasResponses) taken.push(...take(stream, 1));
    expect(taken).toEqual([
      '#0 @1 created',
      '#0 @2 a=1@2 ...',
      '#0 @2 b=1@2 ...',
      '#0 @2 c=1@2',
      '#0 @3 d=1@3',
    ]);
  });

  it('a canceled watcher gets what was queued before and nothing after', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a'), watch_id: 3 });
    bench.put('a', '1');
    stream.cancel(3);
    stream.cancel(3);
    bench.put('a', '2');
    stream.create({ key: text('a'), watch_id: 3 });
    bench.put('a', '3');
    expect(take(stream)).toEqual([
      '#3 @1 created',
      '#3 @2 a=1@2',
      '#3 @2 canceled',
      '#3 @3 created',
      '#3 @4 a=3@4',
    ]);
  });
});

describe('catching up', () => {
  it('a watcher gets at most 1000 revisions a round, and goes on where it stopped', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    for (let i = 0; i < watchBatchRevisionsMax + 5; i++) bench.txn(['a', '1'], ['b', '1']);
    stream.create({ ...all, start_revision: 2 });
    take(stream);
    bench.sync(1);
    const first = stream.takeResponses();
    expect(first.map(({ events }) => events.length)).toEqual([2 * watchBatchRevisionsMax]);
    expect(bench.watch.unsyncedCount).toBe(1);
    bench.sync(1);
    const rest = stream.takeResponses();
    expect(rest.flatMap(({ events }) => events.map(({ kv }) => kv.mod_revision))).toEqual(
      Array.from({ length: 10 }, (_, i) => watchBatchRevisionsMax + 2 + Math.floor(i / 2)),
    );
    expect(bench.watch.syncedCount).toBe(1);
  });

  it('512 watchers are served in a round, the others in the next ones', () => {
    const bench = new WatchBench();
    bench.put('a');
    for (let i = 0; i < watchersPerSync + 10; i++)
      bench.stream().create({ key: text('a'), start_revision: 2 });
    bench.watch.syncUnsynced();
    expect([bench.watch.syncedCount, bench.watch.unsyncedCount]).toEqual([watchersPerSync, 10]);
    bench.watch.syncUnsynced();
    expect(bench.watch.unsyncedCount).toBe(0);
  });

  it('they take turns: one that can’t go on does not keep the next ones waiting', () => {
    const bench = new WatchBench({ watchersPerSync: 1, channelSlots: 1, batchRevisionsMax: 1 });
    const slow = bench.stream();
    slow.create({ key: text('a') });
    slow.create({ key: text('b'), start_revision: 1 });
    const quick = bench.stream();
    for (let i = 0; i < 4; i++) bench.put('a');
    bench.compact(3);
    quick.create({ key: text('a'), start_revision: 3 });
    for (let i = 0; i < 3; i++) {
      bench.watch.syncUnsynced();
      bench.watch.syncUnsynced();
      expect(quick.takeResponses().at(-1)?.events[0]?.kv.mod_revision).toBe(3 + i);
    }
  });

  it('compacted: Canceled with CompactRevision, and no revision in the header', () => {
    const bench = new WatchBench();
    for (let i = 0; i < 5; i++) bench.put('a', String(i));
    bench.compact(4);
    const stream = bench.stream();
    stream.create({ key: text('a'), start_revision: 3 });
    stream.create({ key: text('a'), start_revision: 4 });
    bench.sync();
    expect(take(stream)).toEqual([
      '#0 @6 created',
      '#1 @6 created',
      '#0 canceled compacted 4',
      '#1 @6 a=2@4 a=3@5 a=4@6',
    ]);
    expect(stream.create({ key: text('a'), watch_id: 0 })).toBe(2);
    expect(bench.watch.unsyncedCount).toBe(0);
  });

  it('the id of a watcher that a compaction has ended is taken until the client cancels it, once', () => {
    const bench = new WatchBench();
    for (let i = 0; i < 5; i++) bench.put('a', String(i));
    bench.compact(4);
    const stream = bench.stream();
    stream.create({ key: text('a'), start_revision: 1, watch_id: 7 });
    bench.sync();
    take(stream);
    expect(stream.create({ key: text('a'), watch_id: 7 })).toBe(null);
    take(stream);
    stream.cancel(7);
    stream.cancel(7);
    expect(take(stream)).toEqual(['#7 @6 canceled']);
    expect(stream.create({ key: text('a'), watch_id: 7 })).toBe(7);
  });

  it('a watch from the revision of a compacted tombstone sees the delete', () => {
    const bench = new WatchBench();
    bench.put('a');
    bench.delete('a');
    bench.put('b');
    bench.compact(3);
    const stream = bench.stream();
    stream.create({ ...all, start_revision: 3 });
    bench.sync();
    expect(take(stream)[1]).toBe('#0 @4 a@3 b=v@4');
  });
});
