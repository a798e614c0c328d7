/** A sequential object: what its operations do and answer when they come one after the other. Purely functional. */
export interface Model<State, Input, Output> {
  readonly name: string;
  readonly init: State;
  /**
   * The state after the operation if `output` is what the object answers in `state`, else `impossible`. `output` null is an
   * unknown answer: the state after the operation's effect, `impossible` if it has none.
   */
  readonly step: (state: State, input: Input, output: Output | null) => State | typeof impossible;
  /** Equal for equal states, different for different ones. */
  readonly key: (state: State) => string | number;
  /** Whether an operation can change the state, as far as its answer tells. One that can't and has no answer says nothing. */
  readonly writes: (input: Input, output: Output | null) => boolean;
  readonly describeInput: (input: Input) => string;
  /** The answer as it reads behind the input: ` = "4"`; empty if there is nothing to tell. */
  readonly describeOutput: (input: Input, output: Output) => string;
  /** A clause: `the value is "4"`, `the key is absent`. */
  readonly describeState: (state: State) => string;
}

export const impossible: unique symbol = Symbol('impossible');

/** One operation as the search sees it. An open one may take effect at any time after its call, or never. */
export interface Candidate<Input, Output> {
  readonly input: Input;
  /** Null when unknown. */
  readonly output: Output | null;
  readonly open: boolean;
}

export type SearchVerdict = 'linearizable' | 'violation' | 'unknown';

export interface SearchResult {
  readonly verdict: SearchVerdict;
  /** Positions of the operations in an order that explains every answer; empty unless linearizable. */
  readonly order: readonly number[];
  readonly steps: number;
}
