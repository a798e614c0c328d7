import type { Operation } from './operation.ts';

/** The calls and returns of some operations in one total order, numbered from 0. */
export interface Timeline {
  /** Rank of each operation's call, by position in the input. */
  readonly callRank: Int32Array;
  /** Rank of the return; `ranks` for an operation that stays open to the end. */
  readonly returnRank: Int32Array;
  /** Number of calls and returns. */
  readonly ranks: number;
  /** Per rank: the operation's position, or its bitwise complement for a return. */
  readonly events: Int32Array;
}

/** Orders by (ns, sequence). `isOpen` says which operations have no return that binds. */
export function timelineOf<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  isOpen: (operation: Operation<Input, Output>) => boolean,
): Timeline {
  const count = operations.length;
  const callNs = new Float64Array(count);
  const callSequence = new Float64Array(count);
  const returnNs = new Float64Array(count);
  const returnSequence = new Float64Array(count);
  const all: number[] = [];
  const closed: number[] = [];
  for (let i = 0; i < count; i++) {
    const operation = operations[i] as Operation<Input, Output>;
    all.push(i);
    callNs[i] = operation.callNs;
    callSequence[i] = operation.callSequence;
    if (operation.returnNs === null || isOpen(operation)) continue;
    closed.push(i);
    returnNs[i] = operation.returnNs;
    returnSequence[i] = operation.returnSequence ?? operation.callSequence;
  }
  const calls = sortedBy(all, callNs, callSequence);
  const returns = sortedBy(closed, returnNs, returnSequence);
  // Equal (ns, sequence) would be a foreign history's: a call then comes before a return, which rules less out.
  const callIsFirst = (call: number, end: number): boolean => {
    const difference = (callNs[call] as number) - (returnNs[end] as number);
    if (difference !== 0) return difference < 0;
    return (callSequence[call] as number) <= (returnSequence[end] as number);
  };
  return merge(calls, returns, callIsFirst);
}

/** Places an operation may be away from its own, on average, before a general sort is cheaper. */
const displacementMax = 64;

/**
 * Sorts by (ns, sequence); equal ones keep their order. Histories come ordered by call, so that returns are off by no more
 * than the number of clients, which insertion sorts fastest.
 */
function sortedBy(positions: readonly number[], ns: Float64Array, sequence: Float64Array): Int32Array {
  const compare = (a: number, b: number): number =>
    (ns[a] as number) - (ns[b] as number) || (sequence[a] as number) - (sequence[b] as number) || a - b;
  const sorted = new Int32Array(positions.length);
  let moves = displacementMax * positions.length;
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i] as number;
    let at = i;
    for (; at > 0 && compare(sorted[at - 1] as number, position) > 0; at--)
      sorted[at] = sorted[at - 1] as number;
    sorted[at] = position;
    moves -= i - at;
    if (moves < 0) return Int32Array.from([...positions].sort(compare));
  }
  return sorted;
}

function merge(
  calls: Int32Array,
  returns: Int32Array,
  callIsFirst: (call: number, end: number) => boolean,
): Timeline {
  const ranks = calls.length + returns.length;
  const callRank = new Int32Array(calls.length);
  const returnRank = new Int32Array(calls.length).fill(ranks);
  const events = new Int32Array(ranks);
  let [nextCall, nextReturn] = [0, 0];
  for (let rank = 0; rank < ranks; rank++) {
    const call = calls[nextCall];
    const end = returns[nextReturn];
    if (call !== undefined && (end === undefined || callIsFirst(call, end))) {
      events[rank] = call;
      callRank[call] = rank;
      nextCall++;
    } else {
      events[rank] = ~(end as number);
      returnRank[end as number] = rank;
      nextReturn++;
    }
  }
  return { callRank, returnRank, ranks, events };
}
