import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isFailpointSite } from '../../core/server/failpoints.ts';
import { catalogue, findScenario } from '../../scenarios/catalogue.ts';
import { runOne } from '../../scenarios/cli/swarm/run_one.ts';
import type { SwarmResult } from '../../sim/swarm/result.ts';
import { detcdIn } from '../cli/run_here.ts';
import { runs } from '../runs.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const settings = { members: 3, clients: 2, durationMs: 1000, bugs: [] } as const;
const total = runs(60, 1000);

function run(number: number): SwarmResult {
  const scenario = catalogue[number % catalogue.length];
  if (scenario === undefined) throw new Error('the catalogue is empty');
  const seed = String(1 + Math.floor(number / catalogue.length));
  return runOne({ scenario: scenario.name, seed, canary: false }, scenario, settings);
}

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('a result', () => {
  it('tells which failpoints were armed, and which ended a member', () => {
    const scenario = findScenario('compaction-storm');
    if (scenario === undefined) throw new Error('the catalogue lacks compaction-storm');
    const made = runOne({ scenario: scenario.name, seed: '1', canary: false }, scenario, { bugs: [] });
    const counts = Object.entries(made.failpoints ?? {});
    expect(counts.length).toBeGreaterThan(0);
    expect(counts.some(([, count]) => count > 0)).toBe(true);
    expect(counts.every(([site]) => isFailpointSite(site))).toBe(true);
  });
});

describe(`${total} runs in one process`, () => {
  it('leave nothing behind: the heap does not grow, and the first runs are the same again', () => {
    const first = Array.from({ length: catalogue.length }, (_, number) => run(number));
    const before = heapBytes();
    for (let number = catalogue.length; number < total; number++) run(number);
    // What an engine learns of the code costs a little; a run that stayed would cost megabytes.
    expect(heapBytes() - before).toBeLessThan(8 * 2 ** 20);
    const again = Array.from({ length: catalogue.length }, (_, number) => run(number));
    expect(again.map(({ digest }) => digest)).toEqual(first.map(({ digest }) => digest));
    expect(new Set(again.map(({ digest }) => digest)).size).toBe(catalogue.length);
  });

  it.each([1, 4, 7].map((part) => Math.floor((catalogue.length * part) / 8)))(
    'and run %i is the same as in a process of its own',
    (number) => {
      const { scenario, seed, digest } = run(number);
      const sizes = ['--members', '3', '--clients', '2', '--duration', '1s', '--no-out', '--json'];
      const { out } = detcdIn('.', 'run', scenario, '--seed', seed, ...sizes);
      expect((JSON.parse(out) as { readonly digest: string }).digest).toBe(digest);
    },
  );
});
