import type { RunInfo } from '../../sim/trace/run_info.ts';

/** Operations as columns; a row is an operation. */
interface Intervals {
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
  readonly statuses: Uint8Array;
}

/** By row: where the checker's order places the operation. */
export interface Places {
  /** -1 where it has no place. */
  readonly atNs: Float64Array;
  /** From 1; 0 for none. */
  readonly order: Int32Array;
  readonly of: Int32Array;
}

const unknownStatus = 2;

/**
 * A moment for each operation of the checker's orders: within the operation, and never before its predecessor's. The earliest
 * and the latest such moments both grow along the order, so their middle does, too.
 */
export function linearizationPlaces(
  operations: Intervals,
  orders: RunInfo['linearizations'],
  rowOf: (id: number) => number,
): Places {
  const count = operations.startNs.length;
  const places: Places = {
    atNs: new Float64Array(count).fill(-1),
    order: new Int32Array(count),
    of: new Int32Array(count),
  };
  for (const { operations: ids } of orders) {
    placeOrder(
      operations,
      ids.map(rowOf).filter((row) => row >= 0),
      places,
    );
  }
  return places;
}

function placeOrder(operations: Intervals, rows: readonly number[], places: Places): void {
  const earliest = new Float64Array(rows.length);
  let at = 0;
  rows.forEach((row, i) => {
    at = Math.max(at, operations.startNs[row] as number);
    earliest[i] = at;
  });
  let latest = Infinity;
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i] as number;
    const early = earliest[i] as number;
    const endNs = operations.endNs[row] as number;
    // An operation of unknown outcome may take effect after its client gave up on it.
    const bound = operations.statuses[row] === unknownStatus ? Math.max(early, endNs) : endNs;
    latest = Math.min(latest, bound);
    places.atNs[row] = (early + Math.max(early, latest)) / 2;
    places.order[row] = i + 1;
    places.of[row] = rows.length;
  }
}
