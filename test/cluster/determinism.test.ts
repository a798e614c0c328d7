import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/catalogue.ts';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import { noBugs } from '../../core/bugs.ts';
import { World } from '../../sim/cluster/world.ts';
import { DeterminismError } from '../../sim/guard.ts';
import { defaultLinks } from '../../sim/limits.ts';
import { type RunRequest, runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { decodeRunFile, encodeRunFile } from '../../sim/trace/codec.ts';
import { eventsOfKind } from '../../sim/trace/trace.ts';
import { isThorough } from '../runs.ts';

const short = { members: 3, clients: 3, durationMs: 6000 } as const;

function run(request: Pick<RunRequest, 'scenario' | 'seed'> & Partial<RunRequest>) {
  return runScenario({ ...short, ...request });
}

/** An eighth of the catalogue in `npm test`; all of it in the long checks. */
const tried = catalogue.filter((_, position) => isThorough || position % 8 === 0);

describe.each(tried)('$name', (scenario) => {
  it('gives the same file for the same seed, and another for another seed', () => {
    const first = run({ scenario, seed: '11' });
    const second = run({ scenario, seed: '11' });
    expect(Buffer.from(encodeRunFile(second)).equals(Buffer.from(encodeRunFile(first)))).toBe(true);
    expect(run({ scenario, seed: '12' }).info.digest).not.toBe(first.info.digest);
  });

  it('passes, and its recorded faults replay to the same digest', () => {
    const recorded = decodeRunFile(encodeRunFile(run({ scenario, seed: '21', durationMs: 12_000 }))).info;
    expect(recorded.verdict.violations).toEqual([]);
    expect(recorded.verdict.passed).toBe(true);
    const again = run({ scenario, seed: '21', durationMs: 12_000, interventions: recorded.interventions });
    expect(again.info.digest).toBe(recorded.digest);
    expect(again.info.interventions).toEqual(recorded.interventions);
  });
});

const calm: Scenario = {
  name: 'calm',
  sentence: 'Nothing goes wrong.',
  ...short,
  workload: registers(mixedRegisters),
  *nemesis() {},
  sometimes: [],
};

describe('a run', () => {
  it('passes through the wire codec as well as with messages passed by reference', () => {
    const seeds = Array.from({ length: 12 }, (_, seed) => String(seed));
    const inWireMode = (seed: string): boolean =>
      new World({ ...short, seed: `calm/${seed}`, links: defaultLinks, bugs: noBugs }).wireMode;
    expect(seeds.some(inWireMode)).toBe(true);
    expect(seeds.every(inWireMode)).toBe(false);
    for (const seed of seeds) {
      expect(run({ scenario: calm, seed, durationMs: 2000 }).info.verdict.violations).toEqual([]);
    }
  });

  it('does nothing before its time: without faults every operation is answered', () => {
    const { info, trace } = run({ scenario: calm, seed: '1' });
    expect(info.summary.operations.unknown).toBe(0);
    expect(info.summary.operations.ok).toBeGreaterThan(100);
    expect(info.summary.elections).toBe(1);
    expect(eventsOfKind(trace, 'invoke').length).toBe(eventsOfKind(trace, 'return').length);
  });

  it.each([
    ['Math.random', () => Math.random()],
    ['Date.now', () => Date.now()],
    ['setTimeout', () => setTimeout(() => undefined, 1)],
    ['queueMicrotask', () => queueMicrotask(() => undefined)],
  ])('refuses %s, and gives it back afterwards', (name, reach) => {
    const scenario: Scenario = {
      ...calm,
      *nemesis(story) {
        yield* story.sleep(10);
        reach();
      },
    };
    expect(() => run({ scenario, seed: '1' })).toThrow(DeterminismError);
    expect(() => run({ scenario, seed: '1' })).toThrow(`${name} was called during a run`);
    expect(() => reach()).not.toThrow();
  });
});
