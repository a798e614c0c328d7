import { describe, expect, it } from 'vitest';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import { runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { rangesOf } from '../../sim/shrink/case.ts';
import { loadCalls } from '../../sim/shrink/words.ts';
import { decodeRunFile, encodeRunFile } from '../../sim/trace/codec.ts';
import type { ClientLoad } from '../../sim/trace/run_info.ts';

const calm: Scenario = {
  name: 'calm-load',
  sentence: 'Nothing goes wrong.',
  members: 3,
  clients: 2,
  durationMs: 4000,
  workload: registers(mixedRegisters),
  *nemesis() {},
  sometimes: [],
};

function callsOf(load: readonly ClientLoad[], client: number) {
  const file = runScenario({ scenario: calm, seed: '4', load });
  return loadCalls(file).filter(({ line }) => line.includes(`c${client}:`));
}

const whole = [1, 2].map((client) => callsOf([], client));
const of = (client: number) => whole[client - 1] ?? [];
const numbered = (client: number, numbers: readonly number[]) =>
  rangesOf(numbers.map((number) => ({ number, atNs: of(client)[number - 1]?.atNs ?? 0 })));

describe('a client of which only some operations are left', () => {
  it('does these, the same and at the same times, and the other client everything', () => {
    expect(of(1).length).toBeGreaterThan(20);
    const kept = [2, 3, 7, 15, 16];
    const load = [{ client: 1, operations: numbered(1, kept) }];
    expect(load[0]?.operations).toHaveLength(3);
    const left = callsOf(load, 1);
    // A swap expects what its client saw last, and may have seen something else; what it writes and where is drawn.
    const drawn = (calls: typeof left) =>
      calls.map(({ line }) => line.replace(/^.* s {2}|, if it is .*/g, ''));
    expect(drawn(left)).toEqual(drawn(of(1).filter((_, i) => kept.includes(i + 1))));
    // The first of a range begins at its time; those after it when they come to it.
    expect(left[0]?.atNs).toBe(of(1)[1]?.atNs);
    expect(left[2]?.atNs).toBe(of(1)[6]?.atNs);
    expect(drawn(callsOf(load, 2))).toEqual(drawn(of(2)));
  });

  it('ends after the last', () => {
    const left = callsOf([{ client: 2, operations: numbered(2, [1, 2, 3]) }], 2);
    expect(left).toEqual(of(2).slice(0, 3));
  });

  it('does nothing if none is left', () => {
    expect(callsOf([{ client: 1, operations: [] }], 1)).toEqual([]);
  });

  it('is in the file, and replays from there', () => {
    const load = [{ client: 1, operations: [] }];
    const { info } = decodeRunFile(encodeRunFile(runScenario({ scenario: calm, seed: '4', load })));
    expect(info.options.load).toEqual(load);
    const again = runScenario({ scenario: calm, seed: info.seed, load: info.options.load ?? [] });
    expect(again.info.digest).toBe(info.digest);
    expect(runScenario({ scenario: calm, seed: '4' }).info.digest).not.toBe(info.digest);
  });

  it('sleeps in earnest when its script waits for something without asking', () => {
    const waiting: Scenario = {
      ...calm,
      *workload(client) {
        for (let i = 0; i < 20_000; i++) yield* client.sleep(1);
      },
    };
    const load = [{ client: 1, operations: [{ first: 5, last: 5, atNs: 0 }] }];
    expect(runScenario({ scenario: waiting, seed: '1', load }).info.verdict.passed).toBe(true);
  });
});
