import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry, HardState } from '../../core/raft/entry.ts';
import { WalError } from '../../core/wal/index.ts';
import { isThorough, runs } from '../runs.ts';
import { contentText, planned, recordsOf, savePlan, type LogRecord } from './history.ts';
import { directory, entry, frameStarts, state, walWith, type WalBench } from './support.ts';

/** Recovers with the file replaced: the content as text, or the kind of the error. The files are put back afterwards. */
function outcome(bench: WalBench, path: string, bytes: Uint8Array, original: Uint8Array): string {
  bench.overwrite(bytes, path);
  try {
    return contentText(bench.recover());
  } catch (error) {
    if (error instanceof WalError) return error.kind;
    throw error;
  } finally {
    bench.completeAll();
    bench.disk.remove(`${path}.broken`);
    bench.overwrite(original, path);
  }
}

/** Flips these bits, one at a time; each must be harmless or an error. Returns the errors' kinds. */
function flipEach(bench: WalBench, path: string, bits: readonly number[]): string[] {
  const original = bench.bytes(path);
  const right = contentText(bench.recover());
  bench.completeAll();
  const kinds = new Set<string>();
  for (const bit of bits) {
    const bytes = original.slice();
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    const found = outcome(bench, path, bytes, original);
    if (found.includes('\n') || found.includes(' ')) {
      if (found !== right) throw new Error(`bit ${bit & 7} of byte ${bit >> 3} in ${path}: ${found}`);
    } else {
      kinds.add(found);
    }
  }
  return [...kinds].sort((a, b) => (a < b ? -1 : 1));
}

function range(from: number, to: number, step = 1): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
}

/** Bits between two that are flipped, where all of a file are meant; and bytes between two sizes of an entry. */
const [bitStep, sizeStep, everyBit] = isThorough ? [1, 8, 'every bit'] : [5, 56, 'every fifth bit'];

const zeros = (index: number, term: number, size: number) => entry(index, term, '\0'.repeat(size));

describe('a flipped bit in a log is detected or harmless', () => {
  it(`for ${everyBit} of a log of several segments, with all types of records`, () => {
    const { bench, wal } = walWith(
      [
        [state(1, 1, 0), [entry(1)]],
        [state(2, 2, 0), []],
        [state(2, 2, 1), [entry(2, 2, '')]],
        [null, [entry(3, 2)]],
        [state(2, 2, 3), []],
      ],
      200,
    );
    wal.saveSnapshot({ index: 2, term: 2 });
    bench.settle();
    expect(wal.segmentNames.length).toBeGreaterThan(1);
    for (const name of bench.disk.list(directory)) {
      const path = `${directory}/${name}`;
      const kinds = flipEach(bench, path, range(0, bench.disk.sizeBytes(path) * 8, bitStep));
      expect(kinds).toEqual(expect.arrayContaining(['badFrame', 'badRecord', 'crcMismatch']));
    }
  });

  it(`for ${everyBit} of a log of zeros with a preallocated end`, () => {
    const { bench } = walWith([
      [state(2, 1, 0), [zeros(1, 1, 700), zeros(2, 2, 1300)]],
      [state(2, 1, 1), []],
    ]);
    const path = `${directory}/${bench.disk.list(directory)[0]}`;
    bench.disk.truncate(path, bench.disk.sizeBytes(path) + 300);
    flipEach(bench, path, range(0, bench.disk.sizeBytes(path) * 8, bitStep));
  });

  it('for every bit of lengths and types, wherever the records lie in their sectors', () => {
    for (let size = 0; size < 512; size += sizeStep) {
      const { bench } = walWith([
        [state(1, 1, 0), [entry(1, 1, 'x'.repeat(size))]],
        [state(2, 2, 1), []],
        [state(2, 2, 1), [entry(2, 2, 'x'.repeat(34)), zeros(3, 2, 1100)]],
        [state(2, 2, 3), []],
      ]);
      const path = `${directory}/${bench.disk.list(directory)[0]}`;
      const bits = frameStarts(bench.bytes(path))
        .slice(0, -1)
        .flatMap((start) => [...range(start * 8, start * 8 + 64), ...range(start * 8 + 72, start * 8 + 80)]);
      flipEach(bench, path, bits);
    }
  });

  it('for bits of any log', () => {
    fc.assert(
      fc.property(
        fc.array(savePlan, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
        (plans, bits) => {
          const records: LogRecord[] = [];
          const saves: [HardState | null, Entry[]][] = [];
          for (const plan of plans) {
            const save = planned(plan, records);
            records.push(...recordsOf(...save));
            saves.push(save);
          }
          const { bench } = walWith(saves);
          const path = `${directory}/${bench.disk.list(directory)[0]}`;
          const size = bench.disk.sizeBytes(path) * 8;
          flipEach(bench, path, [...bits.map((bit) => bit % size), ...range(size - 128, size)]);
        },
      ),
      { numRuns: runs(30, 1500) },
    );
  });
});
