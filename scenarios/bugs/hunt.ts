import type { PlantedBug } from '../../core/bugs.ts';
import type { SwarmRun } from '../../sim/swarm/plan.ts';
import { catalogue } from '../catalogue.ts';
import type { BugScript } from './bug_script.ts';

/** What chance needed to find a planted bug, without its script. */
export interface Finding {
  readonly bug: string;
  /** Runs made, the one that found it included. */
  readonly runs: number;
  /** The run that found it; null if none of them did. */
  readonly found: { readonly scenario: string; readonly seed: string } | null;
  /** Real time of all these runs, in ms. */
  readonly wallMs: number;
}

export interface Hunted {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly command: string;
  readonly findings: readonly Finding[];
}

/** The stories in which a bug is looked for: those that its script names, or the whole catalogue. */
export function huntedStories({ hunt }: Pick<BugScript, 'hunt'>): readonly string[] {
  return hunt.length > 0 ? hunt : catalogue.map(({ name }) => name);
}

/** The runs of a hunt in their order: seeds go up in rounds, in each of which every story has its turn. */
export function* huntRuns(
  script: Pick<BugScript, 'hunt'>,
  runs: number,
): Generator<SwarmRun, void, undefined> {
  const stories = huntedStories(script);
  for (let run = 0; run < runs; run++) {
    const position = run % stories.length;
    const seed = String(1 + (run - position) / stories.length);
    yield { scenario: stories[position] as string, seed, canary: false };
  }
}

/** Whether the check that a bug's entry names is among those that a run broke. */
export function isCaught(bug: Pick<PlantedBug, 'check'>, brokenChecks: readonly string[]): boolean {
  return brokenChecks.includes(bug.check);
}

/** The middle of the runs needed by the bugs that were found; NaN if none was. */
export function medianRuns(findings: readonly Finding[]): number {
  const needed = findings.flatMap(({ found, runs }) => (found === null ? [] : [runs])).sort((a, b) => a - b);
  if (needed.length === 0) return NaN;
  const middle = needed.length >> 1;
  const upper = needed[middle] as number;
  return needed.length % 2 === 1 ? upper : ((needed[middle - 1] as number) + upper) / 2;
}
