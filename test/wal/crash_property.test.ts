import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { walExists } from '../../core/wal/index.ts';
import { contentText, savePlan, type SavePlan } from './history.ts';
import { RecordedLog } from './recorded_log.ts';
import { runs } from '../runs.ts';
import { directory, type WalBench } from './support.ts';

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
  private readonly log: RecordedLog;
  private readonly bench: WalBench;
  /** Recoveries that lost un-synced records, that cut a tail, logs of several segments. */
  readonly seen = { lost: 0, cut: 0, segments: 0, vanished: 0 };

  constructor(seed: string, segmentBytes: number, settled: boolean) {
    this.log = new RecordedLog(seed, segmentBytes);
    this.bench = this.log.bench;
    // Half of the runs crash in the log's creation, which would hide the rest from the other half.
    if (settled) this.bench.settle();
  }

  take(step: Step): void {
    if (step.kind === 'save') this.log.save(step.plan);
    else if (step.kind === 'sync') this.log.sync();
    else if (step.kind === 'settle') this.settle(step.count);
    else this.crash(step.mode);
  }

  private settle(count: number): void {
    this.bench.done.length = 0;
    this.bench.settle(count);
    for (const token of this.bench.done) this.log.acknowledge(token);
  }

  private crash(mode: CrashMode): void {
    const { bench, log } = this;
    bench.crash(mode);
    log.forgetPromises();
    if (!walExists(bench.disk, directory)) {
      expect(log.acked).toBe(0);
      this.seen.vanished++;
      log.forget();
      bench.makeParent();
      bench.create();
      return;
    }
    const recovered = bench.recover();
    const text = contentText(recovered);
    if (recovered.cutBytes > 0) this.seen.cut++;
    if (recovered.wal.segmentNames.length > 1) this.seen.segments++;
    const written = log.records.length;
    log.keepPrefix(text, log.acked);
    if (log.acked < written) this.seen.lost++;
    // A second recovery, after a crash in the middle of the first, changes nothing.
    bench.crash(mode);
    expect(contentText(bench.recover())).toBe(text);
    bench.settle();
    bench.crash('drop');
    const third = bench.recover();
    expect([contentText(third), third.cutBytes]).toEqual([text, 0]);
    bench.settle();
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
    { numRuns: runs(150, 5000) },
  );
  // The property would be empty if these did not happen.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
});
