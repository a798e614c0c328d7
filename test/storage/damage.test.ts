import { describe, expect, it } from 'vitest';
import { isThorough, runs } from '../runs.ts';
import { cutFile, flipBits, leaveDirectory, noDamage, someBits } from './damage.ts';

const left = leaveDirectory();
const { log, snapshot, database } = left.files;

function bytesOf(path: string): number {
  return left.disk.sizeBytes(path);
}

function everyBit(path: string): number[] {
  return Array.from({ length: bytesOf(path) * 8 }, (_, bit) => bit);
}

function everySize(path: string, step: number): number[] {
  return Array.from({ length: Math.ceil(bytesOf(path) / step) }, (_, i) => i * step);
}

describe('a member that is started on one flipped bit refuses and names the file, or is right', () => {
  it('in the log', () => {
    const seen = noDamage();
    const bits = isThorough ? everyBit(log) : someBits(bytesOf(log), 5);
    expect(flipBits(left, log, bits, seen)).toEqual([]);
    expect(seen.refused).toBeGreaterThan(300);
  });

  it('in the snapshot: it does without, for the log is there from its first entry on', () => {
    const seen = noDamage();
    expect(flipBits(left, snapshot, someBits(bytesOf(snapshot), runs(80, 1)), seen)).toEqual([]);
    expect(seen.refused).toBe(0);
  });

  it('in the database', () => {
    const seen = noDamage();
    expect(flipBits(left, database, someBits(bytesOf(database), runs(71, 1)), seen)).toEqual([]);
    expect(seen.refused).toBeGreaterThan(100);
    // Free pages, and the older meta.
    expect(seen.harmless).toBeGreaterThan(100);
  });
});

describe('a member that is started on a file that lost its end refuses, or is as if that had never been synced', () => {
  it('in the log', () => {
    const seen = noDamage();
    expect(cutFile(left, log, everySize(log, runs(11, 1)), seen)).toEqual([]);
    expect(seen.refused).toBeGreaterThan(100);
  });

  it('in the snapshot and in the database', () => {
    const seen = noDamage();
    expect(cutFile(left, snapshot, everySize(snapshot, runs(501, 7)), seen)).toEqual([]);
    expect(seen).toMatchObject({ refused: 0, shorter: 0 });
    expect(cutFile(left, database, everySize(database, runs(1001, 29)), seen)).toEqual([]);
    expect(seen.refused).toBeGreaterThan(10);
    expect(seen.shorter).toBe(0);
  });
});
