import type { Operation } from '../history/operation.ts';
import type { TimeText, Wording } from './wording.ts';

export interface HeadlineContext<State, Input, Output> {
  readonly culprit: Operation<Input, Output>;
  /** All operations on the key that may have had an effect, and those that certainly had none. */
  readonly operations: readonly Operation<Input, Output>[];
  readonly refused: readonly Operation<Input, Output>[];
  /** The culprit and those it contradicts. */
  readonly contradiction: readonly Operation<Input, Output>[];
  readonly wording: Wording<State, Input, Output>;
}

/** What explaining can use beside the model. */
export interface ExplanationHints<State, Input, Output> {
  readonly time: TimeText;
  readonly refused: readonly Operation<Input, Output>[];
  /** Says the violation in one sentence, or null if it can't. */
  readonly headline: (context: HeadlineContext<State, Input, Output>) => string | null;
  /** Whether an open operation could explain what one of the others found. */
  readonly couldMatter: (
    open: Operation<Input, Output>,
    held: readonly Operation<Input, Output>[],
  ) => boolean;
}
