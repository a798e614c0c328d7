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

interface Instant {
  readonly ns: number;
  readonly sequence: number;
  /** Position of the operation, complemented for a return. */
  readonly event: number;
}

/** Equal (ns, sequence) would be a foreign history's: a call then comes before a return, which rules less out. */
function compareInstants(a: Instant, b: Instant): number {
  if (a.ns !== b.ns) return a.ns - b.ns;
  if (a.sequence !== b.sequence) return a.sequence - b.sequence;
  if (a.event >= 0 !== b.event >= 0) return a.event >= 0 ? -1 : 1;
  return a.event >= 0 ? a.event - b.event : b.event - a.event;
}

/** Orders by (ns, sequence). `isOpen` says which operations have no return that binds. */
export function timelineOf<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  isOpen: (operation: Operation<Input, Output>, position: number) => boolean,
): Timeline {
  const instants: Instant[] = [];
  const count = operations.length;
  for (let i = 0; i < count; i++) {
    const { callNs, callSequence, returnNs, returnSequence } = operations[i] as Operation<Input, Output>;
    instants.push({ ns: callNs, sequence: callSequence, event: i });
    if (returnNs !== null && !isOpen(operations[i] as Operation<Input, Output>, i)) {
      instants.push({ ns: returnNs, sequence: returnSequence ?? callSequence, event: ~i });
    }
  }
  instants.sort(compareInstants);
  const ranks = instants.length;
  const callRank = new Int32Array(count);
  const returnRank = new Int32Array(count).fill(ranks);
  const events = new Int32Array(ranks);
  for (let rank = 0; rank < ranks; rank++) {
    const { event } = instants[rank] as Instant;
    events[rank] = event;
    if (event >= 0) callRank[event] = rank;
    else returnRank[~event] = rank;
  }
  return { callRank, returnRank, ranks, events };
}
