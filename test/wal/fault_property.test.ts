import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiskError } from '../../core/ports.ts';
import { WalError, walExists } from '../../core/wal/index.ts';
import { harmOf, type DiskFaultKind } from '../../sim/disk/atlas.ts';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { contentText, savePlan, type SavePlan } from './history.ts';
import { RecordedLog } from './recorded_log.ts';
import { directory, type WalBench } from './support.ts';

type Step =
  | { readonly kind: 'save'; readonly plan: SavePlan }
  | { readonly kind: 'sync' }
  | { readonly kind: 'settle'; readonly count: number }
  | { readonly kind: 'crash'; readonly mode: CrashMode }
  | { readonly kind: 'fault'; readonly pick: number; readonly size: number }
  | { readonly kind: 'calm' };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('save' as const), plan: savePlan }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('sync' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('settle' as const), count: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      mode: fc.constantFrom<CrashMode[]>('tear', 'tear', 'drop', 'keep'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('fault' as const), pick: fc.nat(), size: fc.nat(1 << 20) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('calm' as const) }) },
);

const kindsOf = (...harms: readonly string[]) =>
  (Object.keys(harmOf) as DiskFaultKind[]).filter((kind) => kind !== 'swap' && harms.includes(harmOf[kind]));

/** A member without a server: it stops at the first error and starts again after the power came back. */
class Run {
  private readonly log: RecordedLog;
  private readonly bench: WalBench;
  private readonly kinds: readonly DiskFaultKind[];
  private readonly mayForget: boolean;
  private rotten = false;
  /** The log could not be opened: the end of the run. */
  failed = false;
  readonly seen = { failed: 0, errors: 0, forgotten: 0, recovered: 0 };

  constructor(seed: string, segmentBytes: number, kinds: readonly DiskFaultKind[]) {
    this.log = new RecordedLog(seed, segmentBytes);
    this.bench = this.log.bench;
    this.kinds = kinds;
    this.mayForget = kinds.some((kind) => harmOf[kind] === 'forgets');
    this.bench.settle();
  }

  take(step: Step): void {
    if (this.failed) return;
    if (step.kind === 'save') this.log.save(step.plan);
    else if (step.kind === 'sync') this.log.sync();
    else if (step.kind === 'settle') this.settle(step.count);
    else if (step.kind === 'crash') this.restart(step.mode);
    else if (step.kind === 'fault') this.fault(this.kinds[step.pick % this.kinds.length], step.size);
    else this.calm();
  }

  private settle(count: number): void {
    const { bench } = this;
    for (let i = 0; i < count && bench.host.scheduled.length > 0; i++) {
      const completion = bench.completeOne();
      if (completion === null) continue;
      if (completion.error !== null) {
        this.seen.errors++;
        this.restart('tear');
        return;
      }
      if (bench.wal?.onDisk(completion.token) === true) continue;
      this.log.acknowledge(completion.token);
    }
  }

  private fault(kind: DiskFaultKind | undefined, size: number): void {
    const { disk } = this.bench;
    const { faults } = disk;
    if (kind === 'bitRot') this.rot(size);
    else if (kind === 'stall') disk.stall();
    else if (kind === 'wipe') this.wipe();
    else if (kind === 'slow') faults.bytesPerSecond = 1 + size;
    else if (kind === 'full')
      faults.fullAtBytes = disk.sizeBytes(`${directory}/${this.lastFile}`) + (size % 2000);
    else if (kind === 'writeError') faults.writeErrorPer10k = 3000;
    else if (kind === 'misdirectedWrite') faults.misdirectPer10k = 3000;
    else if (kind === 'staleRead') faults.staleReadPer10k = 3000;
    else if (kind !== undefined && kind !== 'swap') faults[kind] = true;
  }

  private get lastFile(): string {
    return this.bench.disk.list(directory).at(-1) ?? '';
  }

  /** One bit between two recoveries: a checksum of 32 bits finds more, but with zeros about they can look like a torn tail. */
  private rot(size: number): void {
    const names = this.bench.disk.list(directory);
    const path = `${directory}/${names[size % Math.max(1, names.length)]}`;
    const bits = this.bench.disk.sizeBytes(path) * 8;
    if (!this.rotten && bits > 0) this.rotten = this.bench.disk.flipBit(path, (size * 7919) % bits);
  }

  private wipe(): void {
    this.bench.crash('drop');
    this.bench.disk.wipe();
    this.begin();
  }

  private begin(): void {
    if (this.log.acked > 0) this.seen.forgotten++;
    this.log.forget();
    this.bench.makeParent();
    this.bench.create();
  }

  private calm(): void {
    Object.assign(this.bench.disk.faults, {
      lyingSync: false,
      syncError: false,
      lostDirectorySync: false,
      lostRename: false,
      readError: false,
      fullAtBytes: Infinity,
      writeErrorPer10k: 0,
      misdirectPer10k: 0,
    });
    this.bench.disk.release();
  }

  private restart(mode: CrashMode): void {
    const { bench, log } = this;
    bench.crash(mode);
    log.forgetPromises();
    const { readError } = bench.disk.faults;
    if (readError || bench.disk.stalled) expect(() => bench.recover()).toThrow(/EIO|notFound|missingSegment/);
    this.calm();
    if (!walExists(bench.disk, directory)) {
      if (!this.mayForget) expect(log.acked).toBe(0);
      this.begin();
      return;
    }
    const text = this.recovered();
    if (text === null) return;
    this.seen.recovered++;
    this.keepPrefix(text);
    if (bench.disk.faults.staleReadPer10k === 0) {
      // A second recovery, after a crash in the middle of the first, changes nothing.
      bench.crash(mode);
      expect(contentText(bench.recover())).toBe(text);
    }
    bench.settle();
    this.rotten = false;
  }

  /** The content, null if the log says clearly that it can't be trusted. It may say so only if the disk failed. */
  private recovered(): string | null {
    try {
      return contentText(this.bench.recover());
    } catch (error) {
      if (!(error instanceof WalError || error instanceof DiskError)) throw error;
      expect(this.bench.host.lines.some((line) => line.startsWith('fault'))).toBe(true);
      this.failed = true;
      this.seen.failed++;
      return null;
    }
  }

  /** What was recovered was written like that; and all that was acknowledged is there, unless the disk lied. */
  private keepPrefix(text: string): void {
    const { log } = this;
    const { acked } = log;
    log.keepPrefix(text, this.mayForget ? 0 : acked, this.bench.disk.faults.staleReadPer10k > 0);
    if (log.acked < acked) this.seen.forgotten++;
  }
}

/** Random runs with faults of these kinds; returns how often what happened. */
function explore(kinds: readonly DiskFaultKind[], numRuns: number): Run['seen'] {
  const seen = { failed: 0, errors: 0, forgotten: 0, recovered: 0 };
  const inputs = [
    fc.array(anyStep, { maxLength: 40, size: 'max' }),
    fc.constantFrom(500, 2000, 64_000_000),
    fc.nat(),
  ] as const;
  fc.assert(
    fc.property(...inputs, (steps, segmentBytes, seed) => {
      const run = new Run(`faults ${seed}`, segmentBytes, kinds);
      for (const next of steps) run.take(next);
      run.take({ kind: 'crash', mode: 'tear' });
      for (const name of ['failed', 'errors', 'forgotten', 'recovered'] as const)
        seen[name] += run.seen[name];
    }),
    { numRuns },
  );
  return seen;
}

describe('a log on a disk that fails in many ways at once, with crashes', () => {
  it('has all that was acknowledged or says that it can not be trusted, if the disk does not lie', () => {
    const seen = explore(kindsOf('stops', 'delays'), 180);
    expect(seen.forgotten).toBe(0);
    for (const name of ['failed', 'errors', 'recovered'] as const) expect(seen[name]).toBeGreaterThan(0);
  });

  it('never has anything that was not written, even if the disk lies', () => {
    const seen = explore(kindsOf('stops', 'delays', 'forgets'), 180);
    for (const name of ['failed', 'errors', 'recovered', 'forgotten'] as const) {
      expect(seen[name]).toBeGreaterThan(0);
    }
  });
});
