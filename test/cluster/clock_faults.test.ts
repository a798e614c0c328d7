import { describe, expect, it } from 'vitest';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import { openRun } from '../../sim/run.ts';
import { epochNs } from '../../sim/limits.ts';
import type { RunFile } from '../../sim/trace/codec.ts';
import { argument } from '../../sim/trace/kinds.ts';
import { messageTypeNames } from '../../sim/trace/message_types.ts';
import { kindsOf, passed, rows, timeOf, troubled } from './one_trouble.ts';

const second = 1_000_000_000;

/** Linearizable reads have rounds of heartbeats of their own. */
const writes = { workload: registers({ ...mixedRegisters, get: 0, pauseMeanMs: 40 }) };

/** When a member sent its rounds of heartbeats to another one, between two times. */
function heartbeatsOf(file: RunFile, from: number, [first, last]: readonly [number, number]): number[] {
  const { trace } = file;
  const type = messageTypeNames.indexOf('MsgHeartbeat');
  const times = rows(file, 'send', (row) => {
    return trace.lanes[row] === from && trace.arg(row, argument('send', 'type')) === type;
  }).map((row) => trace.timesNs[row] ?? 0);
  return [...new Set(times)].filter((at) => at > first && at < last);
}

describe('a clock', () => {
  it.each([
    ['fast', 500_000, 66.7],
    ['slow', -500_000, 200],
  ] as const)('that runs %s makes its member faster or slower', (_, ppm, everyMs) => {
    let leader = 0;
    const file = passed(
      troubled(function* (story) {
        leader = story.leader();
        story.clockDrift(leader, ppm);
        yield* story.sleep(1100);
        story.clockDrift(leader, 0);
        yield* story.sleep(500);
      }, writes),
    );
    expect(kindsOf(file)).toEqual(['clockDrift', 'clockDrift']);
    const times = heartbeatsOf(file, leader, [timeOf(file, 0) + second / 5, timeOf(file, 1)]);
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    expect(mean / 1_000_000).toBeCloseTo(everyMs, 0);
  });

  it('that stands still lets no timer fall due; then they go on where they were', () => {
    let leader = 0;
    const file = passed(
      troubled(function* (story) {
        leader = story.leader();
        yield* story.sleep(330);
        story.freezeClock(leader);
        yield* story.sleep(800);
        story.thawClock(leader);
        yield* story.sleep(400);
      }, writes),
    );
    expect(kindsOf(file)).toEqual(['clockFreeze', 'clockThaw']);
    const [from, to] = [timeOf(file, 0), timeOf(file, 1)];
    expect(heartbeatsOf(file, leader, [from, to])).toEqual([]);
    const next = heartbeatsOf(file, leader, [to, Infinity])[0] ?? 0;
    const before = heartbeatsOf(file, leader, [0, from]).at(-1) ?? 0;
    // A heartbeat leaves when the sync that is under way is done.
    const late = next - to - (100_000_000 - (from - before));
    expect(Math.abs(late)).toBeLessThan(5_000_000);
    const answered = rows(file, 'send', (row) => {
      const at = file.trace.timesNs[row] ?? 0;
      return file.trace.lanes[row] === leader && at > from && at < to;
    });
    expect(answered.length).toBeGreaterThan(0);
  });

  it('that is stepped shows another time of day, and nothing else changes', () => {
    const stepped = troubled(function* (story) {
      yield* story.sleep(100);
      story.clockStep(1, 3_600_000);
      story.clockStep(2, -5000);
      yield* story.sleep(100);
    });
    const run = openRun({ scenario: stepped, seed: '1' });
    run.runUntil(2 * second);
    const seen = run.cluster.processes.map(({ clock }) => [clock.nowNs(), clock.wallNs() - epochNs]);
    expect(seen).toEqual([
      [2 * second, BigInt(3602 * second)],
      [2 * second, BigInt(-3 * second)],
      [2 * second, BigInt(2 * second)],
    ]);
    const file = run.close();
    expect(kindsOf(file)).toEqual(['clockStep', 'clockStep']);
    expect(file.info.verdict.violations).toEqual([]);
  });

  it('of a suspended machine misses the time that the pause took', () => {
    const suspended = troubled(function* (story) {
      story.suspend(1);
      yield* story.sleep(500);
      story.unsuspend(1);
    });
    const run = openRun({ scenario: suspended, seed: '1' });
    run.runUntil(2.5 * second);
    const shown = run.cluster.processes.map(({ clock }) => clock.nowNs());
    expect(shown).toEqual([2 * second, 2.5 * second, 2.5 * second]);
    expect(kindsOf(run.close())).toEqual(['pause', 'clockFreeze', 'clockThaw', 'resume']);
  });

  it('is not touched by what changes nothing, and outlives a crash', () => {
    const file = passed(
      troubled(function* (story) {
        story.clockDrift(1, 0);
        story.thawClock(1);
        story.clockStep(1, 0);
        story.clockDrift(1, 100);
        story.clockDrift(1, 100);
        yield* story.bounce(1, 100);
        story.clockDrift(1, 100);
        yield* story.sleep(100);
      }),
    );
    expect(kindsOf(file)).toEqual(['clockDrift', 'crash', 'restart']);
  });
});
