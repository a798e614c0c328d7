import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromBytes, type ByteString } from '../../core/base/bytes.ts';
import { Backend } from '../../core/backend/index.ts';
import type { Disk, Token } from '../../core/ports.ts';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { runs } from '../runs.ts';
import { bytes, contentOfFile, numbered, path, stepToken, StorageBench, text } from './support.ts';

/** Power goes away between two writes. */
class PowerLoss extends Error {}

/** Passes everything on until its writes are used up. */
class FailingDisk implements Disk {
  writesLeft = Infinity;
  private readonly disk: Disk;

  constructor(disk: Disk) {
    this.disk = disk;
  }
  private count(): void {
    if (this.writesLeft-- <= 0) throw new PowerLoss();
  }
  write(file: string, offsetBytes: number, data: Uint8Array): void {
    this.count();
    this.disk.write(file, offsetBytes, data);
  }
  truncate(file: string, sizeBytes: number): void {
    this.count();
    this.disk.truncate(file, sizeBytes);
  }
  rename(from: string, to: string): void {
    this.count();
    this.disk.rename(from, to);
  }
  remove(file: string): void {
    this.count();
    this.disk.remove(file);
  }
  makeDirectory(directory: string): void {
    this.disk.makeDirectory(directory);
  }
  sync(file: string, token: Token): void {
    this.count();
    this.disk.sync(file, token);
  }
  syncDirectory(directory: string, token: Token): void {
    this.count();
    this.disk.syncDirectory(directory, token);
  }
  read(file: string, offsetBytes: number, lengthBytes: number): Uint8Array {
    return this.disk.read(file, offsetBytes, lengthBytes);
  }
  sizeBytes(file: string): number {
    return this.disk.sizeBytes(file);
  }
  list(directory: string): readonly string[] {
    return this.disk.list(directory);
  }
}

type Step =
  | { readonly kind: 'write'; readonly changes: readonly (readonly [number, number])[] }
  | { readonly kind: 'commit' | 'defragment' | 'read' }
  | { readonly kind: 'settle'; readonly count: number }
  /** Power goes after so many more disk operations. */
  | { readonly kind: 'crash'; readonly mode: CrashMode; readonly writesLeft: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      // A size below 0 deletes.
      changes: fc.array(fc.tuple(fc.nat(300), fc.oneof(fc.constant(-1), fc.nat(900), fc.constant(5000))), {
        minLength: 1,
        maxLength: 30,
      }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('defragment' as const, 'read' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('settle' as const), count: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      mode: fc.constantFrom<CrashMode[]>('tear', 'tear', 'drop', 'keep'),
      writesLeft: fc.nat(12),
    }),
  },
);

const bucket = text('key');
type Model = ReadonlyMap<ByteString, string>;

function linesOf(model: Model): string[] {
  const lines = [...model].map(([key, value]) => `key/${key}=${value}`);
  return ['key/ sequence 0', ...lines.sort((a, b) => (a < b ? -1 : 1))];
}

class Run {
  readonly bench: StorageBench;
  private disk: FailingDisk;
  private backend: Backend;
  /** What has been written, the first without a bucket; commits make one of them durable. */
  private states: Model[] = [new Map()];
  /** Index of the newest state that is known to be durable; -1: not even the file is. */
  private durable = -1;
  /** States that a commit may have been made of. */
  private readonly boundaries = new Set<number>();
  /** What a token of a commit promises. */
  private readonly promised = new Map<number, number>();
  private nextToken = 100;
  private views: { readonly view: ReturnType<Backend['read']>; readonly state: Model }[] = [];
  readonly seen: Record<'lost' | 'kept' | 'cut' | 'again' | 'defragmented', number>;

  constructor(seed: string, seen: Run['seen']) {
    this.bench = new StorageBench(seed);
    this.seen = seen;
    this.disk = new FailingDisk(this.bench.disk);
    this.backend = this.open();
  }

  private open(): Backend {
    this.disk = new FailingDisk(this.bench.disk);
    const hooks = {
      onLockForApply: () => {},
      onPreCommit: () => void this.boundaries.add(this.states.length - 1),
    };
    const backend = Backend.open(this.disk, path, { stepToken, batchOperationsMax: 60, hooks });
    this.bench.owner = backend;
    return backend;
  }

  private get newest(): Model {
    return this.states[this.states.length - 1] as Model;
  }

  take(step: Step): void {
    if (step.kind === 'write') this.write(step.changes);
    else if (step.kind === 'read') this.views.push({ view: this.backend.read(), state: this.newest });
    else if (step.kind === 'settle') this.settle(step.count);
    else if (step.kind === 'crash') this.crash(step.mode, step.writesLeft);
    else this.promise((token) => this.backend[step.kind](token));
  }

  private write(changes: readonly (readonly [number, number])[]): void {
    const model = new Map(this.newest);
    const tx = this.backend.lock();
    tx.createBucket(bucket);
    for (const [index, size] of changes) {
      const key = numbered(index);
      if (size < 0) {
        tx.delete(bucket, key);
        model.delete(key);
      } else {
        const value = `${this.states.length} `.repeat(Math.ceil(size / 4));
        tx.put(bucket, key, bytes(value));
        model.set(key, value);
      }
    }
    this.states.push(model);
    this.backend.unlock();
  }

  private promise(submit: (token: number) => void): void {
    const token = this.nextToken++;
    this.promised.set(token, this.states.length - 1);
    submit(token);
  }

  private settle(count: number): void {
    const before = this.backend.sizeBytes;
    this.bench.done.length = 0;
    this.bench.settle(count);
    for (const token of this.bench.done)
      this.durable = Math.max(this.durable, this.promised.get(token) ?? -1);
    if (this.backend.settled) this.durable = this.states.length - 1;
    this.backend.audit();
    if (this.backend.sizeBytes < before) this.seen.defragmented++;
    for (const { view, state } of this.views) this.expectView(view, state);
  }

  private expectView(view: ReturnType<Backend['read']>, state: Model): void {
    const lines: string[] = [];
    view.visit(bucket, text(''), undefined, (key, value) => {
      lines.push(`key/${key}=${fromBytes(value)}`);
      return true;
    });
    expect(lines).toEqual(linesOf(state).slice(1));
  }

  private crash(mode: CrashMode, writesLeft: number): void {
    this.disk.writesLeft = writesLeft;
    try {
      // Whatever is on its way goes on until the power does.
      this.backend.commit();
      this.settle(6);
    } catch (error) {
      if (!(error instanceof PowerLoss)) throw error;
      this.seen.cut++;
    }
    this.bench.crash(mode);
    this.bench.host.scheduled.length = 0;
    this.promised.clear();
    this.views = [];
    if (this.bench.disk.sizeBytes(path) < 0) {
      expect(this.durable).toBe(-1);
      this.states = [new Map()];
      this.backend = this.open();
      return;
    }
    const content = this.contentAfter();
    this.keep(content);
    // A crash during the recovery changes nothing; nor does one after it.
    this.backend = this.open();
    this.bench.crash(mode);
    this.bench.host.scheduled.length = 0;
    expect(this.contentAfter()).toEqual(content);
    this.backend = this.open();
    this.bench.settle();
    this.bench.crash('drop');
    this.backend = this.open();
    expect(contentOfFile(this.bench.file())).toEqual(content);
    this.backend.audit();
  }

  private contentAfter(): string[] {
    return contentOfFile(this.bench.file());
  }

  /** The content must be that of a state, and not of one before what was promised. */
  private keep(content: readonly string[]): void {
    for (let index = this.states.length - 1; index >= Math.max(0, this.durable); index--) {
      const state = this.states[index] as Model;
      if (index !== this.durable && index > 0 && !this.boundaries.has(index)) continue;
      const empty = index === 0 && content.length === 0;
      if (!empty && linesOf(state).join('\n') !== content.join('\n')) continue;
      if (index < this.states.length - 1) this.seen.lost++;
      else this.seen.kept++;
      if (index > 0) this.seen.again++;
      this.states = [state];
      this.boundaries.clear();
      this.durable = 0;
      return;
    }
    throw new Error(`the content is none of the states from ${this.durable} to ${this.states.length - 1}`);
  }
}

it('a crash between any two writes leaves the last durable commit or the one under way, and every page in one use', () => {
  const seen = { lost: 0, kept: 0, cut: 0, again: 0, defragmented: 0 };
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60, size: 'max' }), fc.nat(), (steps, seed) => {
      const run = new Run(`crash ${seed}`, seen);
      for (const step of steps) run.take(step);
      run.take({ kind: 'crash', mode: 'tear', writesLeft: seed % 12 });
    }),
    { numRuns: runs(100, 1500) },
  );
  // The property would be empty if these did not happen.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(3);
});
