import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRunFile, encodeRunFile } from '../../sim/trace/codec.ts';
import { decodeColumns } from '../../viz/worker/decode_columns.ts';
import {
  atOnce,
  buffersOf,
  columnsOf,
  columnsOfTrace,
  modelOf,
  modelOfColumns,
  trafficColumns,
  workColumns,
} from './page_model.ts';
import { TraceStory, headOf } from './story.ts';
import { syntheticRun } from './synthetic_trace.ts';

describe('reading a trace by columns', () => {
  it('finds what the format\u2019s own reader finds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 3000 }), (seed, events) => {
        const bytes = encodeRunFile(syntheticRun({ seed, events }));
        const slow = decodeRunFile(bytes);
        expect(decodeColumns(bytes)).toEqual({ info: slow.info, columns: columnsOfTrace(slow.trace) });
      }),
      { numRuns: 15 },
    );
  });

  it('keeps texts beyond ASCII and arguments beyond 32 bits', () => {
    const story = new TraceStory();
    story.at(1, 0, 'note', { text: 'Zo\u00eb \u2192 \ud83d\ude80' });
    story.at(2, 1, 'write', { file: 'wal', offset: 2 ** 45, bytes: -3 });
    const info = { ...headOf(), digest: story.trace.digestText };
    const columns = decodeColumns(encodeRunFile({ info, trace: story.trace }))?.columns;
    expect(columns).toEqual(columnsOfTrace(story.trace));
    const { trace } = modelOf({ info, trace: story.trace });
    expect([trace.text(0, 0), trace.arg(1, 1), trace.arg(1, 2), trace.textOf(99)]).toEqual([
      'Zo\u00eb \u2192 \ud83d\ude80',
      2 ** 45,
      -3,
      '',
    ]);
  });

  it('holds the events against the digest unless another one does', () => {
    const { info, trace } = syntheticRun({ events: 300 });
    const bytes = encodeRunFile({ info: { ...info, digest: '0123456789abcdef' }, trace });
    expect(decodeColumns(bytes)).toBeNull();
    expect(decodeColumns(bytes, false)?.columns).toEqual(columnsOfTrace(trace));
  });

  it('leaves every damaged file to the format\u2019s own reader', () => {
    const bytes = encodeRunFile(syntheticRun({ events: 300 }));
    fc.assert(
      fc.property(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (at, flip, cut) => {
          const damaged = cut ? bytes.slice(0, at) : bytes.slice();
          if (!cut) damaged[at] = (damaged[at] ?? 0) ^ flip;
          expect(decodeColumns(damaged)).toBeNull();
          expect(() => decodeRunFile(damaged)).toThrow();
        },
      ),
    );
  });
});

describe('the columns of a run', () => {
  it('are made in two halves that need nothing of each other', () => {
    const { info, trace } = syntheticRun({ events: 5000 });
    const halves = {
      ...atOnce(workColumns(info, columnsOfTrace(trace))),
      ...atOnce(trafficColumns(info, columnsOfTrace(trace))),
    };
    expect(halves).toEqual(columnsOf(info, columnsOfTrace(trace)));
  });

  it('come through a message as they were, every buffer handed over', () => {
    const { info, trace } = syntheticRun({ events: 5000 });
    const columns = columnsOf(info, columnsOfTrace(trace));
    const transfer = buffersOf(columns);
    const copy = columnsOf(info, columnsOfTrace(trace));
    const received = structuredClone(columns, { transfer });
    expect(received).toEqual(copy);
    expect(transfer.every((buffer) => buffer.byteLength === 0)).toBe(true);
    expect(modelOfColumns(received).operations.length).toBeGreaterThan(10);
  });
});
