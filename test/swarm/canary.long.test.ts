import { describe, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/catalogue.ts';
import { runOne } from '../../scenarios/cli/swarm/run_one.ts';
import { canary, canaryInterval, canaryRunsMin, swarmRuns } from '../../sim/swarm/plan.ts';
import { runs } from '../runs.ts';

const scenario = findScenario(canary.scenario);
const swarms = Array.from({ length: runs(1, 6) }, (_, i) => 1 + i * 1000);

describe.each(swarms)(`a swarm of ${canaryRunsMin} from seed %i on`, (firstSeed) => {
  const plan = {
    scenarios: ['calm-days', 'crash-storm'],
    firstSeed,
    runs: canaryRunsMin,
    shard: { number: 1, count: 1 },
    canaryEvery: canaryInterval,
  };
  const canaries = [...swarmRuns(plan)].filter((run) => run.canary);

  it('has ten canaries', () => {
    expect(canaries).toHaveLength(canaryRunsMin / canaryInterval);
  });

  it('finds all of them, though one would do', () => {
    if (scenario === undefined) throw new Error(`the catalogue lacks ${canary.scenario}`);
    const found = canaries.map((run) => runOne(run, scenario, { bugs: [] }));
    expect(found.filter(({ passed }) => passed).map(({ seed }) => seed)).toEqual([]);
    // Found, and not broken in some other way.
    expect(found.every(({ digest }) => digest !== null)).toBe(true);
  });
});
