/**
 * Operations on one register (a cell that holds one value) in columns of numbers. Values are numbered: 0 is the initial
 * value; equal values have equal numbers. Every operation has the form "if the value is (not) this, set it to that":
 *
 * | operation                 | condition     | set   |
 * |---------------------------|---------------|-------|
 * | read that answered v      | equal v       |       |
 * | write v                   | any           | v     |
 * | swap e -> n, succeeded    | equal e       | n     |
 * | swap e -> n, failed       | not equal e   |       |
 * | delete that found nothing | equal 0       |       |
 * | delete that deleted       | not equal 0   | 0     |
 */
export interface RegisterOperations {
  readonly count: number;
  readonly valueCount: number;
  readonly condition: Uint8Array;
  readonly conditionValue: Int32Array;
  /** `noValue` if the operation changes nothing. */
  readonly set: Int32Array;
  /** 1 for operations that may take effect at any time after their call, or never. */
  readonly open: Uint8Array;
}

export const Condition = { any: 0, equal: 1, notEqual: 2 } as const;
export type ConditionKind = (typeof Condition)[keyof typeof Condition];
export const noValue = -1;

/** Fills the columns one operation after the other. */
export class RegisterBuilder {
  private readonly condition: Uint8Array;
  private readonly conditionValue: Int32Array;
  private readonly set: Int32Array;
  private readonly open: Uint8Array;
  private readonly numbers: Map<string | null, number>;
  private count = 0;

  constructor(capacity: number, initial: string | null) {
    this.condition = new Uint8Array(capacity);
    this.conditionValue = new Int32Array(capacity);
    this.set = new Int32Array(capacity);
    this.open = new Uint8Array(capacity);
    this.numbers = new Map([[initial, 0]]);
  }

  valueNumber(value: string | null): number {
    let number = this.numbers.get(value);
    if (number === undefined) this.numbers.set(value, (number = this.numbers.size));
    return number;
  }

  add(condition: ConditionKind, conditionValue: number, set: number, open: boolean): void {
    const at = this.count++;
    this.condition[at] = condition;
    this.conditionValue[at] = conditionValue;
    // Setting the value that the condition demands changes nothing: an observation.
    this.set[at] = condition === Condition.equal && set === conditionValue ? noValue : set;
    this.open[at] = open ? 1 : 0;
  }

  finish(): RegisterOperations {
    const { count, condition, conditionValue, set, open } = this;
    return { count, valueCount: this.numbers.size, condition, conditionValue, set, open };
  }
}
