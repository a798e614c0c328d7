import { runScenario } from '../../sim/run.ts';
import { pack } from '../../viz/fork/packed_list.ts';
import { known, savedRun } from './live_story.ts';
import { describe, expect, it } from 'vitest';
import { registerLoads } from '../../viz/fork/known_loads.ts';

describe('every scenario whose clients a file of its own can speak for', () => {
  it.each(Object.keys(registerLoads))('%s', (name) => {
    const saved = savedRun(name, '2', 6000);
    if (saved === null) return;
    expect(saved.again.interventions).toEqual(saved.original.interventions);
    expect(saved.again.digest).toBe(saved.original.digest);
  });
});

describe('a link', () => {
  it('holds what 50 faults of a scenario\u2019s script are', async () => {
    const { info } = runScenario({ scenario: known('uneven-links'), seed: '1', durationMs: 12_000 });
    const interventions = info.interventions.slice(0, 50);
    expect(interventions.length).toBe(50);
    // The longest of the catalogue: every link has settings of its own.
    expect((await pack({ interventions })).length).toBeLessThan(1300);
  });
});
