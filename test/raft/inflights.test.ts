import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addInflight, freeUpTo, isFull, makeInflights, resetInflights } from '../../core/raft/inflights.ts';

describe('the window of inflight messages', () => {
  it('behaves like a list', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ add: fc.integer({ min: 1, max: 4 }), bytes: fc.nat({ max: 30 }) }),
        fc.record({ free: fc.nat({ max: 60 }) }),
      ),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(25, 100, Infinity),
        steps,
        (max, bytesMax, list) => {
          const window = makeInflights(max, bytesMax);
          let model: [number, number][] = [];
          let last = 0;
          for (const step of list) {
            if ('free' in step) {
              freeUpTo(window, step.free);
              model = model.filter(([index]) => index > step.free);
            } else if (!isFull(window)) {
              last += step.add;
              addInflight(window, last, step.bytes);
              model.push([last, step.bytes]);
            }
            const bytes = model.reduce((sum, [, size]) => sum + size, 0);
            expect(window.count).toBe(model.length);
            expect(window.bytes).toBe(bytes);
            expect(isFull(window)).toBe(model.length === max || bytes >= bytesMax);
          }
        },
      ),
    );
  });

  it('takes nothing when it is full, and everything after a reset', () => {
    const window = makeInflights(2, Infinity);
    addInflight(window, 1, 10);
    addInflight(window, 2, 10);
    expect(() => addInflight(window, 3, 10)).toThrow('full window');
    resetInflights(window);
    expect(window.count + window.bytes).toBe(0);
    addInflight(window, 3, 10);
    freeUpTo(window, 2);
    expect(window.count).toBe(1);
    freeUpTo(window, 3);
    expect(window.count).toBe(0);
  });
});
