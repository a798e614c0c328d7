import { describe, expect, it } from 'vitest';
import { take, text, WatchBench } from './support.ts';

describe('a store replaced by a snapshot', () => {
  it('synced watchers get what they missed, and nothing twice', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a') });
    bench.put('a', '1');
    bench.put('a', '2');
    take(stream);
    bench.restore([[['a', '3']], [['b', '1']], [['a', '4']]]);
    expect(bench.watch.syncedCount).toBe(0);
    bench.sync();
    bench.put('a', '5');
    expect(take(stream)).toEqual(['#0 @6 a=3@4 a=4@6', '#0 @7 a=5@7']);
  });

  it('does not lower the revision that a watcher waits for', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    bench.put('a', '1');
    stream.create({ key: text('a'), start_revision: 6, progress_notify: true });
    bench.restore([[['a', '3']]]);
    bench.sync();
    for (let i = 4; i <= 6; i++) bench.put('a', String(i));
    expect(take(stream)).toEqual(['#0 @2 created', '#0 @6 a=6@6']);
  });

  it('a watcher that waits for a revision which the snapshot has gets it from there on', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a'), start_revision: 4 });
    bench.restore([[['a', '2']], [['a', '3']], [['a', '4']], [['a', '5']]]);
    bench.sync();
    expect(take(stream)).toEqual(['#0 @1 created', '#0 @5 a=4@4 a=5@5']);
  });

  it('a silent watcher that had seen everything is not canceled for what was compacted before', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a') });
    for (let i = 0; i < 9; i++) bench.put('b', String(i));
    bench.restore([[['a', '1']]], 8);
    bench.sync();
    expect(take(stream)).toEqual(['#0 @1 created', '#0 @11 a=1@11']);
  });

  it('a watcher is canceled if the snapshot has compacted what it missed', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a') });
    bench.put('a', '1');
    bench.restore([[['a', '2']], [['a', '3']], [['a', '4']]], 4);
    bench.sync();
    expect(take(stream)).toEqual(['#0 @1 created', '#0 @2 a=1@2', '#0 canceled compacted 4']);
  });

  it('victims keep their batch and then read on', () => {
    const bench = new WatchBench({ channelSlots: 1 });
    const stream = bench.stream();
    stream.create({ key: text('a') });
    bench.put('a', '1');
    bench.put('a', '2');
    bench.restore([[['a', '3']]]);
    const taken: string[] = [];
    for (let i = 0; i < 4; i++) {
      taken.push(...take(stream));
      bench.sync(1);
    }
    expect(taken).toEqual(['#0 @1 created', '#0 @2 a=1@2', '#0 @3 a=2@3', '#0 @4 a=3@4']);
  });
});
