import { describe, expect, it } from 'vitest';
import { nsPerMs, watchChannelSlots, watchProgressIntervalMs } from '../../core/limits.ts';
import { take, text, WatchBench } from './support.ts';

const intervalNs = watchProgressIntervalMs * nsPerMs;
/** Later than the jitter. */
const afterInterval = (count: number): number => Math.floor(intervalNs * 1.1 * count);

describe('progress on request', () => {
  it('is answered for the whole stream, with id -1', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a') });
    stream.create({ key: text('b') });
    take(stream);
    bench.put('x');
    expect(stream.requestProgress()).toBe(true);
    expect(take(stream)).toEqual(['#-1 @2']);
  });

  it('comes through the watch channel, behind the events', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a') });
    bench.put('a', '1');
    stream.requestProgress();
    expect(take(stream)).toEqual(['#0 @1 created', '#0 @2 a=1@2', '#-1 @2']);
  });

  it('is answered only if all watchers of the stream are synced', () => {
    const bench = new WatchBench({ channelSlots: 2 });
    bench.put('a', '1');
    const stream = bench.stream();
    stream.create({ key: text('a') });
    stream.create({ key: text('a'), start_revision: 2 });
    take(stream);
    expect(stream.requestProgress()).toBe(false);
    bench.sync();
    expect(stream.requestProgress()).toBe(true);
    expect(take(stream)).toEqual(['#1 @2 a=1@2', '#-1 @2']);

    // A victim is not synced either.
    bench.put('a', '2');
    bench.put('a', '3');
    expect(take(stream)).toHaveLength(2);
    expect(stream.requestProgress()).toBe(false);
    bench.sync();
    expect(take(stream)).toHaveLength(2);
    expect(stream.requestProgress()).toBe(true);

    bench.restore([[['a', '4']]]);
    expect(stream.requestProgress()).toBe(false);
  });

  it('is not given to a watcher that starts after the present revision', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a'), start_revision: 3 });
    take(stream);
    expect(stream.requestProgress()).toBe(false);
    bench.put('b');
    expect(stream.requestProgress()).toBe(false);
    bench.put('b');
    expect(stream.requestProgress()).toBe(true);
    expect(take(stream)).toEqual(['#-1 @3']);
  });

  it('is refused while the channel is full', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a') });
    for (let i = 0; i < watchChannelSlots; i++) bench.put('a');
    expect(stream.requestProgress()).toBe(false);
    expect(take(stream)).toHaveLength(1 + watchChannelSlots);
  });
});

describe('progress reports', () => {
  it('come every ten minutes, up to a tenth later, to those who asked', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a'), progress_notify: true });
    stream.create({ key: text('a') });
    take(stream);
    bench.put('x');
    bench.watch.tickProgress(intervalNs - 1);
    expect(take(stream)).toEqual([]);
    bench.watch.tickProgress(afterInterval(1));
    bench.watch.tickProgress(afterInterval(1));
    expect(take(stream)).toEqual(['#0 @2']);
    bench.watch.tickProgress(afterInterval(2));
    expect(take(stream)).toEqual(['#0 @2']);
  });

  it('an interval is skipped if events were sent in it', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a'), progress_notify: true });
    bench.put('a');
    take(stream);
    bench.watch.tickProgress(afterInterval(1));
    expect(take(stream)).toEqual([]);
    bench.watch.tickProgress(afterInterval(2));
    expect(take(stream)).toEqual(['#0 @2']);
  });

  it('are spread over the streams', () => {
    const bench = new WatchBench();
    const streams = Array.from({ length: 20 }, () => bench.stream());
    for (const stream of streams) stream.create({ key: text('a'), progress_notify: true });
    bench.watch.takeReadyStreams();
    for (const stream of streams) take(stream);
    bench.watch.tickProgress(Math.floor(intervalNs * 1.05));
    const reported = bench.watch.takeReadyStreams().length;
    expect(reported).toBeGreaterThan(0);
    expect(reported).toBeLessThan(20);
    bench.watch.tickProgress(afterInterval(1));
    expect(reported + bench.watch.takeReadyStreams().length).toBe(20);
  });

  it('are not given to a watcher that lags or starts later', () => {
    const bench = new WatchBench();
    bench.put('a');
    const stream = bench.stream();
    stream.create({ key: text('a'), start_revision: 2, progress_notify: true });
    stream.create({ key: text('a'), start_revision: 9, progress_notify: true });
    take(stream);
    bench.watch.tickProgress(afterInterval(1));
    expect(take(stream)).toEqual([]);
  });
});
