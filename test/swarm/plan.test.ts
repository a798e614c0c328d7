import { describe, expect, it } from 'vitest';
import { type SwarmPlan, canary, swarmRuns } from '../../sim/swarm/plan.ts';

const plan: SwarmPlan = {
  scenarios: ['a', 'b', 'c'],
  firstSeed: 5,
  runs: 7,
  shard: { number: 1, count: 1 },
  canaryEvery: 0,
};

const names = (changed: Partial<SwarmPlan>): string[] =>
  [...swarmRuns({ ...plan, ...changed })].map(
    (run) => `${run.canary ? 'canary ' : ''}${run.scenario}/${run.seed}`,
  );

describe('a plan', () => {
  it('gives each scenario its turn with a seed before the next seed', () => {
    expect(names({})).toEqual(['a/5', 'b/5', 'c/5', 'a/6', 'b/6', 'c/6', 'a/7']);
  });

  it.each([2, 3, 5, 8])('is divided among %i shards: nothing is lost, nothing is run twice', (count) => {
    const runs = 60;
    const shards = Array.from({ length: count }, (_, i) => names({ runs, shard: { number: i + 1, count } }));
    expect(shards.flat().sort((x, y) => (x < y ? -1 : 1))).toEqual(
      names({ runs }).sort((x, y) => (x < y ? -1 : 1)),
    );
    for (const shard of shards) expect(shard.length).toBeLessThanOrEqual(Math.ceil(runs / count) + 3);
  });

  it('gives every shard every scenario, even where their numbers have a common divisor', () => {
    for (const number of [1, 2, 3]) {
      const own = names({ runs: 90, shard: { number, count: 3 } });
      expect(new Set(own.map((name) => name[0]))).toEqual(new Set(['a', 'b', 'c']));
    }
  });

  it('mixes canaries in, the first one early, with seeds of their own per shard', () => {
    const all = names({ runs: 100, canaryEvery: 20 });
    const canaries = all.filter((name) => name.startsWith('canary'));
    expect(all.indexOf(canaries[0] ?? '')).toBe(10);
    expect(canaries).toHaveLength(5);
    expect(new Set(canaries).size).toBe(5);
    expect(canaries[0]).toContain(canary.scenario);
    expect(all.length).toBe(105);
    const shards = [1, 2].flatMap((number) =>
      names({ runs: 200, canaryEvery: 20, shard: { number, count: 2 } }).filter((name) =>
        name.startsWith('canary'),
      ),
    );
    expect(new Set(shards).size).toBe(shards.length);
  });

  it('may have no end', () => {
    const runs = swarmRuns({ ...plan, runs: Infinity });
    let last = '';
    for (let i = 0; i < 3000; i++) last = (runs.next().value as { seed: string }).seed;
    expect(last).toBe(String(5 + 999));
  });
});
