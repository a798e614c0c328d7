import { isBugId } from '../../../core/bugs.ts';
import { findScenario } from '../../../scenarios/catalogue.ts';
import { runScenario } from '../../../sim/run.ts';
import type { Lesson } from '../../../viz/lessons/lesson.ts';
import { modelOf } from '../../../viz/model/build_columns.ts';
import type { RunModel } from '../../../viz/model/run_model.ts';

/** Every run of a lesson, as the page's worker makes it. */
export function madeRuns({ runs }: Lesson): readonly RunModel[] {
  return runs.map(({ scenario: name, seed, bugs = [] }) => {
    const scenario = findScenario(name);
    if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
    return modelOf(runScenario({ scenario, seed, bugs: bugs.filter(isBugId) }));
  });
}
