/**
 * The history of a run as its clients saw it: plain data, made by the simulator or read from a file, judged by checkers.
 * Checkers know nothing else of a run.
 */

/** One operation from its call to its answer. Virtual time has ties, so events are ordered by (ns, sequence). */
export interface Operation<Input, Output> {
  /** Unique within the history. */
  readonly id: number;
  /** Who asked. One process has one operation open at a time; after an unknown outcome a client goes on as a new one. */
  readonly process: number;
  /** What people call who asked, when there is a better name than the process' number. */
  readonly client?: string;
  readonly input: Input;
  readonly callNs: number;
  /** Counts calls and returns together: no two events of a history share (ns, sequence). */
  readonly callSequence: number;
  /** Null when no answer ever came. For an unknown outcome it is when the client gave up, and bounds nothing. */
  readonly returnNs: number | null;
  readonly returnSequence: number | null;
  readonly outcome: Outcome<Output>;
}

export type Outcome<Output> =
  | { readonly status: 'ok'; readonly output: Output }
  /** Refused before it could have an effect: certainly never applied. */
  | { readonly status: 'fail' }
  /** May have been applied, may be applied at any later time, may never be. */
  | { readonly status: 'unknown' };
