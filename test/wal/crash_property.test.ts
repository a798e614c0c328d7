import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { walExists } from '../../core/wal/index.ts';
import {
  contentOf,
  contentText,
  planned,
  recordsOf,
  savePlan,
  type LogRecord,
  type SavePlan,
} from './history.ts';
import { directory, WalBench } from './support.ts';

type Step =
  | { readonly kind: 'save'; readonly plan: SavePlan }
  | { readonly kind: 'sync' }
  | { readonly kind: 'settle'; readonly count: number }
  | { readonly kind: 'crash'; readonly mode: CrashMode };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('save' as const), plan: savePlan }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('sync' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('settle' as const), count: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      mode: fc.constantFrom<CrashMode[]>('tear', 'tear', 'tear', 'drop', 'keep'),
    }),
  },
);

/** Runs a log through crashes and compares it with the list of its records. */
class Run {
  readonly bench: WalBench;
  /** What was written, oldest first; cut to what was found at each recovery. */
  records: LogRecord[] = [];
  /** How many of the records a completed sync covers. */
  private acked = 0;
  private readonly promised = new Map<number, number>();
  private nextToken = 100;
  /** Recoveries that lost un-synced records, that cut a tail, logs of several segments. */
  readonly seen = { lost: 0, cut: 0, segments: 0, vanished: 0 };

  constructor(seed: string, segmentBytes: number, settled: boolean) {
    this.bench = new WalBench(seed, segmentBytes);
    this.bench.create();
    // Half of the runs crash in the log's creation, which would hide the rest from the other half.
    if (settled) this.bench.settle();
  }

  take(step: Step): void {
    if (step.kind === 'save') this.save(step.plan);
    else if (step.kind === 'sync') this.sync();
    else if (step.kind === 'settle') this.settle(step.count);
    else this.crash(step.mode);
  }

  private save(plan: SavePlan): void {
    const [hardState, entries] = planned(plan, this.records);
    this.records.push(...recordsOf(hardState, entries));
    this.bench.wal?.save(hardState, entries);
  }

  private sync(): void {
    this.promised.set(this.nextToken, this.records.length);
    this.bench.wal?.sync(this.nextToken++);
  }

  private settle(count: number): void {
    this.bench.done.length = 0;
    this.bench.settle(count);
    for (const token of this.bench.done) this.acked = Math.max(this.acked, this.promised.get(token) ?? 0);
  }

  private crash(mode: CrashMode): void {
    const { bench } = this;
    bench.crash(mode);
    this.promised.clear();
    if (!walExists(bench.disk, directory)) {
      expect(this.acked).toBe(0);
      this.seen.vanished++;
      this.records = [];
      bench.makeParent();
      bench.create();
      return;
    }
    const recovered = bench.recover();
    const text = contentText(recovered);
    if (recovered.cutBytes > 0) this.seen.cut++;
    if (recovered.wal.segmentNames.length > 1) this.seen.segments++;
    this.keepPrefix(text);
    // A second recovery, after a crash in the middle of the first, changes nothing.
    bench.crash(mode);
    expect(contentText(bench.recover())).toBe(text);
    bench.settle();
    bench.crash('drop');
    const third = bench.recover();
    expect([contentText(third), third.cutBytes]).toEqual([text, 0]);
    bench.settle();
  }

  /** The content must be that of some prefix of what was written, and not a shorter one than was acknowledged. */
  private keepPrefix(text: string): void {
    for (let length = this.records.length; length >= this.acked; length--) {
      const prefix = this.records.slice(0, length);
      if (contentText(contentOf(prefix)) !== text) continue;
      if (length < this.records.length) this.seen.lost++;
      this.records = prefix;
      this.acked = length;
      return;
    }
    throw new Error(`not a prefix of at least ${this.acked} of ${this.records.length} records`);
  }
}

it('recovers every acknowledged record and nothing that was not written, whatever a crash leaves', () => {
  const seen = { lost: 0, cut: 0, segments: 0, vanished: 0 };
  fc.assert(
    fc.property(
      fc.array(anyStep, { maxLength: 40, size: 'max' }),
      fc.constantFrom(500, 2000, 64_000_000),
      fc.nat(),
      (steps, segmentBytes, seed) => {
        const run = new Run(`crash ${seed}`, segmentBytes, seed % 2 === 0);
        for (const next of steps) run.take(next);
        run.take({ kind: 'crash', mode: 'tear' });
        for (const name of ['lost', 'cut', 'segments', 'vanished'] as const) seen[name] += run.seen[name];
      },
    ),
    { numRuns: 500 },
  );
  // The property would be empty if these did not happen.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
});
