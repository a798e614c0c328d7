import type { RunInfo } from '../../sim/trace/run_info.ts';

interface Interval {
  readonly id: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly status: number;
}

export interface Place {
  readonly atNs: number;
  readonly order: number;
  readonly of: number;
}

const unknownStatus = 2;

/**
 * A moment for each operation of the checker's orders: within the operation, and never before its predecessor's. The earliest
 * and the latest such moments both grow along the order, so their middle does, too.
 */
export function linearizationPlaces(
  operations: readonly Interval[],
  orders: RunInfo['linearizations'],
): ReadonlyMap<number, Place> {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const places = new Map<number, Place>();
  for (const { operations: ids } of orders) {
    const ordered = ids.map((id) => byId.get(id)).filter((found) => found !== undefined);
    const earliest = new Float64Array(ordered.length);
    let at = 0;
    ordered.forEach((operation, i) => {
      at = Math.max(at, operation.startNs);
      earliest[i] = at;
    });
    let latest = Infinity;
    for (let i = ordered.length - 1; i >= 0; i--) {
      const operation = ordered[i] as Interval;
      const early = earliest[i] as number;
      // An operation of unknown outcome may take effect after its client gave up on it.
      const bound = operation.status === unknownStatus ? Math.max(early, operation.endNs) : operation.endNs;
      latest = Math.min(latest, bound);
      places.set(operation.id, {
        atNs: (early + Math.max(early, latest)) / 2,
        order: i + 1,
        of: ordered.length,
      });
    }
  }
  return places;
}
