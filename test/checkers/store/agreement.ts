import { expect } from 'vitest';
import { checkStore } from '../../../sim/checkers/store/index.ts';
import { drawFrom } from '../linearizability/histories.ts';
import { mutate } from './mutate.ts';
import { hasStoreOrder } from './naive_store.ts';
import { realStoreHistory } from './real_store.ts';

/** Judges small histories of the whole store, two thirds of them changed somewhere, and tries all their orders. `sorts`: full of ranges that sort and filter. */
export function expectAgreement(
  fromSeed: number,
  toSeed: number,
  sorts = false,
): { linearizable: number; violation: number } {
  const seen = { linearizable: 0, violation: 0 };
  for (let seed = fromSeed; seed <= toSeed; seed++) {
    const draw = drawFrom(seed);
    const shape = {
      operations: 2 + draw(5),
      clients: 1 + draw(4),
      keys: 1 + draw(2),
      unknownPer1000: draw(3) * 200,
      values: draw(3),
      puts: 20 + draw(20),
      gets: 10 + draw(20),
      swaps: draw(20),
      deletes: draw(20),
      rich: draw(3) > 0,
      // Half of them are full of what is rare.
      ...(draw(2) === 0 ? { puts: 15, gets: 5, swaps: 0, deletes: 5, rich: true } : {}),
      ...(sorts ? { puts: 25, gets: 3, swaps: 2, deletes: 3, keys: 1 + draw(4), rich: true, sorts } : {}),
    };
    let history = realStoreHistory(shape, draw);
    const changes = draw(3);
    for (let i = 0; i < changes; i++) history = mutate(history, draw);
    const wanted = hasStoreOrder(history) ? 'linearizable' : 'violation';
    if (changes === 0) expect(wanted, `seed ${seed}: a real order is one`).toBe('linearizable');
    const report = checkStore({ operations: history, watches: [] }, { stepsMax: 100_000 });
    expect(report.verdict, `seed ${seed}`).toBe(wanted);
    expect(report.violation === null, `seed ${seed}`).toBe(wanted === 'linearizable');
    seen[wanted]++;
  }
  return seen;
}
