import { assert } from '../../../core/base/assert.ts';
import type { Timeline } from '../history/timeline.ts';
import type { Change } from './configurations.ts';
import { Condition, type RegisterOperations, noValue } from './register.ts';
import { type OpenClass, type RegisterPlan, anyOther } from './register_plan.ts';

/**
 * The full order that a search's path of changes stands for: observers go where the value first fits them, writes that the
 * path doesn't mention go unseen right before a change. The order is then checked from scratch, so that a mistake of the
 * search can't pass as a proof.
 */
export function orderOf(
  operations: RegisterOperations,
  timeline: Timeline,
  plan: RegisterPlan,
  path: readonly Change[],
): number[] {
  const order = new Witness(operations, timeline, plan, path).build();
  const wrong = refute(operations, timeline, order);
  assert(wrong === null, `the search found an order that is none: ${wrong}`);
  return order;
}

class Witness {
  private readonly operations: RegisterOperations;
  private readonly timeline: Timeline;
  private readonly path: readonly Change[];
  private readonly plan: RegisterPlan;
  private readonly named: Uint8Array;
  private readonly placed: Uint8Array;
  private readonly openOperations: number[] = [];
  private readonly order: number[] = [];
  private waiting: number[] = [];
  private value = 0;

  constructor(
    operations: RegisterOperations,
    timeline: Timeline,
    plan: RegisterPlan,
    path: readonly Change[],
  ) {
    this.operations = operations;
    this.timeline = timeline;
    this.plan = plan;
    this.path = path;
    this.named = new Uint8Array(operations.count);
    this.placed = new Uint8Array(operations.count);
    for (const { change } of path) if (change >= 0) this.named[change] = 1;
  }

  build(): number[] {
    const { events, ranks } = this.timeline;
    let next = 0;
    for (let rank = 0; rank < ranks; rank++) {
      const event = events[rank] as number;
      if (event >= 0) this.call(event);
      for (; next < this.path.length && this.path[next]?.rank === rank; next++)
        this.change(this.path[next] as Change);
    }
    return this.order;
  }

  private call(operation: number): void {
    const { open, set } = this.operations;
    if (open[operation] === 1) this.openOperations.push(operation);
    else if (set[operation] === noValue && this.holds(operation)) this.place(operation);
    else if (this.named[operation] === 0) this.waiting.push(operation);
  }

  private change({ change, rank }: Change): void {
    const { condition, conditionValue, set } = this.operations;
    const operation =
      change >= 0 ? change : this.openOperationOf(this.plan.classes[~change] as OpenClass, rank);
    if (condition[operation] !== Condition.equal) {
      this.placeWaiting(
        (write) =>
          set[write] !== noValue &&
          !(condition[operation] === Condition.notEqual && set[write] === conditionValue[operation]),
      );
    }
    this.place(operation);
    this.value = set[operation] as number;
    this.placeWaiting((observer) => set[observer] === noValue && this.holds(observer));
  }

  private placeWaiting(fits: (operation: number) => boolean): void {
    const left: number[] = [];
    for (const operation of this.waiting) {
      if (fits(operation)) this.place(operation);
      else left.push(operation);
    }
    this.waiting = left;
  }

  private place(operation: number): void {
    this.order.push(operation);
    this.placed[operation] = 1;
  }

  /** The first called of those in the class that are left. */
  private openOperationOf(wanted: OpenClass, rank: number): number {
    const { condition, conditionValue, set } = this.operations;
    const fits = (operation: number): boolean => {
      if (this.placed[operation] === 1 || condition[operation] !== wanted.condition) return false;
      if (conditionValue[operation] !== wanted.conditionValue) return false;
      const value = set[operation] as number;
      return wanted.set === anyOther ? (this.plan.lastAsked[value] as number) < rank : value === wanted.set;
    };
    const found = this.openOperations.find(fits);
    assert(found !== undefined, 'the search spent more open operations than there are');
    return found;
  }

  private holds(operation: number): boolean {
    const { condition, conditionValue } = this.operations;
    if (condition[operation] === Condition.any) return true;
    return (condition[operation] === Condition.equal) === (conditionValue[operation] === this.value);
  }
}

/** Why an order doesn't explain a register's history, or null if it does: O(n), and independent of any search. */
export function refute(
  { count, condition, conditionValue, set, open }: RegisterOperations,
  { callRank, returnRank }: Timeline,
  order: readonly number[],
): string | null {
  const seen = new Uint8Array(count);
  let value = 0;
  let latestCall = -1;
  for (const operation of order) {
    if (seen[operation] === 1) return `operation ${operation} occurs twice`;
    seen[operation] = 1;
    latestCall = Math.max(latestCall, callRank[operation] as number);
    if ((returnRank[operation] as number) < latestCall) return `operation ${operation} had returned before`;
    const equal = conditionValue[operation] === value;
    if (condition[operation] !== Condition.any && equal !== (condition[operation] === Condition.equal)) {
      return `operation ${operation} finds ${value}`;
    }
    if (set[operation] !== noValue) value = set[operation] as number;
  }
  for (let i = 0; i < count; i++) if (open[i] === 0 && seen[i] === 0) return `operation ${i} is missing`;
  return null;
}
