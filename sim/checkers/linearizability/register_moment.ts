import { masksAt, valueAt } from './configurations.ts';
import { Condition, type RegisterOperations, noValue } from './register.ts';
import { type OpenClass, type RegisterPlan, anyOther } from './register_plan.ts';

/**
 * Where the search is in the history (the rank, what is pending and open), and what that means for a configuration. Rows are
 * given as (array, base); see `Configurations` for their layout.
 */
export class Moment {
  readonly operations: RegisterOperations;
  readonly plan: RegisterPlan;
  rank = 0;
  /** Closed operations between call and return. */
  readonly pending: number[] = [];
  /** Classes of open operations that were called and can still matter, and how many were called of each class. */
  readonly openClasses: number[] = [];
  readonly openCalled: Int32Array;
  /** Per value: closed operations that must still see it, and operations that may still write it. */
  private readonly askers: Int32Array;
  private readonly writers: Int32Array;
  private readonly usedAt: number;
  private readonly countersAt: number;

  constructor(operations: RegisterOperations, plan: RegisterPlan) {
    this.operations = operations;
    this.plan = plan;
    const { count, valueCount } = operations;
    const words = wordsOf(plan);
    this.usedAt = masksAt + words;
    this.countersAt = masksAt + 2 * words;
    this.openCalled = new Int32Array(plan.classes.length);
    this.askers = new Int32Array(valueCount);
    this.writers = new Int32Array(valueCount);
    for (let i = 0; i < count; i++) this.expect(i, 1);
  }

  private expect(operation: number, by: number): void {
    const { condition, conditionValue, set, open } = this.operations;
    if (condition[operation] === Condition.equal && open[operation] === 0) {
      bump(this.askers, conditionValue[operation] as number, by);
    }
    if (set[operation] !== noValue) bump(this.writers, set[operation] as number, by);
  }

  /** An open operation was called. One called after its own class died belongs to the heir. */
  callOpen(operation: number): void {
    let number = this.plan.classOf[operation] as number;
    if (number < 0) return;
    const { death, heir } = this.plan.classes[number] as OpenClass;
    if (death < this.rank && heir >= 0) number = heir;
    this.countOpen(number, 1);
  }

  private countOpen(number: number, by: number): void {
    if (!this.openClasses.includes(number)) this.openClasses.push(number);
    bump(this.openCalled, number, by);
  }

  /** A class ends: what is left over of it goes to the heir, if that one lives on. Returns the heir, or -1. */
  endOpenClass(number: number): number {
    const at = this.openClasses.indexOf(number);
    if (at >= 0) this.openClasses.splice(at, 1);
    const { heir } = this.plan.classes[number] as OpenClass;
    const heirClass = this.plan.classes[heir];
    if (heirClass === undefined || heirClass.death <= this.rank) return -1;
    this.countOpen(heir, this.openCalled[number] as number);
    return heir;
  }

  /** A closed operation returned. True if what it wrote must still be seen by somebody and can't be written any more. */
  returned(operation: number): boolean {
    this.pending.splice(this.pending.indexOf(operation), 1);
    this.expect(operation, -1);
    const set = this.operations.set[operation] as number;
    return set !== noValue && this.writers[set] === 0 && (this.askers[set] as number) > 0;
  }

  /** The value, or `anyOther` if nobody will ask for it by name. */
  alive(value: number): number {
    return value !== anyOther && (this.plan.lastAsked[value] as number) >= this.rank ? value : anyOther;
  }

  /** Whether it can make a difference that the register holds this value from now on. */
  matters(value: number): boolean {
    return this.alive(value) !== anyOther || this.plan.lastNotEqual >= this.rank;
  }

  holds(operation: number, value: number): boolean {
    const condition = this.operations.condition[operation];
    if (condition === Condition.any) return true;
    return (condition === Condition.equal) === (this.operations.conditionValue[operation] === value);
  }

  isAvailable(rows: Int32Array, base: number, number: number): boolean {
    const spent = rows[base + this.counterOf(number)] as number;
    return spent < (this.openCalled[number] as number);
  }

  /** Offset in a row of the count of spent operations of a class. */
  counterOf(number: number): number {
    return this.countersAt + (this.plan.classes[number] as OpenClass).column;
  }

  /** Whether an operation that the configuration has not done waits for the value to be this one. */
  isWanted(rows: Int32Array, base: number, value: number): boolean {
    if (value === anyOther) return false;
    const { condition, conditionValue } = this.operations;
    for (const operation of this.pending) {
      if (condition[operation] !== Condition.equal || conditionValue[operation] !== value) continue;
      if (!this.isDone(rows, base, operation)) return true;
    }
    for (const number of this.openClasses) {
      const each = this.plan.classes[number] as OpenClass;
      if (each.condition !== Condition.equal || each.conditionValue !== value) continue;
      if (this.isAvailable(rows, base, number)) return true;
    }
    return false;
  }

  /** Whether an operation that the configuration has not done waits for the value to be another one. */
  isOtherWanted(rows: Int32Array, base: number): boolean {
    const { condition, conditionValue } = this.operations;
    const value = rows[base + valueAt] as number;
    for (const operation of this.pending) {
      if (condition[operation] !== Condition.notEqual || conditionValue[operation] !== value) continue;
      if (!this.isDone(rows, base, operation)) return true;
    }
    return false;
  }

  /** Whether somebody still has to see a value that the configuration doesn't hold, and nobody is left to write it. */
  isLost(rows: Int32Array, base: number, value: number): boolean {
    const { condition, conditionValue, set } = this.operations;
    let askers = this.askers[value] as number;
    let writers = this.writers[value] as number;
    if (askers === 0) return false;
    for (const operation of this.pending) {
      if (condition[operation] === Condition.equal && conditionValue[operation] === value) {
        if (this.isDone(rows, base, operation)) askers--;
      }
      if (set[operation] === value && this.isUsed(rows, base, operation)) writers--;
    }
    for (const number of this.openClasses) {
      if ((this.plan.classes[number] as OpenClass).set === value) {
        writers -= rows[base + this.counterOf(number)] as number;
      }
    }
    return askers > 0 && writers <= 0;
  }

  // --- bits of pending operations

  /** The operation has taken effect, perhaps seen by nobody. */
  isDone(rows: Int32Array, base: number, operation: number): boolean {
    return this.hasBit(rows, base + masksAt, operation);
  }

  /** The operation was applied for its effect and can't be again. */
  isUsed(rows: Int32Array, base: number, operation: number): boolean {
    return this.hasBit(rows, base + this.usedAt, operation);
  }

  setDone(rows: Int32Array, base: number, operation: number): void {
    this.setBit(rows, base + masksAt, operation);
  }

  setUsed(rows: Int32Array, base: number, operation: number): void {
    this.setBit(rows, base + this.usedAt, operation);
  }

  clearBits(rows: Int32Array, base: number, operation: number): void {
    this.clearBit(rows, base + masksAt, operation);
    this.clearBit(rows, base + this.usedAt, operation);
  }

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

export function bump(counts: Int32Array, at: number, by: number): void {
  counts[at] = (counts[at] as number) + by;
}

/** Words of a bit set of all pending operations. */
export function wordsOf({ slotCount }: RegisterPlan): number {
  return (slotCount + 31) >>> 5;
}
