import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KvOperation } from '../../../sim/checkers/history/kv_operation.ts';
import { checkLinearizability } from '../../../sim/checkers/linearizability/index.ts';
import { kvModelFor } from '../../../sim/checkers/linearizability/kv_model.ts';
import { Wording, milliseconds } from '../../../sim/checkers/linearizability/wording.ts';
import { type HistoryWriter, writeHistory } from './builders.ts';
import { drawFrom, realHistory } from './histories.ts';
import { lies } from './lies.ts';

const file = new URL('../../../test/checkers/linearizability/testdata/explanations.txt', sourceUrl());

/** The tests also run compiled; the test data is in the source tree. */
function sourceUrl(): string {
  return import.meta.url.replace('/dist/test/', '/test/');
}

const cases: Readonly<Record<string, HistoryWriter>> = {
  'stale read': writeHistory()
    .put(1, 'x', '2', 100, 120)
    .put(1, 'x', '4', 250, 286)
    .get(3, 'x', '2', 300, 310.25),
  'stale read among others, one of them unknown': writeHistory()
    .put(1, 'x', '1', 10, 20)
    .get(2, 'x', '1', 15, 30)
    .put(1, 'x', '2', 100, 120)
    .put(2, 'y', '9', 110, 130)
    .unknownPut(4, 'x', '3', 140, 1640)
    .get(2, 'x', '3', 150, 160)
    .put(1, 'x', '4', 250, 286)
    .get(3, 'x', '2', 300, 310)
    .get(2, 'x', '4', 320, 330),
  'a read between two others that saw the next value': writeHistory()
    .unknownPut(1, 'x', 'new', 0)
    .get(2, 'x', 'new', 10, 20)
    .get(3, 'x', null, 30, 40),
  'lost write: the key is absent again': writeHistory().put(1, 'x', '1', 0, 10).get(2, 'x', null, 20, 30),
  'a value that nobody wrote': writeHistory().put(1, 'x', '1', 0, 10).get(2, 'x', 'ghost', 20, 30),
  'a value whose write was refused': writeHistory().refusedPut(1, 'x', '1', 0, 10).get(2, 'x', '1', 20, 30),
  'a value from the future': writeHistory().get(2, 'x', '1', 20, 30).put(1, 'x', '1', 40, 50),
  'a compare that held against an old value': writeHistory()
    .put(1, 'x', '1', 0, 10)
    .put(1, 'x', '2', 20, 30)
    .swap(2, 'x', '1', '3', true, 40, 50),
  'a compare that failed against the value that was there': writeHistory()
    .put(1, 'x', '1', 0, 10)
    .swap(2, 'x', '1', '3', false, 40, 50),
  'a delete of nothing that deleted': writeHistory().delete(1, 'x', 1, 0, 10),
  'a second delete that deleted': writeHistory()
    .put(1, 'x', '1', 0, 5)
    .delete(1, 'x', 1, 10, 20)
    .delete(2, 'x', 1, 30, 40),
  'two readers who disagree on the order of two writes': writeHistory()
    .put(1, 'x', 'a', 0, 100)
    .put(2, 'x', 'b', 0, 100)
    .get(3, 'x', 'a', 110, 120)
    .get(4, 'x', 'b', 130, 140),
  'a read that fits alone but not with the swap after it': writeHistory()
    .put(1, 'x', 'a', 0, 10)
    .put(2, 'x', 'b', 20, 100)
    .swap(3, 'x', 'a', 'c', true, 30, 110)
    .get(4, 'x', 'c', 120, 130)
    .get(5, 'x', 'b', 140, 150),
  'a mod revision that has passed': writeHistory()
    .put(1, 'x', 'a', 0, 10, { revision: 5 })
    .put(1, 'x', 'b', 20, 30, { revision: 6 })
    .swap(2, 'x', { modRevision: 5 }, 'c', true, 40, 50, { revision: 7 }),
  'two writes with one revision': writeHistory()
    .put(1, 'x', 'a', 0, 10, { revision: 5 })
    .put(2, 'y', 'b', 0, 10, { revision: 5 }),
  'revisions that go back in real time': writeHistory()
    .put(1, 'x', 'a', 0, 10, { revision: 5 })
    .get(2, 'y', null, 20, 30, { revision: 4 }),
  'a read that names the wrong revision': writeHistory()
    .put(1, 'x', 'a', 0, 10, { revision: 5 })
    .put(1, 'y', 'b', 20, 30, { revision: 6 })
    .get(2, 'x', 'a', 40, 50, { revision: 6, modRevision: 6 }),
};

function transcript(name: string, history: readonly KvOperation[]): string {
  const wording = new Wording(kvModelFor(history), milliseconds);
  const { verdict, violations } = checkLinearizability(history, { stepsMax: 1_000_000 });
  return [
    `### ${name}`,
    ...history.map((operation) => `${operation.id}. ${wording.withTimes(operation)}`),
    `=> ${verdict}`,
    ...violations.flatMap(({ check, sentence, lines }) => [`[${check}] ${sentence}`, ...lines]),
    '',
  ].join('\n');
}

describe('explanations', () => {
  it('read as in testdata/explanations.txt (DETCD_UPDATE=1 rewrites it)', () => {
    const found = Object.entries(cases)
      .map(([name, { history }]) => transcript(name, history))
      .join('\n');
    if (process.env['DETCD_UPDATE'] === '1') writeFileSync(file, found);
    expect(found).toBe(readFileSync(file, 'utf8'));
  });

  it('come as data, too', () => {
    const { history } = cases['stale read among others, one of them unknown'] as HistoryWriter;
    const { explanations, violations } = checkLinearizability(history, { stepsMax: 1_000_000 });
    expect(explanations).toHaveLength(1);
    const [explanation] = explanations;
    expect(explanation).toMatchObject({
      key: 'x',
      culprit: 8,
      contradiction: [3, 7, 8],
      possible: [],
      smallest: true,
    });
    expect(explanation?.prefix).toEqual([1, 2, 3, 5, 6, 7]);
    expect(explanation?.edges).toEqual([
      { before: 3, after: 7 },
      { before: 3, after: 8 },
      { before: 7, after: 8 },
    ]);
    expect(explanation?.positions.map(({ after, before, by }) => [after, before, by])).toEqual([
      [null, 7, 'real time'],
      [7, null, 'state'],
    ]);
    expect(violations[0]).toMatchObject({ atNs: 310_000_000, operations: [8, 3, 7] });
  });

  it('stay small for long histories: a stale read takes a read and a write that it missed', () => {
    let explained = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const draw = drawFrom(seed);
      const shape = { operations: 800, clients: 6, keys: 1, unknownPer1000: 30, values: 0 };
      const lied = lies['staleRead']?.(realHistory(shape, draw), draw) ?? [];
      const { explanations } = checkLinearizability(lied, { stepsMax: 5_000_000 });
      if (explanations.length === 0) continue;
      explained++;
      expect(explanations[0]?.smallest).toBe(true);
      expect(explanations[0]?.contradiction.length).toBeLessThanOrEqual(5);
    }
    expect(explained).toBeGreaterThan(10);
  });

  it('end when the budget does, and say so', () => {
    const draw = drawFrom(3);
    const shape = { operations: 800, clients: 6, keys: 1, unknownPer1000: 0, values: 0 };
    const lied = lies['staleRead']?.(realHistory(shape, draw), draw) ?? [];
    const { verdict, explanations } = checkLinearizability(lied, { stepsMax: 6000 });
    expect(verdict).toBe('violation');
    expect(explanations[0]?.smallest).toBe(false);
  });
});

describe('times in words', () => {
  it('are milliseconds with up to three decimals, cut and not rounded', () => {
    const words = [0, 999, 1000, 286_000_000, 286_500_000, 286_001_999, 8_640_000_000_000_000].map(
      milliseconds,
    );
    expect(words).toEqual(['0 ms', '0 ms', '0.001 ms', '286 ms', '286.5 ms', '286.001 ms', '8640000000 ms']);
  });
});
