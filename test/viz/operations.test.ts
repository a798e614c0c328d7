import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Operation, Status, linearizationPlaces, modelOf } from './page_model.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import { TraceStory, headOf } from './story.ts';

const ms = 1_000_000;
const endNs = 1000 * ms;

function operationsOf(trace: TraceStory['trace'], info: RunInfo): Operation[] {
  const { operations } = modelOf({ info, trace });
  return Array.from({ length: operations.length }, (_, row) => operations.at(row));
}

describe('operations', () => {
  it('say in words what was asked and what came back', () => {
    const story = new TraceStory();
    const call = (
      at: number,
      operation: number,
      kind: number,
      text: string,
      status: number,
      back: string,
    ): void => {
      const invoke = story.at(at, 4, 'invoke', { operation, process: 1, operationKind: kind, text });
      story.at(at + 1, 4, 'return', { operation, status, revision: 2, text: back }, invoke);
    };
    call(1, 1, 0, '{"kind":"put","key":"a","value":"3"}', 0, 'null');
    call(3, 2, 1, '{"kind":"get","key":"a"}', 0, '"3"');
    call(5, 3, 1, '{"kind":"get","key":"b"}', 0, 'null');
    call(7, 4, 3, '{"kind":"compareAndSwap","key":"a","expected":null,"value":"4"}', 0, 'false');
    call(9, 5, 2, '{"kind":"delete","key":"a"}', 1, 'connection refused');
    const words = operationsOf(story.trace, headOf()).map(({ words: said, result }) => `${said}: ${result}`);
    expect(words).toEqual([
      'put a = 3: done',
      'get a: = 3',
      'get b: = (none)',
      'swap a: (none) \u2192 4: not swapped',
      'delete a: failed: connection refused',
    ]);
  });

  it('stay open to the end when they never return, and are unknown', () => {
    const story = new TraceStory();
    story.at(1, 4, 'invoke', { operation: 9, text: 'not json' });
    const [operation] = operationsOf(story.trace, headOf());
    expect([operation?.status, operation?.endNs, operation?.returnEvent]).toEqual([
      Status.unknown,
      endNs,
      -1,
    ]);
  });

  it('carry the violation that can not place them', () => {
    const story = new TraceStory();
    const invoke = story.at(1, 4, 'invoke', { operation: 9, operationKind: 1, text: '{"key":"a"}' });
    story.at(2, 4, 'return', { operation: 9, text: '"1"' }, invoke);
    const other = story.at(3, 4, 'invoke', { operation: 10, operationKind: 1, text: '{"key":"a"}' });
    story.at(4, 4, 'return', { operation: 10, text: '"1"' }, other);
    const sentence = 'get(a) = 1 is too old';
    const violation = {
      check: 'linearizability',
      atNs: 2 * ms,
      sentence,
      lines: [],
      operations: [9, 10],
      events: [],
    };
    const [illegal, fine] = operationsOf(story.trace, headOf({ violations: [violation] }));
    expect([illegal?.illegal, fine?.illegal]).toEqual([sentence, '']);
  });
});

describe('places in a linearization', () => {
  it('lie within the operation and never before the predecessor', () => {
    const points = fc.array(fc.tuple(fc.nat(1000), fc.nat(300), fc.nat(300), fc.nat(4)), { maxLength: 30 });
    fc.assert(
      fc.property(points, (all) => {
        // Each operation takes effect at its point, so the order of the points is a linearization.
        const sorted = all.toSorted((a, b) => a[0] - b[0]);
        const operations = sorted.map(([point, before, after, status], id) => ({
          id,
          startNs: Math.max(0, point - before),
          endNs: status === 2 ? Math.max(0, point - before) + 1 : point + after,
          status: status === 2 ? 2 : 0,
        }));
        const ids = operations.map(({ id }) => id);
        const columns = {
          startNs: Float64Array.from(operations, ({ startNs }) => startNs),
          endNs: Float64Array.from(operations, (operation) => operation.endNs),
          statuses: Uint8Array.from(operations, ({ status }) => status),
        };
        const places = linearizationPlaces(columns, [{ key: 'a', operations: ids }], (id) => id);
        let before = 0;
        for (const operation of operations) {
          const { id } = operation;
          const atNs = places.atNs[id] ?? -1;
          expect(atNs).toBeGreaterThanOrEqual(Math.max(before, operation.startNs));
          if (operation.status === 0) expect(atNs).toBeLessThanOrEqual(operation.endNs);
          expect([places.order[id], places.of[id]]).toEqual([id + 1, operations.length]);
          before = atNs;
        }
      }),
    );
  });
});
