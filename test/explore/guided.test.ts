import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crashStorm } from '../../scenarios/stories/crash_storm.ts';
import { coverageOf } from '../../sim/explore/coverage.ts';
import { exploreGuided } from '../../sim/explore/guided.ts';
import { mutated } from '../../sim/explore/mutate.ts';
import { checkInterventions } from '../../sim/faults/intervention_form.ts';
import { RandomStream } from '../../sim/random.ts';
import { type RunRequest, runScenario } from '../../sim/run.ts';
import { red } from '../shrink/tiny.ts';

const request: RunRequest = { scenario: crashStorm, seed: '1', members: 3, clients: 1, durationMs: 2500 };
const short = { ...request, interventions: [], durationMs: 1500 };
const calm = runScenario(short);
const stormy = runScenario({ ...request, durationMs: 5000 });

describe('what a run covers', () => {
  it('is more where more happened, and the same for the same run', () => {
    const [little, much] = [coverageOf(calm), coverageOf(stormy)];
    expect(little.size).toBeGreaterThan(3);
    expect(much.size).toBeGreaterThan(2 * little.size);
    expect(coverageOf(calm)).toEqual(little);
    // A longer calm reaches nothing new: what only grows is no new state.
    expect(coverageOf(runScenario({ ...short, durationMs: 3000 })).size).toBeLessThan(little.size + 6);
  });
});

describe('a changed list', () => {
  it('still fits its run, is in order, and is the same for the same stream', () => {
    const world = { members: 3, endNs: 5_000_000_000 };
    const list = stormy.info.interventions;
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const change = () => mutated(list, list.slice(3), world, new RandomStream(`mutate/${seed}`));
        const next = change();
        checkInterventions(next, { machines: 3, clients: 1 });
        const times = next.map(({ atNs }) => atNs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        for (const atNs of times) expect(atNs).toBeLessThanOrEqual(world.endNs);
        expect(change()).toEqual(next);
      }),
    );
    const changes = Array.from({ length: 20 }, (_, i) =>
      mutated(list, list, world, new RandomStream(`m/${i}`)),
    );
    expect(new Set(changes.map((each) => JSON.stringify(each))).size).toBeGreaterThan(15);
  });
});

describe('a guided search', () => {
  it('changes what reached something new, keeps what does, and is the same every time', () => {
    const search = () => exploreGuided(request, { seed: 's', guided: true, goOn: (runs) => runs < 10 });
    const found = search();
    expect(found.runs).toBe(10);
    expect(found.mutants).toBeGreaterThan(1);
    expect(found.mutants).toBeLessThan(9);
    expect(found.kept.reduce((sum, { newStates }) => sum + newStates, 0)).toBe(found.states);
    expect(search()).toEqual(found);
    const [first] = found.kept;
    const again = runScenario({
      ...request,
      seed: first?.seed ?? '',
      interventions: first?.interventions ?? [],
    });
    expect(coverageOf(again).size).toBe(first?.newStates);
  });

  it('runs only new seeds when it is not to be guided', () => {
    const found = exploreGuided(request, { seed: 's', guided: false, goOn: (runs) => runs < 3 });
    expect(found).toMatchObject({ runs: 3, mutants: 0 });
    expect(new Set(found.kept.map(({ seed }) => seed)).size).toBe(found.kept.length);
  });

  it('tells what broke', () => {
    const found = exploreGuided(
      { scenario: red, seed: '1' },
      { seed: '1', guided: true, goOn: (runs) => runs < 1 },
    );
    expect([...found.failures.keys()]).toEqual(['never three: a third write']);
  });
});
