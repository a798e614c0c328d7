import { type BugId, type PlantedBug, missingBugs, plantedBugs } from '../../../core/bugs.ts';
import type { BugScript } from '../../bugs/bug_script.ts';
import { type Finding, type Hunted, medianRuns } from '../../bugs/hunt.ts';
import { hunted } from '../../bugs/hunted.ts';
import { findBugScript } from '../../bugs/scripts.ts';
import { plural } from '../format.ts';

/** All that is known of a planted bug. */
export interface Exhibit {
  readonly bug: PlantedBug & { readonly id: BugId };
  readonly script: BugScript | undefined;
  readonly finding: Finding | undefined;
}

/** In the order of the list of known bugs; those that are only planted come last. */
export function gallery(from: Hunted = hunted): readonly Exhibit[] {
  return plantedBugs
    .map((bug) => ({
      bug,
      script: findBugScript(bug.id),
      finding: from.findings.find((finding) => finding.bug === bug.id),
    }))
    .sort((a, b) => compareCodes(a.bug.code, b.bug.code));
}

/** B1 before B2 before B10, and B before W, L, A, R, D, J as in the list. */
function compareCodes(a: string | null, b: string | null): number {
  return rank(a) - rank(b);
}

const families = 'BWLARDJ';

function rank(code: string | null): number {
  if (code === null) return families.length * 1000;
  return families.indexOf(code.charAt(0)) * 1000 + Number(/\d+/.exec(code)?.[0] ?? 0);
}

/** `3 runs (crash-storm, seed 2)`, `not in 2,000 runs`, or `not hunted`. */
export function findingText(finding: Finding | undefined): string {
  if (finding === undefined) return 'not hunted';
  if (finding.found === null) return `not in ${plural(finding.runs, 'run')}`;
  const { scenario, seed } = finding.found;
  return `${plural(finding.runs, 'run')} (${scenario}, seed ${seed})`;
}

/** One sentence over all of them. */
export function galleryTotals(exhibits: readonly Exhibit[]): string {
  const listed = exhibits.filter(({ bug }) => bug.code !== null).length;
  const findings = exhibits.flatMap(({ finding }) => finding ?? []);
  const found = findings.filter((finding) => finding.found !== null);
  const hunt =
    findings.length === 0
      ? 'none was hunted yet'
      : `chance found ${found.length} of ${findings.length}, half of them within ${plural(medianRuns(findings), 'run')}`;
  const missing = missingBugs.length === 0 ? '' : `; ${missingBugs.length} more can't be planted`;
  return `${plural(exhibits.length, 'planted bug')}, ${listed} of them real ones; ${hunt}${missing}.`;
}
