import { describe, expect, it } from 'vitest';
import { checkLinearizability } from '../../../sim/checkers/linearizability/index.ts';
import { runs } from '../../runs.ts';
import { type HistoryShape, drawFrom, realHistory } from './histories.ts';
import { lies } from './lies.ts';

const histories = runs(40, 1000);
const stepsMax = 5_000_000;

function shapeOf(seed: number): HistoryShape {
  const draw = drawFrom(seed ^ 0x5eed);
  return {
    operations: 20 + draw(200),
    clients: 1 + draw(12),
    keys: 1 + draw(4),
    unknownPer1000: draw(3) * 50,
    values: 0,
    revisions: draw(2) === 0,
  };
}

describe('histories with a real order behind them', () => {
  it('are accepted, and the order that is given contains what was answered', () => {
    for (let seed = 1; seed <= histories; seed++) {
      const history = realHistory(shapeOf(seed), drawFrom(seed));
      const { verdict, checks, linearizations } = checkLinearizability(history, { stepsMax });
      expect(verdict, `seed ${seed}`).toBe('linearizable');
      expect(checks.map(({ status }) => status)).toEqual(['passed', 'passed']);
      const ordered = new Set(linearizations.flatMap(({ operations }) => operations));
      const left = history.filter(({ id, outcome }) => outcome.status === 'ok' && !ordered.has(id));
      expect(left).toEqual([]);
    }
  });

  it('are accepted with few values, so that equal ones are not taken for each other', () => {
    for (let seed = 1; seed <= histories; seed++) {
      const shape = { ...shapeOf(seed), values: 3, clients: 4 };
      const { verdict } = checkLinearizability(realHistory(shape, drawFrom(seed)), { stepsMax });
      expect(verdict, `seed ${seed}`).toBe('linearizable');
    }
  });

  it.each(Object.entries(lies))('are rejected with one %s', (name, lie) => {
    let planted = 0;
    for (let seed = 1; seed <= histories; seed++) {
      const draw = drawFrom(seed);
      const lied = lie(realHistory({ ...shapeOf(seed), revisions: false }, draw), draw);
      if (lied === null) continue;
      planted++;
      const { verdict, violations } = checkLinearizability(lied, { stepsMax });
      expect(verdict, `${name}, seed ${seed}`).toBe('violation');
      expect(violations[0]?.sentence).toMatch(/by client \d+/);
    }
    expect(planted).toBeGreaterThan(histories / 2);
  });
});
