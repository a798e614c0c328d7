import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../sim/checkers/history/operation.ts';
import { timelineOf } from '../../../sim/checkers/history/timeline.ts';

type Plain = Operation<null, null>;

function operation(call: readonly [number, number], end: readonly [number, number] | null): Plain {
  return {
    id: 1,
    process: 1,
    input: null,
    callNs: call[0],
    callSequence: call[1],
    returnNs: end?.[0] ?? null,
    returnSequence: end?.[1] ?? null,
    outcome: { status: 'ok', output: null },
  };
}

const closed = (): boolean => false;

describe('the timeline', () => {
  it('orders by time, then by sequence', () => {
    const { events, callRank, returnRank } = timelineOf(
      [operation([5, 3], [9, 9]), operation([5, 2], [5, 4]), operation([1, 1], null)],
      closed,
    );
    expect([...events]).toEqual([2, 1, 0, ~1, ~0]);
    expect([...callRank]).toEqual([2, 1, 0]);
    expect([...returnRank]).toEqual([4, 3, 5]);
  });

  it('lets a call come before a return where a foreign history does not say', () => {
    const { events } = timelineOf([operation([1, 0], [5, 0]), operation([5, 0], [6, 0])], closed);
    expect([...events]).toEqual([0, 1, ~0, ~1]);
  });

  it('has no return for an open operation', () => {
    const { ranks, returnRank } = timelineOf([operation([1, 0], [5, 1])], () => true);
    expect([ranks, returnRank[0]]).toEqual([1, 1]);
  });

  it('is the same whichever way it was sorted', () => {
    const instant = fc.tuple(fc.nat(50), fc.nat(5));
    fc.assert(
      fc.property(fc.array(fc.tuple(instant, instant), { maxLength: 300 }), (times) => {
        const operations = times.map(([call, [ns, sequence]]) =>
          operation(call, [call[0] + ns, 10 + sequence]),
        );
        const { events } = timelineOf(operations, closed);
        const keyOf = (event: number): readonly [number, number] => {
          const { callNs, callSequence, returnNs, returnSequence } = operations[
            event < 0 ? ~event : event
          ] as Plain;
          return event < 0 ? [returnNs ?? 0, returnSequence ?? 0] : [callNs, callSequence];
        };
        const keys = [...events].map(keyOf);
        expect(new Set(events).size).toBe(2 * operations.length);
        for (let i = 1; i < keys.length; i++) {
          const [[beforeNs, beforeSequence], [ns, sequence]] = [keys[i - 1], keys[i]] as [
            [number, number],
            [number, number],
          ];
          expect(beforeNs < ns || (beforeNs === ns && beforeSequence <= sequence)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});
