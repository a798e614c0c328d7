import { describe, expect, it } from 'vitest';
import { watchChannelSlots, watchControlSlots } from '../../core/limits.ts';
import { responseText, take, text, WatchBench } from './support.ts';

/** Fills the stream's channel with changes of a key that one of its watchers sees. */
function fillChannel(bench: WatchBench, key: string, slots = watchChannelSlots): void {
  for (let i = 0; i < slots; i++) bench.put(key, String(i));
}

describe('slow clients', () => {
  it('one channel of 128 slots is shared by all watchers of a stream', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    const other = bench.stream();
    stream.create({ key: text('a') });
    stream.create({ key: text('b') });
    other.create({ key: text('b') });
    fillChannel(bench, 'a');
    expect(bench.watch.victimCount).toBe(0);
    bench.put('b');
    expect(bench.watch.victimCount).toBe(1);
    // Each answer that leaves frees one slot; two of these are of the channel.
    take(stream, 4);
    for (let i = 0; i < 3; i++) bench.put('a');
    expect(bench.watch.victimCount).toBe(2);
    expect(take(other)).toEqual([
      '#0 @1 created',
      `#0 @${watchChannelSlots + 2} b=v@${watchChannelSlots + 2}`,
    ]);
  });

  it('a victim’s batch is kept and counts as handed over, though unsent; then it rejoins by the present revision', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a') });
    stream.create({ key: text('b') });
    fillChannel(bench, 'a');
    const kept = bench.put('b', 'kept');
    bench.watch.syncVictims();
    expect(bench.watch.victimCount).toBe(1);
    take(stream);
    bench.watch.syncVictims();
    expect([bench.watch.victimCount, bench.watch.syncedCount]).toEqual([0, 2]);
    expect(take(stream)).toEqual([`#1 @${kept} b=kept@${kept}`]);
    bench.sync();
    expect(take(stream)).toEqual([]);

    fillChannel(bench, 'a');
    const missed = bench.put('b', 'x');
    bench.put('b', 'y');
    expect(take(stream)).toHaveLength(watchChannelSlots);
    bench.watch.syncVictims();
    expect([bench.watch.victimCount, bench.watch.unsyncedCount]).toEqual([0, 1]);
    bench.watch.syncUnsynced();
    expect(take(stream)).toEqual([`#1 @${missed} b=x@${missed}`, `#1 @${missed + 1} b=y@${missed + 1}`]);
  });

  it('a victim of catching up goes on where its batch ends', () => {
    const bench = new WatchBench({ channelSlots: 1, batchRevisionsMax: 2 });
    for (let i = 0; i < 5; i++) bench.put('a', String(i));
    const stream = bench.stream();
    stream.create({ key: text('a'), start_revision: 2 });
    take(stream);
    bench.watch.syncUnsynced();
    bench.watch.syncUnsynced();
    expect(bench.watch.victimCount).toBe(1);
    const taken: string[] = [];
    for (let i = 0; i < 5; i++) {
      taken.push(...take(stream));
      bench.sync(1);
    }
    expect(taken).toEqual(['#0 @6 a=0@2 a=1@3', '#0 @5 a=2@4 a=3@5', '#0 @6 a=4@6']);
  });

  it('a slow watcher behind the compaction whose channel is full waits for its cancellation', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a') });
    stream.create({ key: text('b'), start_revision: 1 });
    fillChannel(bench, 'a');
    const lost = bench.put('b', 'lost');
    bench.compact(lost + 0);
    bench.sync();
    expect([bench.watch.unsyncedCount, bench.watch.syncedCount]).toEqual([1, 1]);
    bench.put('b', 'later');
    bench.sync();
    take(stream);
    bench.sync();
    expect(take(stream)).toEqual([`#1 canceled compacted ${lost}`]);
  });

  it('a canceled victim’s batch is dropped', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a') });
    stream.create({ key: text('b') });
    fillChannel(bench, 'a');
    bench.put('b');
    stream.cancel(1);
    take(stream);
    bench.sync();
    expect([take(stream), bench.watch.victimCount]).toEqual([[], 0]);
  });

  it('the answers to a client’s own requests have a buffer of 16', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    for (let i = 0; i < watchControlSlots; i++) {
      expect(stream.acceptsRequests).toBe(true);
      stream.create({ key: text('a') });
    }
    expect(stream.acceptsRequests).toBe(false);
    expect(() => stream.create({ key: text('a') })).toThrow(/control buffer/);
    bench.put('a');
    take(stream, 1);
    expect(stream.acceptsRequests).toBe(true);
  });

  it('a closed stream gets nothing more', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a') });
    stream.create({ key: text('a'), start_revision: 1 });
    bench.put('a');
    stream.close();
    stream.close();
    bench.put('a');
    bench.sync();
    expect([bench.watch.syncedCount, bench.watch.unsyncedCount, stream.hasResponses]).toEqual([0, 0, false]);
    expect(bench.watch.takeReadyStreams()).toEqual([]);
  });

  it('tells once which streams got something to send', () => {
    const bench = new WatchBench();
    const stream = bench.stream();
    stream.create({ key: text('a') });
    expect(bench.watch.takeReadyStreams()).toEqual([stream]);
    bench.put('a');
    expect(bench.watch.takeReadyStreams()).toEqual([]);
    expect(stream.takeResponses().map(responseText)).toHaveLength(2);
    bench.put('a');
    expect(bench.watch.takeReadyStreams()).toEqual([stream]);
  });
});
