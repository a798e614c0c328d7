import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TraceFormatError, decodeRunFile, encodeRunFile } from '../../sim/trace/codec.ts';
import { firstDifference } from '../../sim/trace/compare.ts';
import { arityOfKind, kindSchemas } from '../../sim/trace/kinds.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import { Trace, digestStride } from '../../sim/trace/trace.ts';
import { runs } from '../runs.ts';
import { runInfoFor } from './run_info_fixture.ts';

interface Row {
  readonly kind: number;
  readonly lane: number;
  readonly gapNs: number;
  readonly back: number;
  readonly args: readonly number[];
}

const rows = fc.array(
  fc.nat({ max: kindSchemas.length - 1 }).chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      lane: fc.nat({ max: 60 }),
      gapNs: fc.oneof(
        fc.nat({ max: 5 }),
        fc.nat({ max: 2 ** 31 - 1 }).map((n) => n * 1000),
      ),
      back: fc.nat({ max: 50 }),
      args: fc.array(
        fc.oneof(
          fc.nat({ max: 300 }),
          fc.nat({ max: 2 ** 31 - 1 }).map((n) => n * 2 ** 20),
          fc.constant(-1),
        ),
        {
          minLength: arityOfKind[kind] ?? 0,
          maxLength: arityOfKind[kind] ?? 0,
        },
      ),
    }),
  ),
  { maxLength: 200 },
);

function traceOf(list: readonly Row[], texts: readonly string[] = []): Trace {
  const trace = new Trace();
  for (const text of texts) trace.string(text);
  list.forEach((row, index) => {
    trace.nowNs += row.gapNs;
    trace.begin(row.kind, row.lane, index - row.back - 1 < 0 ? -1 : index - row.back - 1);
    for (const value of row.args) trace.argument(value);
  });
  return trace;
}

describe('trace file', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.string({ unit: 'binary' }), { maxLength: 20 }), (list, texts) => {
        const trace = traceOf(list, texts);
        const back = decodeRunFile(encodeRunFile({ info: runInfoFor(trace), trace }));
        expect(back.info).toEqual(runInfoFor(trace));
        expect(back.trace.digestText).toBe(trace.digestText);
        expect(back.trace.strings).toEqual(trace.strings);
        expect([...back.trace.timesNs.subarray(0, back.trace.length)]).toEqual([
          ...trace.timesNs.subarray(0, trace.length),
        ]);
        expect([...back.trace.causes.subarray(0, back.trace.length)]).toEqual([
          ...trace.causes.subarray(0, trace.length),
        ]);
      }),
      { numRuns: runs(20, 600) },
    );
  });

  it('any flipped bit is found, and the message says where', () => {
    const trace = traceOf(
      Array.from({ length: 30 }, (_, i) => ({
        kind: i % 5,
        lane: 1,
        gapNs: 10,
        back: 0,
        args: [1, 2, 3, 4].slice(0, arityOfKind[i % 5]),
      })),
      ['a text'],
    );
    const bytes = encodeRunFile({ info: runInfoFor(trace), trace });
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 7 }), (at, bit) => {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] as number) ^ (1 << bit);
        expect(() => decodeRunFile(damaged)).toThrow(TraceFormatError);
      }),
    );
  });

  it('any cut is found', () => {
    const trace = traceOf([{ kind: 0, lane: 1, gapNs: 1, back: 0, args: [1] }]);
    const bytes = encodeRunFile({ info: runInfoFor(trace), trace });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeRunFile(bytes.subarray(0, length))).toThrow(TraceFormatError);
    }
  });

  it('a foreign file and another version are named as such', () => {
    const trace = new Trace();
    const bytes = encodeRunFile({ info: runInfoFor(trace), trace });
    expect(() => decodeRunFile(new TextEncoder().encode('%PDF-1.7 and so on'))).toThrow(
      'not a detcd trace: expected it to begin with "detcdtrc", found "%PDF-1.7"',
    );
    expect(() => decodeRunFile(new Uint8Array(0))).toThrow('found an empty file');
    const newer = bytes.slice();
    newer[8] = 99;
    expect(() => decodeRunFile(newer)).toThrow('expected trace format version 2, found 99');
  });

  it('a head that lacks something is refused by name', () => {
    const trace = new Trace();
    for (const name of ['options', 'interventions', 'digest']) {
      const info = { ...runInfoFor(trace), [name]: undefined };
      const bytes = encodeRunFile({ info: info as unknown as RunInfo, trace });
      expect(() => decodeRunFile(bytes)).toThrow(`expected the run info to have "${name}", found none`);
    }
  });

  it('rows that do not give the digest in the head are refused', () => {
    const trace = traceOf([{ kind: 0, lane: 1, gapNs: 1, back: 0, args: [1] }]);
    const info = { ...runInfoFor(trace), digest: '0123456789abcdef' };
    expect(() => decodeRunFile(encodeRunFile({ info, trace }))).toThrow('expected digest 0123456789abcdef');
  });
});

describe('digest', () => {
  it('depends on every column', () => {
    const base: Row = { kind: 1, lane: 1, gapNs: 5, back: 0, args: [1, 2, 3] };
    const variants: Row[] = [
      { ...base, lane: 2 },
      { ...base, gapNs: 6 },
      { ...base, args: [1, 2, 4] },
      { ...base, args: [1, 2, 3 + 2 ** 40] },
      { ...base, kind: 2, args: [1, 2, 3, 0] },
    ];
    const digests = new Set([base, ...variants].map((row) => traceOf([base, row]).digestText));
    expect(digests.size).toBe(variants.length + 1);
    expect(traceOf([base], ['x']).digestText).not.toBe(traceOf([base], ['y']).digestText);
  });

  it('of a prefix equals the digest when the trace was that long', () => {
    const trace = new Trace();
    const seen: string[] = [];
    for (let i = 0; i < 3 * digestStride + 10; i++) {
      seen.push(trace.digestBefore(trace.length));
      trace.nowNs += i % 7;
      trace.add(1, i % 5, i - 1, i, 2 * i, 3 * i);
    }
    for (const length of [0, 1, digestStride - 1, digestStride, digestStride + 1, 3 * digestStride + 9]) {
      expect(trace.digestBefore(length)).toBe(seen[length]);
    }
  });

  it('finds the first event in which two traces differ', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(), (length, where) => {
        const at = where % length;
        const build = (odd: number): Trace => {
          const trace = new Trace();
          for (let i = 0; i < length; i++) trace.add(1, 1, -1, i === at ? odd : i, 0, 0);
          return trace;
        };
        expect(firstDifference(build(-1), build(-2))).toBe(at);
      }),
      { numRuns: 20 },
    );
  });

  it('a trace that goes on differs where the shorter one ends', () => {
    const short = new Trace();
    const long = new Trace();
    for (let i = 0; i < 10; i++) short.add(1, 1, -1, i, 0, 0);
    for (let i = 0; i < 15; i++) long.add(1, 1, -1, i, 0, 0);
    expect(firstDifference(short, long)).toBe(10);
    expect(firstDifference(short, short)).toBe(10);
  });
});
