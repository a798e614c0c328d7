import type { Timeline } from '../history/timeline.ts';
import { Condition, type RegisterOperations, noValue } from './register.ts';

/** A value that no operation to come can tell from others like it. */
export const anyOther = -1;

/** Open operations that can stand in for each other: same condition, same value set. */
export interface OpenClass {
  readonly condition: number;
  readonly conditionValue: number;
  /** `anyOther` once nobody to come asks for the value. */
  readonly set: number;
  readonly birth: number;
  /** After this rank nobody can tell whether one of them took effect. */
  readonly death: number;
  /** Where those left over go at `death`: the class that sets `anyOther`. -1 for none. */
  heir: number;
  /** Index of the counter in a configuration. */
  column: number;
}

/** What can be known of a register's history before the search. Ranks are those of the timeline. */
export interface RegisterPlan {
  /** Bit of each closed operation while it is pending. */
  readonly slot: Int32Array;
  readonly slotCount: number;
  /** Last rank at which an operation that names the value is pending; -1 if none ever does. */
  readonly lastAsked: Int32Array;
  /** The same for operations that ask for the value to be another one, over all values. */
  readonly lastNotEqual: number;
  readonly classes: readonly OpenClass[];
  /** Class of each open operation, -1 if it can't matter. */
  readonly classOf: Int32Array;
  readonly columns: number;
  /** Classes in order of death; values in order of `lastAsked`, those never asked for left out. */
  readonly classesByDeath: readonly number[];
  readonly valuesByLastAsked: readonly number[];
}

export function planRegister(operations: RegisterOperations, timeline: Timeline): RegisterPlan {
  const { lastAsked, lastNotEqual } = askedFor(operations, timeline);
  const { classes, classOf } = classify(operations, timeline, lastAsked, lastNotEqual);
  const columns = colour(classes);
  const { slot, slotCount } = assignSlots(operations, timeline);
  const byDeath = Array.from(classes, (_, i) => i);
  byDeath.sort((a, b) => (classes[a] as OpenClass).death - (classes[b] as OpenClass).death || a - b);
  const values: number[] = [];
  for (let value = 0; value < lastAsked.length; value++)
    if ((lastAsked[value] as number) >= 0) values.push(value);
  values.sort((a, b) => (lastAsked[a] as number) - (lastAsked[b] as number) || a - b);
  return {
    slot,
    slotCount,
    lastAsked,
    lastNotEqual,
    classes,
    classOf,
    columns,
    classesByDeath: byDeath,
    valuesByLastAsked: values,
  };
}

function askedFor(
  { count, valueCount, condition, conditionValue, set, open }: RegisterOperations,
  { returnRank }: Timeline,
): { lastAsked: Int32Array; lastNotEqual: number } {
  const lastAsked = new Int32Array(valueCount).fill(-1);
  let lastNotEqual = -1;
  const openSwaps: number[] = [];
  for (let i = 0; i < count; i++) {
    if (condition[i] === Condition.any) continue;
    if (open[i] === 1) {
      openSwaps.push(i);
      continue;
    }
    const value = conditionValue[i] as number;
    const rank = returnRank[i] as number;
    if (rank > (lastAsked[value] as number)) lastAsked[value] = rank;
    if (condition[i] === Condition.notEqual && rank > lastNotEqual) lastNotEqual = rank;
  }
  // An open swap asks for its expected value as long as somebody may ask for what it sets.
  for (let changed = true; changed;) {
    changed = false;
    for (const i of openSwaps) {
      const expected = conditionValue[i] as number;
      const until = set[i] === noValue ? -1 : (lastAsked[set[i] as number] as number);
      if (until <= (lastAsked[expected] as number)) continue;
      lastAsked[expected] = until;
      changed = true;
    }
  }
  return { lastAsked, lastNotEqual };
}

function classify(
  { count, condition, conditionValue, set, open }: RegisterOperations,
  { callRank }: Timeline,
  lastAsked: Int32Array,
  lastNotEqual: number,
): { classes: OpenClass[]; classOf: Int32Array } {
  const classes: OpenClass[] = [];
  const numbers = new Map<string, number>();
  const classOf = new Int32Array(count).fill(-1);
  const openWrites = Array.from({ length: count }, (_, i) => i).filter(
    (i) => open[i] === 1 && set[i] !== noValue,
  );
  openWrites.sort((a, b) => (callRank[a] as number) - (callRank[b] as number));
  const numberOf = (i: number, value: number, death: number): number => {
    const birth = callRank[i] as number;
    if (death < birth) return -1;
    const name = `${condition[i]} ${conditionValue[i]} ${value}`;
    let number = numbers.get(name);
    if (number !== undefined) return number;
    numbers.set(name, (number = classes.length));
    classes.push({
      condition: condition[i] as number,
      conditionValue: conditionValue[i] as number,
      set: value,
      birth,
      death,
      heir: -1,
      column: 0,
    });
    return number;
  };
  for (const i of openWrites) {
    const expectedUntil =
      condition[i] === Condition.any ? lastNotEqual : (lastAsked[conditionValue[i] as number] as number);
    const heir = numberOf(i, anyOther, Math.min(lastNotEqual, expectedUntil));
    const own = numberOf(i, set[i] as number, lastAsked[set[i] as number] as number);
    if (own >= 0) (classes[own] as OpenClass).heir = heir;
    classOf[i] = own >= 0 ? own : heir;
  }
  return { classes, classOf };
}

/** Gives classes that live at different times the same column. Classes come in order of birth. */
function colour(classes: readonly OpenClass[]): number {
  const deathOfColumn: number[] = [];
  for (const each of [...classes].sort((a, b) => a.birth - b.birth)) {
    let column = deathOfColumn.findIndex((death) => death < each.birth);
    if (column < 0) column = deathOfColumn.length;
    deathOfColumn[column] = each.death;
    each.column = column;
  }
  return deathOfColumn.length;
}

function assignSlots(
  { count, open }: RegisterOperations,
  { events, ranks }: Timeline,
): { slot: Int32Array; slotCount: number } {
  const slot = new Int32Array(count).fill(-1);
  const free: number[] = [];
  let slotCount = 0;
  for (let rank = 0; rank < ranks; rank++) {
    const event = events[rank] as number;
    if (event < 0) free.push(slot[~event] as number);
    else if (open[event] === 0) slot[event] = free.pop() ?? slotCount++;
  }
  return { slot, slotCount };
}
