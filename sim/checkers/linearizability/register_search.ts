import { assert } from '../../../core/base/assert.ts';
import type { Timeline } from '../history/timeline.ts';
import { ChangeLog, Configurations, masksAt, nodeAt, valueAt } from './configurations.ts';
import type { SearchResult } from './model.ts';
import { Condition, type RegisterOperations, noValue } from './register.ts';
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
export function searchRegister(operations: RegisterOperations, timeline: Timeline, stepsMax: number): SearchResult {
  return new RegisterSearch(operations, timeline).run(stepsMax);
}

class RegisterSearch {
  private readonly operations: RegisterOperations;
  private readonly timeline: Timeline;
  private readonly plan: RegisterPlan;
  private readonly log = new ChangeLog();
  /** Closed operations between call and return; `pendingAt` finds them by slot. */
  private readonly pending: number[] = [];
  private readonly openCalled: Int32Array;
  /** Per value: closed operations that must still see it, and operations that may still write it. */
  private readonly askers: Int32Array;
  private readonly writers: Int32Array;
  private current: Configurations;
  private spare: Configurations;
  private readonly closure: Configurations;
  private readonly scratch: Int32Array;
  private readonly usedAt: number;
  private readonly countersAt: number;
  private nextClassDeath = 0;
  private nextValueEnd = 0;
  private derived = 0;
  private rank = 0;

  constructor(operations: RegisterOperations, timeline: Timeline) {
    this.operations = operations;
    this.timeline = timeline;
    this.plan = planRegister(operations, timeline);
    const { slotCount, columns, classes } = this.plan;
    const { count, valueCount, condition, conditionValue, set, open } = operations;
    const words = (slotCount + 31) >>> 5;
    const make = (): Configurations => new Configurations(words, columns, valueCount);
    [this.current, this.spare, this.closure] = [make(), make(), make()];
    this.usedAt = masksAt + words;
    this.countersAt = masksAt + 2 * words;
    this.scratch = new Int32Array(this.closure.stride);
    this.openCalled = new Int32Array(classes.length);
    this.askers = new Int32Array(valueCount);
    this.writers = new Int32Array(valueCount);
    for (let i = 0; i < count; i++) {
      if (condition[i] === Condition.equal && open[i] === 0) this.bump(this.askers, conditionValue[i] as number, 1);
      if (set[i] !== noValue) this.bump(this.writers, set[i] as number, 1);
    }
  }

  private bump(counts: Int32Array, at: number, by: number): void {
    counts[at] = (counts[at] as number) + by;
  }

  run(stepsMax: number): SearchResult {
    const { events, ranks } = this.timeline;
    this.start();
    for (this.rank = 0; this.rank < ranks; this.rank++) {
      const event = events[this.rank] as number;
      if (event >= 0) {
        this.onCall(event);
      } else {
        if (!this.onReturn(~event, stepsMax)) return { verdict: 'unknown', order: [], steps: this.steps() };
        if (this.current.count === 0) return { verdict: 'violation', order: [], steps: this.steps() };
      }
    }
    const order = orderOf(this.operations, this.timeline, this.plan, this.pathOfFirst());
    return { verdict: 'linearizable', order, steps: this.steps() };
  }

  private steps(): number {
    const comparisons = this.current.comparisons + this.spare.comparisons + this.closure.comparisons;
    return this.rank + this.derived + comparisons;
  }

  private start(): void {
    this.scratch.fill(0);
    this.scratch[valueAt] = this.alive(0);
    this.scratch[nodeAt] = -1;
    this.current.insert(this.scratch, 0);
  }

  private pathOfFirst(): { change: number; rank: number }[] {
    for (let row = 0; row < this.current.count; row++) {
      if (this.current.isRemoved(row)) continue;
      return this.log.pathTo(this.current.rows[row * this.current.stride + nodeAt] as number);
    }
    return [];
  }

  /** The value, or `anyOther` if nobody will ask for it by name. */
  private alive(value: number): number {
    return value !== anyOther && (this.plan.lastAsked[value] as number) >= this.rank ? value : anyOther;
  }

  // --- events

  private onCall(operation: number): void {
    const { open, set } = this.operations;
    if (open[operation] === 1) {
      const number = this.plan.classOf[operation] as number;
      if (number >= 0) this.bump(this.openCalled, this.classNow(number), 1);
      return;
    }
    this.pending.push(operation);
    if (set[operation] !== noValue) return;
    const { rows, stride, count } = this.current;
    for (let row = 0; row < count; row++) {
      if (this.holds(operation, rows[row * stride] as number)) this.setBit(rows, row * stride + masksAt, operation);
    }
  }

  /** An operation called after its own class died belongs to the heir, which lives, for the plan says it matters. */
  private classNow(number: number): number {
    const { death, heir } = this.plan.classes[number] as OpenClass;
    return death < this.rank && heir >= 0 ? heir : number;
  }

  /** Leaves in `current` the configurations in which the operation is done. False if the budget ran out. */
  private onReturn(operation: number, stepsMax: number): boolean {
    const { current, operations } = this;
    this.closure.clear();
    let settled = true;
    for (let row = 0; row < current.count && settled; row++) {
      if (!current.isRemoved(row)) settled = !this.mustExpand(current.rows, row * current.stride, operation);
    }
    if (!settled) {
      if (!this.close(operation, stepsMax)) return false;
      this.collect(operation);
    }
    this.pending.splice(this.pending.indexOf(operation), 1);
    const { condition, conditionValue, set } = operations;
    if (condition[operation] === Condition.equal) this.bump(this.askers, conditionValue[operation] as number, -1);
    if (set[operation] !== noValue) this.bump(this.writers, set[operation] as number, -1);
    this.forget(operation, set[operation] === noValue ? noValue : this.alive(set[operation] as number));
    return true;
  }

  /** Whether something is left to try with the returning operation: it isn't done, or done unseen and could still be seen. */
  private mustExpand(rows: Int32Array, base: number, operation: number): boolean {
    if (!this.hasBit(rows, base + masksAt, operation)) return true;
    const set = this.operations.set[operation] as number;
    if (set === noValue || this.hasBit(rows, base + this.usedAt, operation)) return false;
    return this.matters(set);
  }

  /** Whether it can make a difference that the register holds this value from now on. */
  private matters(value: number): boolean {
    return this.alive(value) !== anyOther || this.plan.lastNotEqual >= this.rank;
  }

  /** Fills `closure` with what can be reached from `current` by orders that end with the operation. */
  private close(operation: number, stepsMax: number): boolean {
    const { current, closure } = this;
    for (let row = 0; row < current.count; row++) {
      if (!current.isRemoved(row)) closure.insert(current.rows, row * current.stride);
    }
    for (let row = 0; row < closure.count; row++) {
      const base = row * closure.stride;
      if (closure.isRemoved(row) || !this.mustExpand(closure.rows, base, operation)) continue;
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
      if (closure.isRemoved(row) || !this.hasBit(closure.rows, base + masksAt, operation)) continue;
      spare.insert(closure.rows, base);
    }
    [this.current, this.spare] = [spare, this.current];
  }

  /**
   * Clears the returned operation's bits, drops what died with it and merges what nobody can tell apart any more. `set` is
   * what it wrote.
   */
  private forget(operation: number, set: number): void {
    const { current, spare } = this;
    const merges = this.endClassesAndValues();
    const gone = set >= 0 && (this.writers[set] as number) === 0 && (this.askers[set] as number) > 0;
    const single = current.count === 1 && !merges && !gone;
    if (single) {
      this.clearBits(current.rows, 0, operation);
      return;
    }
    spare.clear();
    for (let row = 0; row < current.count; row++) {
      if (current.isRemoved(row)) continue;
      const base = row * current.stride;
      const { rows } = current;
      this.clearBits(rows, base, operation);
      if (gone && rows[base] !== set && this.isLost(rows, base, set)) continue;
      const inserted = spare.insert(rows, base);
      if (inserted < 0) continue;
    }
    [this.current, this.spare] = [spare, current];
  }

  private clearBits(rows: Int32Array, base: number, operation: number): void {
    this.clearBit(rows, base + masksAt, operation);
    this.clearBit(rows, base + this.usedAt, operation);
  }

  /** Applies to `current` what ends at this rank. True if rows may have become equal. */
  private endClassesAndValues(): boolean {
    const { classesByDeath, classes, valuesByLastAsked, lastAsked } = this.plan;
    let changed = false;
    for (; this.nextClassDeath < classes.length; this.nextClassDeath++) {
      const number = classesByDeath[this.nextClassDeath] as number;
      if ((classes[number] as OpenClass).death > this.rank) break;
      this.endClass(number);
      changed = true;
    }
    for (; this.nextValueEnd < valuesByLastAsked.length; this.nextValueEnd++) {
      const value = valuesByLastAsked[this.nextValueEnd] as number;
      if ((lastAsked[value] as number) > this.rank) break;
      changed = this.endValue(value) || changed;
    }
    return changed;
  }

  private endClass(number: number): void {
    const { heir, column } = this.plan.classes[number] as OpenClass;
    const heirClass = this.plan.classes[heir];
    const inherits = heirClass !== undefined && heirClass.death > this.rank;
    if (inherits) this.bump(this.openCalled, heir, this.openCalled[number] as number);
    const { rows, stride, count } = this.current;
    for (let row = 0; row < count; row++) {
      const counters = row * stride + this.countersAt;
      if (inherits) this.bump(rows, counters + heirClass.column, rows[counters + column] as number);
      rows[counters + column] = 0;
    }
  }

  private endValue(value: number): boolean {
    const { rows, stride, count } = this.current;
    let changed = false;
    for (let row = 0; row < count; row++) {
      if (rows[row * stride] !== value) continue;
      // The set's own lists go by value, so the caller inserts all rows anew.
      rows[row * stride] = anyOther;
      changed = true;
    }
    return changed;
  }

  // --- applying changes

  private expand(row: number, target: number): void {
    const { pending, operations, closure, plan } = this;
    const value = closure.rows[row * closure.stride] as number;
    const wantsOther = this.isOtherWanted(row, value);
    for (const operation of pending) {
      const base = row * closure.stride;
      if (operations.set[operation] === noValue || this.hasBit(closure.rows, base + this.usedAt, operation)) continue;
      if (!this.holds(operation, value)) continue;
      if (operations.condition[operation] === Condition.any && operation !== target) {
        const set = this.alive(operations.set[operation] as number);
        if (!(wantsOther && set !== value) && !this.isWanted(row, set)) continue;
      }
      this.apply(row, operation, operations.set[operation] as number);
    }
    for (let number = 0; number < plan.classes.length; number++) this.expandOpen(row, value, number, wantsOther);
  }

  private expandOpen(row: number, value: number, number: number, wantsOther: boolean): void {
    const each = this.plan.classes[number] as OpenClass;
    if (!this.isAvailable(row, number, each)) return;
    if (each.condition === Condition.equal && each.conditionValue !== value) return;
    if (!(wantsOther && each.set !== value) && !this.isWanted(row, each.set)) return;
    this.apply(row, ~number, each.set);
  }

  private isAvailable(row: number, number: number, { birth, death, column }: OpenClass): boolean {
    if (birth > this.rank || death < this.rank) return false;
    const spent = this.closure.rows[row * this.closure.stride + this.countersAt + column] as number;
    return spent < (this.openCalled[number] as number);
  }

  /** Whether a pending operation of the configuration waits for the value to be this one. */
  private isWanted(row: number, value: number): boolean {
    if (value === anyOther) return false;
    const { condition, conditionValue } = this.operations;
    const base = row * this.closure.stride;
    for (const operation of this.pending) {
      if (condition[operation] !== Condition.equal || conditionValue[operation] !== value) continue;
      if (!this.hasBit(this.closure.rows, base + masksAt, operation)) return true;
    }
    return this.plan.classes.some(
      (each, number) =>
        each.condition === Condition.equal && each.conditionValue === value && this.isAvailable(row, number, each),
    );
  }

  /** Whether a pending operation of the configuration waits for the value to be another one. */
  private isOtherWanted(row: number, value: number): boolean {
    const { condition, conditionValue } = this.operations;
    const base = row * this.closure.stride;
    for (const operation of this.pending) {
      if (condition[operation] !== Condition.notEqual || conditionValue[operation] !== value) continue;
      if (!this.hasBit(this.closure.rows, base + masksAt, operation)) return true;
    }
    return false;
  }

  /** Adds to `closure` what the row becomes by a change: a closed operation, or the complement of an open one's class. */
  private apply(row: number, change: number, set: number): void {
    const { closure, scratch, operations } = this;
    this.derived++;
    const base = row * closure.stride;
    for (let i = 0; i < closure.stride; i++) scratch[i] = closure.rows[base + i] as number;
    const before = scratch[valueAt] as number;
    const value = this.alive(set);
    if (change < 0) this.bump(scratch, this.countersAt + this.columnOf(~change), 1);
    else this.setBit(scratch, this.usedAt, change);
    if (change >= 0) this.setBit(scratch, masksAt, change);
    scratch[valueAt] = value;
    this.hideWrites(scratch, change);
    for (const observer of this.pending) {
      if (operations.set[observer] === noValue && this.holds(observer, value)) this.setBit(scratch, masksAt, observer);
    }
    if (before >= 0 && before !== value && this.isLost(scratch, 0, before)) return;
    scratch[nodeAt] = -1;
    const inserted = closure.insert(scratch, 0);
    if (inserted < 0) return;
    const parent = closure.rows[row * closure.stride + nodeAt] as number;
    closure.rows[inserted * closure.stride + nodeAt] = this.log.add(parent, change, this.rank);
  }

  private columnOf(number: number): number {
    return (this.plan.classes[number] as OpenClass).column;
  }

  /** Pending blind writes may have come right before this change, as far as its condition allows. */
  private hideWrites(row: Int32Array, change: number): void {
    const { condition, conditionValue, set } = this.operations;
    const changeClass = this.plan.classes[~change];
    const kind = changeClass === undefined ? (condition[change] as number) : changeClass.condition;
    if (kind === Condition.equal) return;
    for (const write of this.pending) {
      if (condition[write] !== Condition.any || set[write] === noValue) continue;
      if (kind === Condition.notEqual && set[write] === conditionValue[change]) continue;
      this.setBit(row, masksAt, write);
    }
  }

  /** Whether somebody still has to see a value that the row doesn't hold, and nobody is left to write it. */
  private isLost(row: Int32Array, base: number, value: number): boolean {
    const { condition, conditionValue, set } = this.operations;
    let askers = this.askers[value] as number;
    let writers = this.writers[value] as number;
    if (askers === 0 || writers > this.pending.length + this.plan.classes.length) return false;
    for (const operation of this.pending) {
      if (condition[operation] === Condition.equal && conditionValue[operation] === value) {
        if (this.hasBit(row, base + masksAt, operation)) askers--;
      }
      if (set[operation] === value && this.hasBit(row, base + this.usedAt, operation)) writers--;
    }
    if (askers <= 0) return false;
    if (writers > 0 && this.plan.columns > 0) {
      for (const { set: written, column, birth, death } of this.plan.classes) {
        if (written !== value || birth > this.rank || death < this.rank) continue;
        writers -= row[base + this.countersAt + column] as number;
      }
    }
    return writers <= 0;
  }

  private holds(operation: number, value: number): boolean {
    const condition = this.operations.condition[operation];
    if (condition === Condition.any) return true;
    return (condition === Condition.equal) === (this.operations.conditionValue[operation] === value);
  }

  // --- bits of pending operations

  private hasBit(rows: Int32Array, mask: number, operation: number): boolean {
    const slot = this.plan.slot[operation] as number;
    return (((rows[mask + (slot >>> 5)] as number) >>> (slot & 31)) & 1) !== 0;
  }

  private setBit(rows: Int32Array, mask: number, operation: number): void {
    const slot = this.plan.slot[operation] as number;
    const word = mask + (slot >>> 5);
    rows[word] = (rows[word] as number) | (1 << (slot & 31));
  }

  private clearBit(rows: Int32Array, mask: number, operation: number): void {
    const slot = this.plan.slot[operation] as number;
    const word = mask + (slot >>> 5);
    rows[word] = (rows[word] as number) & ~(1 << (slot & 31));
  }
}
