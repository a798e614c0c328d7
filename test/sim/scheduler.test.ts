import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../sim/scheduler.ts';

describe('scheduler', () => {
  it('runs events by time, and events of one time in the order they were scheduled', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 300 }), (times) => {
        const scheduler = new Scheduler();
        times.forEach((time, order) => scheduler.schedule(time, 1, order, 0, 0, null));
        const expected = times
          .map((time, order) => [time, order] as const)
          .toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
        const ran: (readonly [number, number])[] = [];
        while (scheduler.next()) ran.push([scheduler.nowNs, scheduler.target]);
        expect(ran).toEqual(expected);
      }),
    );
  });

  it('keeps the order while events are added between others', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ delay: fc.nat({ max: 9 }), more: fc.nat({ max: 3 }) }), { maxLength: 60 }),
        (plan) => {
          const scheduler = new Scheduler();
          let order = 0;
          const due: { time: number; order: number }[] = [];
          const add = (time: number): void => {
            due.push({ time, order });
            scheduler.schedule(time, 1, order++, 0, 0, null);
          };
          add(0);
          for (const { delay, more } of plan) {
            for (let i = 0; i < more; i++) add(scheduler.nowNs + delay);
            if (!scheduler.next()) break;
            due.sort((a, b) => a.time - b.time || a.order - b.order);
            expect({ time: scheduler.nowNs, order: scheduler.target }).toEqual(due.shift());
          }
        },
      ),
    );
  });

  it('puts interventions ahead of everything else at their time, in their own order', () => {
    const scheduler = new Scheduler();
    scheduler.schedule(5, 1, 1, 0, 0, null);
    scheduler.scheduleIntervention(5, 2, 0, 'first');
    scheduler.scheduleIntervention(5, 2, 0, 'second');
    scheduler.schedule(4, 1, 2, 0, 0, null);
    const ran: unknown[] = [];
    while (scheduler.next()) ran.push(scheduler.payload ?? scheduler.target);
    expect(ran).toEqual([2, 'first', 'second', 1]);
  });

  it('refuses the past and fractions of a nanosecond', () => {
    const scheduler = new Scheduler();
    scheduler.schedule(10, 1, 0, 0, 0, null);
    scheduler.next();
    expect(() => scheduler.schedule(9, 1, 0, 0, 0, null)).toThrow('event at 9 ns, now is 10 ns');
    expect(() => scheduler.schedule(10.5, 1, 0, 0, 0, null)).toThrow('10.5');
  });
});

describe('taking events out', () => {
  it('gives those that match in their order, and leaves the others in theirs', () => {
    const event = fc.record({ time: fc.nat({ max: 20 }), kind: fc.nat({ max: 2 }) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const scheduler = new Scheduler();
        events.forEach(({ time, kind }, order) => scheduler.schedule(time, kind, order, 0, 0, null));
        const inOrder = events
          .map(({ time, kind }, order) => ({ time, kind, order }))
          .toSorted((a, b) => a.time - b.time || a.order - b.order);
        const taken = scheduler.takeOut((kind) => kind === 1);
        expect(taken.map(({ target }) => target)).toEqual(
          inOrder.filter(({ kind }) => kind === 1).map(({ order }) => order),
        );
        const ran: number[] = [];
        while (scheduler.next()) ran.push(scheduler.target);
        expect(ran).toEqual(inOrder.filter(({ kind }) => kind !== 1).map(({ order }) => order));
      }),
    );
  });
});
