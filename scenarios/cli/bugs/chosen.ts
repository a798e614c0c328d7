import { type BugId, type PlantedBug, missingBugs, plantedBugs } from '../../../core/bugs.ts';
import type { BugScript } from '../../bugs/bug_script.ts';
import { findBugScript } from '../../bugs/scripts.ts';
import { UsageError } from '../usage_error.ts';
import type { Quarry } from './hunting.ts';

type Bug = PlantedBug & { readonly id: BugId };

/** Bugs by name or code: a code may stand for several. Throws UsageError if there is none. */
export function bugsNamed(name: string): readonly Bug[] {
  const found = plantedBugs.filter(({ id, code }) => id === name || code === name);
  if (found.length > 0) return found;
  const missing = missingBugs.find(({ code }) => code === name);
  if (missing !== undefined) throw new UsageError(`${name} is not planted: ${missing.why}`);
  const near = plantedBugs.find(({ id }) => id.includes(name));
  const hint = near === undefined ? '`detcd bugs` shows all of them.' : `Did you mean ${near.id}?`;
  throw new UsageError(`there is no planted bug "${name}". ${hint}`);
}

/** Throws UsageError if the bug has no script. */
export function scriptOf(bug: Bug): BugScript {
  const script = findBugScript(bug.id);
  if (script !== undefined) return script;
  throw new UsageError(
    `${bug.id} has no script: try \`detcd swarm --bug ${bug.id}\`, which looks for it in every story.`,
  );
}

/** Those named, or all that have a script. */
export function quarriesNamed(names: readonly string[]): readonly Quarry[] {
  if (names.length > 0) {
    return names.flatMap(bugsNamed).map((bug) => ({ bug, script: scriptOf(bug) }));
  }
  return plantedBugs.flatMap((bug) => {
    const script = findBugScript(bug.id);
    return script === undefined ? [] : [{ bug, script }];
  });
}
