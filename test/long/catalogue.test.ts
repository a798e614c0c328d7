import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';

/** Some goals are rare: fewer would miss them. */
const seedsPerScenario = 19;
const seeds = Array.from({ length: seedsPerScenario }, (_, i) => String(i + 1));

function shown({ scenario, seed, verdict }: RunInfo): string {
  const first =
    verdict.violations[0]?.sentence ?? verdict.checks.find(({ status }) => status !== 'passed')?.name;
  return `${scenario} seed ${seed}: ${first ?? ''}`;
}

describe(`${seedsPerScenario} seeds of every scenario`, () => {
  it.each(catalogue)('$name: all pass, digests differ, each goal is reached by some seed', (scenario) => {
    const infos = seeds.map((seed) => runScenario({ scenario, seed }).info);
    expect(infos.filter(({ verdict }) => !verdict.passed).map(shown)).toEqual([]);
    expect(new Set(infos.map(({ digest }) => digest)).size).toBe(infos.length);
    const missed = scenario.sometimes
      .map(({ goal }) => goal)
      .filter(
        (goal) =>
          !infos.some(({ sometimes }) => sometimes.some((mark) => mark.goal === goal && mark.reached)),
      );
    expect(missed).toEqual([]);
  });
});

describe('the canary', () => {
  it('respond-before-fsync is found within 50 seeds, and the red run replays red', () => {
    const scenario = catalogue.find(({ name }) => name === 'majority-crash');
    if (scenario === undefined) throw new Error('the catalogue lacks majority-crash');
    const bugs = ['respond-before-fsync'] as const;
    const red: RunInfo[] = [];
    for (let seed = 1; seed <= 50; seed++) {
      const { info } = runScenario({ scenario, seed: String(seed), bugs });
      if (!info.verdict.passed) red.push(info);
    }
    expect(red.length).toBeGreaterThan(0);
    const [first] = red;
    if (first === undefined) return;
    const again = runScenario({ scenario, seed: first.seed, bugs, interventions: first.interventions }).info;
    expect(again.digest).toBe(first.digest);
    expect(again.verdict.passed).toBe(false);
    const words = red.flatMap(({ verdict }) => verdict.violations.map(({ sentence }) => sentence));
    expect(words.some((sentence) => /by c\d+ /.test(sentence))).toBe(true);
  });
});
