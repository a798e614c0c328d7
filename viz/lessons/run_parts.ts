import type { RunModel } from '../model/run_model.ts';
import type { Session } from '../timeline/session.ts';
import type { Timeline } from '../timeline/timeline.ts';

/** What the page of a run offers to whoever guides through it. */
export interface RunParts {
  readonly session: Session;
  readonly timeline: Timeline;
  /** The whole page of the run, for a class that says who guides. */
  readonly page: HTMLElement;
  /** The column beside the lanes; what guides comes first in it. */
  readonly side: HTMLElement;
  /** Says a sentence in the live region. */
  readonly announce: (words: string) => void;
  /** Shows a second run below the first; what looks at it. */
  readonly compareWith: (model: RunModel) => Session;
}
