import type { BugId } from '../../core/bugs.ts';
import type { Scenario } from '../../sim/scenario.ts';

/** The shortest way to show a planted bug. */
export interface BugScript {
  readonly bug: BugId;
  /** What happens, in order: a sentence each. */
  readonly schedule: readonly string[];
  /** Its name is `bug-` and the bug's id. With the bug on and this seed it is red; without the bug it is green. */
  readonly scenario: Scenario;
  readonly seed: string;
  /** Stories of the catalogue in which chance looks for it; empty: all of them. */
  readonly hunt: readonly string[];
}
