import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Publisher, Snapshotter } from '../../core/snap/index.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { noSnapshot, openWal, validSnapshots, Wal, WalError } from '../../core/wal/index.ts';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { DiskBench } from '../disk/host.ts';
import { entry, state } from '../wal/support.ts';
import { snapshot } from './support.ts';

type Step =
  | { readonly kind: 'append' | 'settle'; readonly count: number }
  | { readonly kind: 'snapshot' | 'sync' | 'purge' }
  | { readonly kind: 'rot'; readonly at: number; readonly snap: boolean }
  | { readonly kind: 'crash'; readonly mode: CrashMode };

const constant = <Kind extends string>(kind: Kind) => fc.record({ kind: fc.constant(kind) });
const counted = (kind: 'append' | 'settle') =>
  fc.record({ kind: fc.constant(kind), count: fc.integer({ min: 1, max: 9 }) });
const crash = fc.record({
  kind: fc.constant('crash' as const),
  mode: fc.constantFrom<CrashMode[]>('tear', 'tear', 'drop', 'keep'),
});
const rot = fc.record({
  kind: fc.constant('rot' as const),
  at: fc.nat(1 << 20),
  snap: fc.constantFrom(true, true, false),
});
const anyStep = (rots: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 6, arbitrary: counted('append') },
    { weight: 6, arbitrary: counted('settle') },
    { weight: 3, arbitrary: constant('snapshot') },
    { weight: 4, arbitrary: constant('sync') },
    { weight: 2, arbitrary: constant('purge') },
    { weight: 1, arbitrary: crash },
    { weight: rots ? 2 : 0, arbitrary: rot },
  );

const walToken = 1;
const snapToken = 2;
const [walDirectory, snapDirectory] = ['wal', 'snap'];

/** A member's storage in etcd's order: a snapshot's file, then its record in the log, then the release of old files. */
class Storage {
  readonly bench: DiskBench;
  private wal: Wal;
  private publisher: Publisher;
  private snapshotter: Snapshotter;
  private readonly ids = new NodeIdTable();
  private last = 0;
  private acked = 0;
  private snapped = 0;
  private nextToken = 10;
  /** What follows when the token completes. */
  private readonly followUps = new Map<number, () => void>();
  failed = false;
  readonly seen = { fromSnapshot: 0, purged: 0, broken: 0, failed: 0 };

  constructor(seed: string) {
    this.bench = new DiskBench(seed);
    const { disk } = this.bench;
    this.wal = Wal.create(disk, walDirectory, Uint8Array.of(1), this.options);
    disk.makeDirectory(snapDirectory);
    disk.syncDirectory('', 0);
    this.publisher = new Publisher(disk, snapToken);
    this.snapshotter = new Snapshotter(disk, snapDirectory, this.publisher, this.ids);
    this.settle(20);
  }

  private get options() {
    return { stepToken: walToken, segmentBytes: 300, ids: this.ids };
  }

  take(step: Step): void {
    if (this.failed) return;
    if (step.kind === 'append') this.append(step.count);
    else if (step.kind === 'settle') this.settle(step.count);
    else if (step.kind === 'sync') this.sync();
    else if (step.kind === 'snapshot') this.snapshot();
    else if (step.kind === 'purge') this.purge();
    else if (step.kind === 'rot') this.rot(step.at, step.snap);
    else if (step.kind === 'crash') this.crash(step.mode);
  }

  private append(count: number): void {
    const entries = Array.from({ length: count }, (_, i) => entry(this.last + 1 + i));
    this.last += count;
    this.wal.save(state(1, 1, this.last), entries);
  }

  private sync(): void {
    const { last } = this;
    this.wal.sync(this.promise(() => (this.acked = Math.max(this.acked, last))));
  }

  private promise(then: () => void): number {
    this.followUps.set(this.nextToken, then);
    return this.nextToken++;
  }

  /** Of what is acknowledged; nothing is released before the log's record is durable. */
  private snapshot(): void {
    const index = this.acked;
    if (index <= this.snapped) return;
    this.snapped = index;
    const released = () => {
      this.wal.release(index);
      this.snapshotter.release(index);
    };
    const recorded = () => {
      this.wal.saveSnapshot({ index, term: 1 });
      this.wal.sync(this.promise(released));
    };
    this.snapshotter.save(snapshot(index), this.promise(recorded));
  }

  private purge(): void {
    this.seen.purged += this.wal.purge(2);
    this.snapshotter.purge(2);
  }

  private settle(count: number): void {
    for (let i = 0; i < count; i++) {
      const completion = this.bench.completeOne();
      if (completion === null) continue;
      const { token } = completion;
      if (!this.wal.onDisk(token) && !this.publisher.onDisk(token)) this.followUps.get(token)?.();
    }
  }

  private rot(at: number, snap: boolean): void {
    const directory = snap ? snapDirectory : walDirectory;
    const names = this.bench.disk.list(directory);
    const path = `${directory}/${names[at % Math.max(1, names.length)]}`;
    const bits = this.bench.disk.sizeBytes(path) * 8;
    if (bits > 0) this.bench.disk.flipBit(path, (at * 7919) % bits);
  }

  private crash(mode: CrashMode): void {
    const { bench } = this;
    bench.crash(mode);
    this.followUps.clear();
    try {
      this.boot();
    } catch (error) {
      if (!(error instanceof WalError)) throw error;
      expect(bench.host.lines.some((line) => line.startsWith('fault bit rot'))).toBe(true);
      this.seen.failed++;
      this.failed = true;
    }
  }

  private boot(): void {
    const { disk } = this.bench;
    this.publisher = new Publisher(disk, snapToken);
    this.snapshotter = new Snapshotter(disk, snapDirectory, this.publisher, this.ids);
    const loaded = this.snapshotter.loadNewest(validSnapshots(disk, walDirectory));
    this.seen.broken += loaded.broken.length;
    const base = loaded.snapshot?.metadata ?? noSnapshot;
    if (loaded.snapshot !== null) {
      this.seen.fromSnapshot++;
      expect(loaded.snapshot).toEqual(snapshot(base.index));
    }
    const opened = openWal(disk, walDirectory, base, this.options);
    this.wal = opened.wal;
    const last = base.index + opened.entries.length;
    expect(last).toBeGreaterThanOrEqual(this.acked);
    expect(last).toBeLessThanOrEqual(this.last);
    expect(opened.entries).toEqual(opened.entries.map((_, i) => entry(base.index + 1 + i)));
    expect(opened.hardState.commit).toBeLessThanOrEqual(last);
    this.last = last;
    this.snapped = base.index;
    this.wal.sync(this.promise(() => (this.acked = Math.max(this.acked, last))));
  }
}

function explore(rots: boolean, numRuns: number): Storage['seen'] {
  const seen = { fromSnapshot: 0, purged: 0, broken: 0, failed: 0 };
  fc.assert(
    fc.property(
      fc.array(anyStep(rots), { minLength: 30, maxLength: 60, size: 'max' }),
      fc.nat(),
      (steps, seed) => {
        const storage = new Storage(`boot ${seed}`);
        for (const next of [...steps, { kind: 'crash', mode: 'tear' } as const]) storage.take(next);
        for (const name of ['fromSnapshot', 'purged', 'broken', 'failed'] as const) {
          seen[name] += storage.seen[name];
        }
      },
    ),
    { numRuns },
  );
  return seen;
}

it('boots from a snapshot and the log behind it with all that was acknowledged, whatever a crash leaves', () => {
  const seen = explore(false, 90);
  expect(seen).toMatchObject({ broken: 0, failed: 0 });
  expect(seen.fromSnapshot).toBeGreaterThan(10);
  expect(seen.purged).toBeGreaterThan(10);
});

it('with rotten bits falls back to an older snapshot or says that the log can not be trusted', () => {
  const seen = explore(true, 90);
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});
