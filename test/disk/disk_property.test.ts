import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { equalBytes } from '../../core/base/bytes.ts';
import { DiskBench } from './host.ts';

type Step =
  | { readonly kind: 'write'; readonly at: number; readonly length: number }
  | { readonly kind: 'truncate'; readonly size: number }
  | { readonly kind: 'sync' }
  | { readonly kind: 'settle' }
  | { readonly kind: 'crash'; readonly mode: CrashMode };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('write' as const), at: fc.nat(2600), length: fc.nat(1300) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('truncate' as const), size: fc.nat(3000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sync' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      mode: fc.constantFrom<CrashMode[]>('keep', 'drop', 'tear'),
    }),
  },
);

/** A file as the list of all it ever was, and the oldest of these that a crash may bring back. */
class Model {
  states: Uint8Array[] = [new Uint8Array(0)];
  /** Index of the state that the last completed sync covered. */
  durable = 0;
  private readonly submitted: number[] = [];

  get now(): Uint8Array {
    return this.states.at(-1) as Uint8Array;
  }

  write(at: number, bytes: Uint8Array): void {
    const next = new Uint8Array(Math.max(this.now.length, at + bytes.length));
    next.set(this.now);
    next.set(bytes, at);
    this.states.push(next);
  }

  truncate(size: number): void {
    const next = new Uint8Array(size);
    next.set(this.now.subarray(0, size));
    this.states.push(next);
  }

  submit(): void {
    this.submitted.push(this.states.length - 1);
  }

  complete(): void {
    this.durable = this.submitted.shift() ?? this.durable;
  }

  /** Whether the bytes could be what a crash left: each one, and the size, from a state not older than the durable one. */
  allows(bytes: Uint8Array): boolean {
    const possible = this.states.slice(this.durable);
    const sizes = possible.map((state) => state.length);
    if (bytes.length < Math.min(...sizes) || bytes.length > Math.max(...sizes)) return false;
    return bytes.every((byte, i) => possible.some((state) => (state[i] ?? 0) === byte));
  }

  restart(bytes: Uint8Array): void {
    this.states = [bytes];
    this.durable = 0;
    this.submitted.length = 0;
  }
}

it('leaves after a crash nothing older than the last sync, nothing that never was, and after keep all of it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30, size: 'max' }), fc.nat(), (steps, seed) => {
      const bench = new DiskBench(`disk ${seed}`);
      const model = new Model();
      bench.write('a', 0, '');
      bench.disk.syncDirectory('', 0);
      bench.completeAll();
      const all = () => bench.disk.read('a', 0, bench.disk.sizeBytes('a'));
      let writes = 0;
      for (const next of [...steps, { kind: 'crash', mode: 'drop' } as const]) {
        if (next.kind === 'write') {
          const bytes = new Uint8Array(next.length).fill(++writes);
          bench.disk.write('a', next.at, bytes);
          if (bytes.length > 0) model.write(next.at, bytes);
        } else if (next.kind === 'truncate') {
          bench.disk.truncate('a', next.size);
          model.truncate(next.size);
        } else if (next.kind === 'sync') {
          bench.disk.sync('a', 1);
          model.submit();
        } else if (next.kind === 'settle') {
          if (bench.completeOne() !== null) model.complete();
        } else {
          const before = bench.disk.hasUnsynced();
          bench.crash(next.mode);
          if (next.mode === 'keep' || !before) expect(equalBytes(all(), model.now)).toBe(true);
          else expect(model.allows(all())).toBe(true);
          model.restart(all());
        }
        expect(equalBytes(all(), model.now)).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});
