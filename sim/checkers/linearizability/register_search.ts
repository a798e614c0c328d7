import type { Timeline } from '../history/timeline.ts';
import { type Change, ChangeLog, Configurations, nodeAt, valueAt } from './configurations.ts';
import type { SearchResult } from './model.ts';
import { Condition, type RegisterOperations, noValue } from './register.ts';
import { Moment, bump, wordsOf } from './register_moment.ts';
import { type OpenClass, type RegisterPlan, anyOther, planRegister } from './register_plan.ts';
import { orderOf } from './register_witness.ts';

/**
 * Judges a register's history by going through its events once and keeping every configuration the register can be in: its
 * value, which pending operations are done, which open ones were spent. An operation is linearized as late as possible, when
 * it returns (just-in-time linearization: Lowe 2017, section 5, done breadth first). Exact; what keeps the sets small:
 *
 * - Observers are done as soon as the value fits: waiting gains nothing.
 * - A write makes all other pending writes optional, for they may have come right before it, seen by nobody.
 * - A write is applied only when it returns or when a pending operation asks for its effect: until then waiting is as good.
 * - A configuration that another one covers is dropped; values that nobody will ask for are one value.
 * - A configuration that lost a value which somebody still has to see and nobody can write again is dead.
 */
export function searchRegister(
  operations: RegisterOperations,
  timeline: Timeline,
  stepsMax: number,
): SearchResult {
  return new RegisterSearch(operations, timeline).run(stepsMax);
}

class RegisterSearch {
  private readonly operations: RegisterOperations;
  private readonly timeline: Timeline;
  private readonly plan: RegisterPlan;
  private readonly moment: Moment;
  private readonly log = new ChangeLog();
  private current: Configurations;
  private spare: Configurations;
  private readonly closure: Configurations;
  private readonly scratch: Int32Array;
  private nextClassDeath = 0;
  private nextValueEnd = 0;
  private derived = 0;

  constructor(operations: RegisterOperations, timeline: Timeline) {
    this.operations = operations;
    this.timeline = timeline;
    this.plan = planRegister(operations, timeline);
    this.moment = new Moment(operations, this.plan);
    const make = (): Configurations =>
      new Configurations(wordsOf(this.plan), this.plan.columns, operations.valueCount);
    [this.current, this.spare, this.closure] = [make(), make(), make()];
    this.scratch = new Int32Array(this.closure.stride);
  }

  run(stepsMax: number): SearchResult {
    const { events, ranks } = this.timeline;
    const { moment } = this;
    this.scratch[valueAt] = moment.alive(0);
    this.scratch[nodeAt] = -1;
    this.current.insert(this.scratch, 0);
    for (let rank = 0; rank < ranks; rank++) {
      moment.rank = rank;
      const event = events[rank] as number;
      if (event >= 0) this.onCall(event);
      else if (!this.onReturn(~event, stepsMax))
        return { verdict: 'unknown', order: [], steps: this.steps() };
      if (this.current.count === 0) return { verdict: 'violation', order: [], steps: this.steps() };
    }
    const order = orderOf(this.operations, this.timeline, this.plan, this.pathOfFirst());
    return { verdict: 'linearizable', order, steps: this.steps() };
  }

  private steps(): number {
    const comparisons = this.current.comparisons + this.spare.comparisons + this.closure.comparisons;
    return this.moment.rank + this.derived + comparisons;
  }

  private pathOfFirst(): Change[] {
    for (let row = 0; row < this.current.count; row++) {
      if (this.current.isRemoved(row)) continue;
      return this.log.pathTo(this.current.rows[row * this.current.stride + nodeAt] as number);
    }
    return [];
  }

  private onCall(operation: number): void {
    const { moment, operations } = this;
    if (operations.open[operation] === 1) {
      moment.callOpen(operation);
      return;
    }
    moment.pending.push(operation);
    if (operations.set[operation] !== noValue) return;
    const { rows, stride, count } = this.current;
    for (let base = 0; base < count * stride; base += stride) {
      if (moment.holds(operation, rows[base + valueAt] as number)) moment.setDone(rows, base, operation);
    }
  }

  /** Leaves in `current` the configurations in which the operation is done. False if the budget ran out. */
  private onReturn(operation: number, stepsMax: number): boolean {
    const { current } = this;
    let settled = true;
    for (let row = 0; row < current.count && settled; row++) {
      if (!current.isRemoved(row)) settled = !this.mustExpand(current.rows, row * current.stride, operation);
    }
    if (!settled) {
      if (!this.close(operation, stepsMax)) return false;
      this.collect(operation);
    }
    this.forget(operation);
    return true;
  }

  /** Whether something is left to try with the returning operation: it isn't done, or done unseen and could still be seen. */
  private mustExpand(rows: Int32Array, base: number, operation: number): boolean {
    if (!this.moment.isDone(rows, base, operation)) return true;
    const set = this.operations.set[operation] as number;
    if (set === noValue || this.moment.isUsed(rows, base, operation)) return false;
    return this.moment.matters(set);
  }

  /** Fills `closure` with what can be reached from `current` by orders that end with the operation. */
  private close(operation: number, stepsMax: number): boolean {
    const { current, closure } = this;
    closure.clear();
    for (let row = 0; row < current.count; row++) {
      if (!current.isRemoved(row)) closure.insert(current.rows, row * current.stride);
    }
    for (let row = 0; row < closure.count; row++) {
      if (closure.isRemoved(row) || !this.mustExpand(closure.rows, row * closure.stride, operation)) continue;
      if (this.steps() > stepsMax) return false;
      this.expand(row, operation);
    }
    return true;
  }

  private collect(operation: number): void {
    const { closure, spare } = this;
    spare.clear();
    for (let row = 0; row < closure.count; row++) {
      const base = row * closure.stride;
      if (!closure.isRemoved(row) && this.moment.isDone(closure.rows, base, operation))
        spare.insert(closure.rows, base);
    }
    [this.current, this.spare] = [spare, this.current];
  }

  /** Lets go of a returned operation: clears its bits, drops what died with it, merges what nobody can tell apart any more. */
  private forget(operation: number): void {
    const { current, spare, moment } = this;
    const set = this.operations.set[operation] as number;
    const gone = moment.returned(operation);
    const ended = this.endsHere();
    if (current.count === 1 && !gone && !ended) {
      moment.clearBits(current.rows, 0, operation);
      return;
    }
    if (ended) {
      current.forgetLists();
      this.endClasses();
      this.endValues();
    }
    spare.clear();
    for (let row = 0; row < current.count; row++) {
      if (current.isRemoved(row)) continue;
      const base = row * current.stride;
      moment.clearBits(current.rows, base, operation);
      if (gone && current.rows[base + valueAt] !== set && moment.isLost(current.rows, base, set)) continue;
      spare.insert(current.rows, base);
    }
    [this.current, this.spare] = [spare, current];
  }

  private endsHere(): boolean {
    const { classesByDeath, classes, valuesByLastAsked, lastAsked } = this.plan;
    const { rank } = this.moment;
    const number = classesByDeath[this.nextClassDeath];
    const value = valuesByLastAsked[this.nextValueEnd];
    return (
      (number !== undefined && (classes[number] as OpenClass).death <= rank) ||
      (value !== undefined && (lastAsked[value] as number) <= rank)
    );
  }

  private endClasses(): void {
    const { classesByDeath, classes } = this.plan;
    const { rows, stride, count } = this.current;
    for (; this.nextClassDeath < classes.length; this.nextClassDeath++) {
      const number = classesByDeath[this.nextClassDeath] as number;
      if ((classes[number] as OpenClass).death > this.moment.rank) break;
      const heir = this.moment.endOpenClass(number);
      const counter = this.moment.counterOf(number);
      for (let base = 0; base < count * stride; base += stride) {
        if (heir >= 0) bump(rows, base + this.moment.counterOf(heir), rows[base + counter] as number);
        rows[base + counter] = 0;
      }
    }
  }

  private endValues(): void {
    const { valuesByLastAsked, lastAsked } = this.plan;
    const { rows, stride, count } = this.current;
    for (; this.nextValueEnd < valuesByLastAsked.length; this.nextValueEnd++) {
      const value = valuesByLastAsked[this.nextValueEnd] as number;
      if ((lastAsked[value] as number) > this.moment.rank) break;
      for (let base = 0; base < count * stride; base += stride) {
        if (rows[base + valueAt] === value) rows[base + valueAt] = anyOther;
      }
    }
  }

  // --- changes

  /** Applies to a configuration every change that may bring the target closer. */
  private expand(row: number, target: number): void {
    const { closure, moment } = this;
    const { condition, set } = this.operations;
    const value = closure.rows[row * closure.stride + valueAt] as number;
    const wantsOther = moment.isOtherWanted(closure.rows, row * closure.stride);
    const helps = (written: number): boolean =>
      (wantsOther && written !== value) || moment.isWanted(closure.rows, row * closure.stride, written);
    for (const operation of moment.pending) {
      if (set[operation] === noValue || moment.isUsed(closure.rows, row * closure.stride, operation))
        continue;
      if (!moment.holds(operation, value)) continue;
      const waits = condition[operation] === Condition.any && operation !== target;
      if (!waits || helps(moment.alive(set[operation] as number))) this.apply(row, operation);
    }
    for (const number of moment.openClasses) {
      const each = this.plan.classes[number] as OpenClass;
      if (each.condition === Condition.equal && each.conditionValue !== value) continue;
      if (!moment.isAvailable(closure.rows, row * closure.stride, number)) continue;
      if (helps(each.set)) this.apply(row, ~number);
    }
  }

  /** Adds to `closure` what the row becomes by a change: a closed operation, or the complement of an open one's class. */
  private apply(row: number, change: number): void {
    const { closure, scratch, moment, operations } = this;
    this.derived++;
    const base = row * closure.stride;
    for (let i = 0; i < closure.stride; i++) scratch[i] = closure.rows[base + i] as number;
    const before = scratch[valueAt] as number;
    const parent = scratch[nodeAt] as number;
    const value = moment.alive(this.setBy(change));
    scratch[valueAt] = value;
    if (change < 0) {
      bump(scratch, moment.counterOf(~change), 1);
    } else {
      moment.setUsed(scratch, 0, change);
      moment.setDone(scratch, 0, change);
    }
    this.hideWrites(scratch, change);
    for (const observer of moment.pending) {
      if (operations.set[observer] === noValue && moment.holds(observer, value))
        moment.setDone(scratch, 0, observer);
    }
    if (before !== anyOther && before !== value && moment.isLost(scratch, 0, before)) return;
    const inserted = closure.insert(scratch, 0);
    if (inserted < 0) return;
    closure.rows[inserted * closure.stride + nodeAt] = this.log.add(parent, change, moment.rank);
  }

  private setBy(change: number): number {
    return change < 0
      ? (this.plan.classes[~change] as OpenClass).set
      : (this.operations.set[change] as number);
  }

  /** Pending blind writes may have come right before this change, as far as its condition allows. */
  private hideWrites(row: Int32Array, change: number): void {
    const { condition, conditionValue, set } = this.operations;
    const openClass = this.plan.classes[~change];
    const kind = openClass === undefined ? (condition[change] as number) : openClass.condition;
    if (kind === Condition.equal) return;
    for (const write of this.moment.pending) {
      if (condition[write] !== Condition.any || set[write] === noValue) continue;
      if (kind === Condition.notEqual && set[write] === conditionValue[change]) continue;
      this.moment.setDone(row, 0, write);
    }
  }
}
