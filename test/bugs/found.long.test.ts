import { describe, expect, it } from 'vitest';
import { type BugId, plantedBugs } from '../../core/bugs.ts';
import { isCaught } from '../../scenarios/bugs/hunt.ts';
import { hunted } from '../../scenarios/bugs/hunted.ts';
import { findScenario } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';

const found = hunted.findings.flatMap((finding) =>
  finding.found === null ? [] : [{ bug: finding.bug as BugId, ...finding.found }],
);

/** `npm run hunt` makes the whole search; here only the runs that found something are made again. */
describe('what the last hunt found', () => {
  it('is most of the bugs that really happened, half of them within 200 runs', () => {
    const real = new Set<string>(plantedBugs.flatMap(({ id, code }) => (code === null ? [] : [id])));
    const runs = hunted.findings
      .filter(({ bug, found: run }) => run !== null && real.has(bug))
      .map((finding) => finding.runs)
      .sort((a, b) => a - b);
    expect(runs.length).toBeGreaterThanOrEqual(40);
    expect(runs[runs.length >> 1]).toBeLessThan(200);
  });

  it.each(found)('$bug is found again by $scenario, seed $seed, which is silent without it', (run) => {
    const scenario = findScenario(run.scenario);
    if (scenario === undefined) throw new Error(`there is no scenario ${run.scenario}`);
    const bug = plantedBugs.find(({ id }) => id === run.bug);
    if (bug === undefined) throw new Error(`there is no bug ${run.bug}: hunt again`);
    const { verdict } = runScenario({ scenario, seed: run.seed, bugs: [run.bug] }).info;
    const broken = verdict.checks.filter(({ status }) => status === 'violated').map(({ name }) => name);
    expect(isCaught(bug, broken)).toBe(true);
    expect(runScenario({ scenario, seed: run.seed }).info.verdict.violations).toEqual([]);
  });
});
