import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyBytes } from '../../core/base/bytes.ts';
import type { Log } from '../../core/ports.ts';
import {
  emptyConfState,
  entriesBytes,
  EntryType,
  makeEntry,
  MemoryStorage,
  type Entry,
} from '../../core/raft/index.ts';
import {
  appendToLog,
  findConflictByTerm,
  firstIndex,
  lastIndex,
  makeRaftLog,
  maybeAppend,
  restoreLog,
  termAt,
  type RaftLog,
} from '../../core/raft/log/raft_log.ts';
import { readEntries } from '../../core/raft/log/read.ts';
import { entriesToWrite, markInProgress, markStable } from '../../core/raft/log/unstable.ts';
import { quoteBytes } from '../../core/raft/quote.ts';

const silent: Log = { enabled: () => false, line: () => undefined };

/** A log whose entries 1.. have the given terms; the first `stable` of them are in the storage. */
function logOf(terms: readonly number[], stable: number, sizes: readonly number[] = []): [RaftLog, Entry[]] {
  const entries = terms.map((term, i) =>
    makeEntry(term, i + 1, EntryType.normal, new Uint8Array(sizes[i] ?? 0)),
  );
  const storage = new MemoryStorage();
  storage.append(entries.slice(0, stable));
  const log = makeRaftLog(storage, silent, Infinity);
  appendToLog(log, entries.slice(stable));
  return [log, entries];
}

const ascending = fc
  .array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 12 })
  .map((steps) => steps.reduce<number[]>((terms, step) => [...terms, (terms.at(-1) ?? 1) + step], []));

describe('the raft log', () => {
  it('reads across storage and memory, one entry at least and then as many as fit', () => {
    const sizes = fc.array(fc.nat({ max: 20 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(
        ascending,
        sizes,
        fc.nat(),
        fc.nat(),
        fc.nat(),
        fc.nat({ max: 120 }),
        (terms, bytes, a, b, c, max) => {
          const [log, entries] = logOf(terms, a % (terms.length + 1), bytes);
          const low = 1 + (b % terms.length);
          const high = low + 1 + (c % (terms.length - low + 1));
          const wanted = entries.slice(low - 1, high - 1);
          let count = 1;
          while (count < wanted.length && entriesBytes(wanted.slice(0, count + 1)) <= max) count++;
          expect(readEntries(log, low, high, max)).toEqual(wanted.slice(0, count));
          expect(readEntries(log, low, high, Infinity)).toEqual(wanted);
        },
      ),
    );
  });

  it('finds the last place where another log of a lower term may match', () => {
    fc.assert(
      fc.property(ascending, fc.nat(), fc.nat({ max: 25 }), (terms, a, term) => {
        const [log] = logOf(terms, terms.length);
        const index = 1 + (a % terms.length);
        let naive = index;
        while (naive > 0 && (terms[naive - 1] ?? 0) > term) naive--;
        expect(findConflictByTerm(log, index, term)).toEqual({ index: naive, term: terms[naive - 1] ?? 0 });
      }),
    );
  });

  it('keeps a common beginning and replaces what differs', () => {
    fc.assert(
      fc.property(ascending, ascending, fc.nat(), (ours, theirs, stable) => {
        const [log, before] = logOf(ours, stable % (ours.length + 1));
        const entries = theirs.map((term, i) => makeEntry(term, i + 1));
        let same = 0;
        while (same < entries.length && entries[same]?.term === before[same]?.term) same++;
        expect(maybeAppend(log, 0, 0, entries, 0)).toBe(entries.length);
        const expected =
          same === entries.length ? before : [...before.slice(0, same), ...entries.slice(same)];
        const terms = expected.map((_, i) => termAt(log, i + 1));
        expect(terms).toEqual(expected.map((entry) => entry.term));
        expect(lastIndex(log)).toBe(expected.length);
      }),
    );
  });

  it('never overwrites what is committed', () => {
    const [log] = logOf([1, 1, 1], 3);
    log.committed = 2;
    expect(() => maybeAppend(log, 1, 1, [makeEntry(2, 2)], 0)).toThrow('conflict with committed entry');
    expect(() => appendToLog(log, [makeEntry(2, 2)])).toThrow('already committed');
    expect(() => appendToLog(log, [makeEntry(2, 5)])).toThrow('gap');
  });

  it('writes again what was replaced while it was being written', () => {
    const [log] = logOf([1, 1, 1], 1);
    markInProgress(log.unstable);
    expect(entriesToWrite(log.unstable)).toEqual([]);
    appendToLog(log, [makeEntry(2, 3)]);
    expect(entriesToWrite(log.unstable).map(({ term, index }) => `${term}/${index}`)).toEqual(['2/3']);
    // The disk has written the old entry 3: only entry 2 below it is known to be stable by a later answer.
    markStable(log.unstable, 1, 3, silent);
    expect(log.unstable.offset).toBe(2);
    markStable(log.unstable, 1, 2, silent);
    expect(log.unstable.offset).toBe(3);
    expect(entriesToWrite(log.unstable).map(({ term, index }) => `${term}/${index}`)).toEqual(['2/3']);
  });

  it('begins behind a snapshot that replaced it', () => {
    const [log] = logOf([1, 1], 2);
    restoreLog(log, { data: emptyBytes, metadata: { confState: emptyConfState, index: 9, term: 4 } });
    expect([firstIndex(log), lastIndex(log), log.committed]).toEqual([10, 9, 9]);
    expect([termAt(log, 9), termAt(log, 8), termAt(log, 10)]).toEqual([
      4,
      expect.objectContaining({ code: 'compacted' }),
      expect.objectContaining({ code: 'unavailable' }),
    ]);
  });
});

describe('quoted bytes', () => {
  it('look as in Go', () => {
    const quote = (...bytes: number[]): string => quoteBytes(new Uint8Array(bytes));
    expect(quote()).toBe('""');
    expect(quote(0x61, 0x22, 0x5c, 0x0a, 0x09, 0x07)).toBe('"a\\"\\\\\\n\\t\\a"');
    expect(quote(0x00, 0x1f, 0x7f)).toBe('"\\x00\\x1f\\x7f"');
    expect(quote(0xc3, 0xa4, 0xff, 0x61)).toBe('"ä\\xffa"');
    expect(quote(0xe2, 0x82)).toBe('"\\xe2\\x82"');
  });
});
