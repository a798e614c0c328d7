import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { type WatchAnswer, type WatchOptions, bytes, prefixRange } from '../../core/client/index.ts';
import { watchReopenMinMs, watchWindow } from '../../core/limits.ts';
import { errors } from '../../core/server/api/index.ts';
import { Scripted, done, put } from './scripted.ts';

const range = prefixRange(bytes('k'));

/** A watch that a script reads to its end, and all that it heard. */
function reading(
  world: Scripted,
  options: Partial<WatchOptions> = {},
): { readonly heard: (WatchAnswer | null)[] } {
  const heard: (WatchAnswer | null)[] = [];
  const { etcd } = world;
  world.run(
    (function* () {
      const watch = yield* etcd.watch({ ...range, ...options });
      for (;;) {
        const answer = yield* watch.next(1_000_000);
        heard.push(answer);
        if (answer === null || answer.kind === 'compacted' || answer.kind === 'canceled') return;
      }
    })(),
  );
  return { heard };
}

/** Revisions of all events that were told. */
function revisions({ heard }: { readonly heard: readonly (WatchAnswer | null)[] }): number[] {
  return heard.flatMap((answer) =>
    answer?.kind === 'events' ? answer.events.map(({ kv }) => kv.mod_revision) : [],
  );
}

describe('a watch', () => {
  it('is created with what was asked for, under an id of the client’s, and is told as it comes', () => {
    const world = new Scripted();
    const watch = reading(world, { start_revision: 5, prev_kv: true, created_notify: true });
    expect(world.stream()).toMatchObject({ to: 1, window: watchWindow });
    expect(world.created()).toEqual({ ...range, start_revision: 5, prev_kv: true, watch_id: 1 });
    world.watchAnswer({ created: true, revision: 9 });
    world.watchAnswer({ events: [put('k1', 5), put('k2', 6)], revision: 9 });
    expect(watch.heard[0]).toEqual({ kind: 'created', revision: 9 });
    expect(revisions(watch)).toEqual([5, 6]);
  });

  it('goes on behind its last event on another endpoint', () => {
    const world = new Scripted();
    const watch = reading(world, { start_revision: 5 });
    world.watchAnswer({ created: true, revision: 9 });
    world.watchAnswer({ events: [put('k1', 5), put('k1', 7), put('k2', 7)], revision: 9 });
    world.break();
    world.advance(watchReopenMinMs);
    expect(world.stream().to).toBe(2);
    expect(world.created().start_revision).toBe(8);
    world.watchAnswer({ created: true, revision: 9 });
    world.watchAnswer({ events: [put('k1', 9)], revision: 9 });
    expect(revisions(watch)).toEqual([5, 7, 7, 9]);
    expect(world.told).toContain('resume 1 at 8');
    expect(world.told.filter((line) => line.includes('created'))).toEqual(['heard 1 created @9']);
  });

  it('counts bookmarks: it goes on behind the last one, and never behind an older', () => {
    const world = new Scripted();
    const watch = reading(world, { start_revision: 5 });
    world.watchAnswer({ created: true, revision: 9 });
    world.watchAnswer({ revision: 20 });
    world.break();
    world.advance(watchReopenMinMs);
    expect(world.created().start_revision).toBe(21);
    expect(watch.heard).toEqual([]);
  });

  it('from now on means behind the revision that its first creation was answered with', () => {
    const world = new Scripted();
    reading(world);
    expect(world.created().start_revision).toBeUndefined();
    world.break();
    world.advance(watchReopenMinMs);
    expect(world.created().start_revision).toBeUndefined();
    world.watchAnswer({ created: true, revision: 12 });
    world.break();
    world.advance(watchReopenMinMs);
    expect(world.created().start_revision).toBe(13);
    world.watchAnswer({ created: true, revision: 30 });
    world.break();
    world.advance(watchReopenMinMs);
    expect(world.created().start_revision).toBe(13);
  });

  it('that begins in the future stays there, whatever bookmarks say', () => {
    const world = new Scripted();
    reading(world, { start_revision: 100, progress_notify: true });
    world.watchAnswer({ created: true, revision: 9 });
    world.watchAnswer({ revision: 9 });
    world.break();
    world.advance(watchReopenMinMs);
    expect(world.created().start_revision).toBe(100);
  });

  it('puts fragments together, and begins anew with those that a break cut off', () => {
    const world = new Scripted();
    const watch = reading(world, { start_revision: 5, fragment: true });
    world.watchAnswer({ created: true, revision: 9 });
    world.watchAnswer({ events: [put('k1', 5)], fragment: true, revision: 9 });
    expect(watch.heard).toEqual([]);
    world.watchAnswer({ events: [put('k2', 5)], revision: 9 });
    expect(revisions(watch)).toEqual([5, 5]);
    expect(watch.heard.length).toBe(1);
    world.watchAnswer({ events: [put('k1', 6)], fragment: true, revision: 9 });
    world.break();
    world.advance(watchReopenMinMs);
    expect(world.created().start_revision).toBe(6);
    world.watchAnswer({ created: true, revision: 9 });
    world.watchAnswer({ events: [put('k1', 6)], fragment: true, revision: 9 });
    world.watchAnswer({ events: [put('k2', 6)], revision: 9 });
    expect(revisions(watch)).toEqual([5, 5, 6, 6]);
    expect(world.told.filter((line) => line.includes('events'))).toEqual([
      'heard 1 2 events @9',
      'heard 1 2 events @9',
    ]);
  });

  it('tells its script when what it needs was compacted, and then always', () => {
    const world = new Scripted();
    const { etcd } = world;
    const twice = world.run(
      (function* () {
        const watch = yield* etcd.watch({ ...range, start_revision: 2 });
        return [yield* watch.next(1000), yield* watch.next(1000)];
      })(),
    );
    world.watchAnswer({ created: true, revision: 30 });
    world.watchAnswer({ canceled: true, compact_revision: 11 });
    const end = { kind: 'compacted', compactRevision: 11 };
    expect(twice.result).toEqual([end, end]);
    expect(world.stream().closed).toBe(true);
    world.advance(10_000);
    expect(world.streams.length).toBe(1);
  });

  it('tells its script when it is refused', () => {
    const world = new Scripted();
    const watch = reading(world);
    const reason = fromText('mvcc: watcher range is empty');
    world.watchAnswer({ watch_id: -1, created: true, canceled: true, cancel_reason: reason });
    expect(watch.heard).toEqual([{ kind: 'canceled', reason: 'mvcc: watcher range is empty' }]);
  });

  it('waits longer and longer while no stream works, going round the endpoints', () => {
    const world = new Scripted();
    reading(world);
    const at: number[] = [];
    for (let i = 0; i < 10; i++) {
      world.break();
      const before = world.nowNs;
      while (world.streams.length < i + 2) world.advance(1);
      at.push((world.nowNs - before) / 1_000_000);
    }
    expect(at).toEqual([1, 2, 4, 8, 16, 32, 64, 100, 100, 100]);
    expect(world.streams.slice(0, 4).map(({ to }) => to)).toEqual([1, 2, 3, 1]);
  });

  it('keeps answers until they are asked for, and says so when none comes in time', () => {
    const world = new Scripted();
    const { etcd } = world;
    const script = world.run(
      (function* () {
        const watch = yield* etcd.watch(range);
        const none = yield* watch.next(5);
        yield* etcd.sleep(10);
        return [none, yield* watch.next(0), yield* watch.next(0)].map((answer) => answer?.kind);
      })(),
    );
    world.watchAnswer({ created: true, revision: 9 });
    world.advance(6);
    world.watchAnswer({ events: [put('k', 10)], revision: 10 });
    world.advance(11);
    expect(script.result).toEqual([undefined, 'events', undefined]);
  });

  it('tells progress that was asked for, once', () => {
    const world = new Scripted();
    const { etcd } = world;
    const script = world.run(
      (function* () {
        const watch = yield* etcd.watch(range);
        yield* watch.progress();
        return [yield* watch.next(100), yield* watch.next(100)];
      })(),
    );
    expect(world.stream().requests.at(-1)?.kind).toBe('progress');
    world.watchAnswer({ created: true, revision: 9 });
    world.watchAnswer({ watch_id: -1, revision: 15 });
    world.watchAnswer({ watch_id: -1, revision: 16 });
    world.advance(100);
    expect(script.result).toEqual([{ kind: 'progress', revision: 15 }, null]);
  });
});

describe('the watches of a client', () => {
  it('share one stream, are told apart by their ids, and go on together', () => {
    const world = new Scripted();
    const one = reading(world, { start_revision: 2 });
    const other = reading(world, { start_revision: 4 });
    expect(world.streams.length).toBe(1);
    world.watchAnswer({ created: true, revision: 9 });
    world.watchAnswer({ watch_id: 2, created: true, revision: 9 });
    world.watchAnswer({ watch_id: 2, events: [put('k', 4)], revision: 9 });
    world.watchAnswer({ watch_id: 1, events: [put('k', 3)], revision: 9 });
    expect([revisions(one), revisions(other)]).toEqual([[3], [4]]);
    world.break();
    world.advance(watchReopenMinMs);
    const starts = world
      .stream()
      .requests.map((each) => each.kind === 'create' && each.create.start_revision);
    expect(starts).toEqual([4, 5]);
  });

  it('say what they took in good time, so that the member never has to stop', () => {
    const world = new Scripted();
    reading(world);
    world.watchAnswer({ created: true, revision: 9 });
    for (let i = 1; i < 3 * watchWindow; i++)
      world.watchAnswer({ events: [put('k', 9 + i)], revision: 9 + i });
    const { taken } = world.stream();
    expect(taken.reduce((sum, count) => sum + count, 0)).toBe(3 * watchWindow);
    expect(Math.max(...taken)).toBeLessThan(watchWindow);
  });

  it('end with their scripts: a canceled one is canceled at the member, the last one closes the stream', () => {
    const world = new Scripted();
    const { etcd } = world;
    world.run(
      (function* () {
        const one = yield* etcd.watch(range);
        const other = yield* etcd.watch(range);
        yield* one.cancel();
        yield* etcd.sleep(1);
        yield* other.cancel();
      })(),
    );
    expect(world.stream().requests.at(-1)).toEqual({ kind: 'cancel', cancel: { watch_id: 1 } });
    // The answers to the creations come in their order, the canceled one's included.
    world.watchAnswer({ created: true, revision: 9 });
    world.watchAnswer({ watch_id: 2, created: true, revision: 9 });
    expect(world.told).toContain('heard 2 created @9');
    world.advance(1);
    expect(world.stream().closed).toBe(true);
  });

  it('that no member knows the token of get a new one, once', () => {
    const world = new Scripted();
    world.run(world.etcd.authenticate(bytes('ann'), bytes('secret')));
    world.answer(done('authenticate', { token: bytes('t1') }));
    const watch = reading(world);
    expect(world.stream().token).toBe('t1');
    const reason = fromText(`rpc error: code = PermissionDenied desc = ${errors.permissionDenied.message}`);
    const refusal = { watch_id: -1, created: true, canceled: true, cancel_reason: reason } as const;
    world.watchAnswer(refusal);
    expect(watch.heard).toEqual([]);
    world.answer(done('authenticate', { token: bytes('t2') }));
    expect([world.stream(1).closed, world.stream().token]).toEqual([true, 't2']);
    world.watchAnswer(refusal);
    expect(watch.heard[0]?.kind).toBe('canceled');
  });
});
