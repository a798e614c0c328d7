import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock, driftPpmMax } from '../../sim/clock.ts';
import { epochNs } from '../../sim/limits.ts';

const drift = fc.integer({ min: -driftPpmMax, max: driftPpmMax });
const time = fc.integer({ min: 0, max: 10_000_000_000_000 });

describe('a virtual clock', () => {
  it('shows the true time until something is done to it', () => {
    const clock = new VirtualClock();
    expect(clock.isTrue).toBe(true);
    expect([clock.localNs(123), clock.worldNs(123), clock.wallNs(123)]).toEqual([123, 123, epochNs + 123n]);
  });

  it('drifts by exactly what it is told, rounded down', () => {
    fc.assert(
      fc.property(drift, time, time, (ppm, since, elapsed) => {
        const clock = new VirtualClock();
        clock.run(since, { driftPpm: ppm });
        const exact = (BigInt(elapsed) * BigInt(1_000_000 + ppm)) / 1_000_000n;
        expect(BigInt(clock.localNs(since + elapsed))).toBe(BigInt(since) + exact);
      }),
    );
  });

  it('a timer falls due at the first moment at which the clock shows its time', () => {
    fc.assert(
      fc.property(drift, time, time, (ppm, since, delay) => {
        const clock = new VirtualClock();
        clock.run(since, { driftPpm: ppm });
        const due = clock.localNs(since) + delay;
        const at = clock.worldNs(due);
        expect(clock.localNs(at)).toBeGreaterThanOrEqual(due);
        if (at > since) expect(clock.localNs(at - 1)).toBeLessThan(due);
      }),
    );
  });

  it('never goes back, whatever is done to it, and its time of day is where it was set', () => {
    const change = fc.record({
      afterNs: fc.integer({ min: 0, max: 5_000_000_000 }),
      driftPpm: drift,
      frozen: fc.boolean(),
      stepNs: fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const clock = new VirtualClock();
        let now = 0;
        let shown = 0;
        let stepped = 0;
        for (const { afterNs, driftPpm, frozen, stepNs } of changes) {
          const stood = clock.frozen;
          now += afterNs;
          const local = clock.localNs(now);
          expect(local).toBeGreaterThanOrEqual(shown);
          if (stood) expect(local).toBe(shown);
          clock.run(now, { driftPpm, frozen });
          expect(clock.localNs(now)).toBe(local);
          clock.step(stepNs);
          stepped += stepNs;
          expect(clock.wallNs(now)).toBe(epochNs + BigInt(local + stepped));
          shown = local;
        }
      }),
    );
  });

  it('refuses to run more than half as fast again', () => {
    expect(() => new VirtualClock().run(0, { driftPpm: driftPpmMax + 1 })).toThrow('ppm is beyond');
  });
});
