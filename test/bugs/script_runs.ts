import { expect, it } from 'vitest';
import { plantedBugs } from '../../core/bugs.ts';
import type { BugScript } from '../../scenarios/bugs/bug_script.ts';
import { runScenario } from '../../sim/run.ts';

/** A shrunk run has at most so many; a script has no more to begin with. */
const interventionsMax = 10;

/** With its bug a script breaks the guarantee that the registry names, and that first; without it everything holds. */
export function itShows(scripts: readonly BugScript[]): void {
  for (const { bug, scenario, seed } of scripts) {
    const check = plantedBugs.find(({ id }) => id === bug)?.check;

    it(`${bug} breaks "${check}"`, () => {
      const { info } = runScenario({ scenario, seed, bugs: [bug] });
      expect(info.verdict.violations[0]?.check).toBe(check);
      const faults = info.interventions.filter(({ kind }) => kind !== 'note' && kind !== 'goal');
      expect(faults.length).toBeLessThanOrEqual(interventionsMax);
    });

    it(`without ${bug} its script breaks nothing, and reaches what it is about`, () => {
      const { info } = runScenario({ scenario, seed });
      expect(info.verdict.violations).toEqual([]);
      expect(info.verdict.passed).toBe(true);
      expect(info.sometimes.filter(({ reached }) => !reached)).toEqual([]);
    });
  }
}
