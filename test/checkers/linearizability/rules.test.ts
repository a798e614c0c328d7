import { describe, expect, it } from 'vitest';
import { checkLinearizability } from '../../../sim/checkers/linearizability/index.ts';
import { judgeByModel } from '../../../sim/checkers/linearizability/partition.ts';
import { kvModelFor } from '../../../sim/checkers/linearizability/kv_model.ts';
import { type HistoryWriter, writeHistory } from './builders.ts';
import { drawFrom, realHistory } from './histories.ts';

function verdictOf({ history }: HistoryWriter, stepsMax = 1_000_000): string {
  const { verdict } = checkLinearizability(history, { stepsMax });
  const single = judgeByModel(kvModelFor(history))(
    history.filter(
      ({ outcome, input }) =>
        outcome.status === 'ok' || (outcome.status === 'unknown' && input.kind !== 'get'),
    ),
    stepsMax,
  );
  if (new Set(history.map(({ input }) => input.key)).size === 1) expect(single.verdict).toBe(verdict);
  return verdict;
}

describe('ties in virtual time', () => {
  it('are broken by sequence: an answer and a later call at the same time are not concurrent', () => {
    expect(verdictOf(writeHistory().put(1, 'x', 'a', 0, 10).get(2, 'x', null, 10, 20))).toBe('violation');
  });

  it('are broken by sequence: a call before an answer at the same time is concurrent', () => {
    const write = writeHistory().put(1, 'x', 'a', 0, 10).get(2, 'x', null, 10, 20);
    const [put, get] = write.history as [(typeof write.history)[0], (typeof write.history)[0]];
    write.history.splice(0, 2, { ...put, returnSequence: 5 }, { ...get, callSequence: 4, returnSequence: 6 });
    expect(verdictOf(write)).toBe('linearizable');
  });
});

describe('unknown outcomes', () => {
  it('may have taken effect', () => {
    expect(verdictOf(writeHistory().unknownPut(1, 'x', 'a', 0).get(2, 'x', 'a', 10, 20))).toBe(
      'linearizable',
    );
  });

  it('may never take effect', () => {
    expect(verdictOf(writeHistory().unknownPut(1, 'x', 'a', 0).get(2, 'x', null, 10, 20))).toBe(
      'linearizable',
    );
  });

  it('may take effect late, after the client gave up and after reads that did not see them', () => {
    const write = writeHistory()
      .unknownPut(1, 'x', 'a', 0, 5)
      .get(2, 'x', null, 10, 20)
      .get(2, 'x', 'a', 30, 40);
    expect(verdictOf(write)).toBe('linearizable');
  });

  it('take effect once: the value is not there again after an overwrite', () => {
    const write = writeHistory()
      .unknownPut(1, 'x', 'a', 0)
      .get(2, 'x', 'a', 10, 20)
      .put(2, 'x', 'b', 30, 40)
      .get(2, 'x', 'a', 50, 60);
    expect(verdictOf(write)).toBe('violation');
  });

  it('take effect not before their call', () => {
    expect(verdictOf(writeHistory().get(2, 'x', 'a', 0, 5).unknownPut(1, 'x', 'a', 10))).toBe('violation');
  });

  it('of a compare-and-swap need the expected value', () => {
    const write = writeHistory()
      .put(1, 'x', 'a', 0, 5)
      .unknownSwap(1, 'x', 'b', 'c', 10)
      .get(2, 'x', 'c', 20, 30);
    expect(verdictOf(write)).toBe('violation');
  });

  it('of a delete may explain an absent key', () => {
    const write = writeHistory().put(1, 'x', 'a', 0, 5).unknownDelete(1, 'x', 10).get(2, 'x', null, 20, 30);
    expect(verdictOf(write)).toBe('linearizable');
  });

  it('of two equal writes count twice, not more', () => {
    const write = writeHistory().unknownPut(1, 'x', 'a', 0).unknownPut(2, 'x', 'a', 0);
    let from = 10;
    const round = (): void => {
      write.get(3, 'x', 'a', from, from + 1).put(3, 'x', 'b', from + 2, from + 3);
      from += 10;
    };
    round();
    round();
    expect(verdictOf(write)).toBe('linearizable');
    round();
    expect(verdictOf(write)).toBe('violation');
  });

  it('of a read say nothing', () => {
    expect(verdictOf(writeHistory().unknownGet(1, 'x', 0).put(1, 'x', 'a', 10, 20))).toBe('linearizable');
  });
});

describe('refused operations', () => {
  it('never had an effect', () => {
    expect(verdictOf(writeHistory().refusedPut(1, 'x', 'a', 0, 5).get(2, 'x', 'a', 10, 20))).toBe(
      'violation',
    );
    expect(verdictOf(writeHistory().refusedPut(1, 'x', 'a', 0, 5).get(2, 'x', null, 10, 20))).toBe(
      'linearizable',
    );
  });
});

describe('compares of a mod revision', () => {
  const put = (): HistoryWriter => writeHistory().put(1, 'x', 'a', 0, 5, { revision: 7 });

  it('must hold if the last write said that revision', () => {
    expect(verdictOf(put().swap(1, 'x', { modRevision: 7 }, 'b', true, 10, 15))).toBe('linearizable');
    expect(verdictOf(put().swap(1, 'x', { modRevision: 7 }, 'b', false, 10, 15))).toBe('violation');
    expect(verdictOf(put().swap(1, 'x', { modRevision: 6 }, 'b', true, 10, 15))).toBe('violation');
  });

  it('can go either way after a write that nobody heard back from', () => {
    const lost = (succeeded: boolean): HistoryWriter =>
      writeHistory()
        .unknownPut(1, 'x', 'a', 0)
        .swap(2, 'x', { modRevision: 7 }, 'b', succeeded, 10, 15)
        .get(2, 'x', 'b', 20, 25);
    expect(verdictOf(lost(true))).toBe('linearizable');
    expect(verdictOf(lost(false))).toBe('violation');
  });

  it('with 0 hold if the key is absent', () => {
    expect(verdictOf(writeHistory().swap(1, 'x', { modRevision: 0 }, 'b', true, 0, 5))).toBe('linearizable');
    expect(verdictOf(put().swap(1, 'x', { modRevision: 0 }, 'b', true, 10, 15))).toBe('violation');
  });
});

describe('the budget', () => {
  const history = realHistory(
    { operations: 300, clients: 8, keys: 1, unknownPer1000: 50, values: 0 },
    drawFrom(1),
  );

  it('that runs out is "unknown", not a pass', () => {
    const { verdict, checks, linearizations } = checkLinearizability(history, { stepsMax: 20 });
    expect(verdict).toBe('unknown');
    expect(checks[0]).toMatchObject({
      status: 'unknown',
      detail: expect.stringContaining('undecided within 20 steps: k0') as string,
    });
    expect(linearizations).toEqual([{ key: 'k0', operations: [] }]);
  });

  it('that suffices gives the verdict', () => {
    expect(checkLinearizability(history, { stepsMax: 1_000_000 }).verdict).toBe('linearizable');
  });

  it('bounds the search over models, too', () => {
    expect(
      judgeByModel(kvModelFor(history))(
        history.filter(({ outcome }) => outcome.status === 'ok'),
        20,
      ).verdict,
    ).toBe('unknown');
  });
});

describe('an empty history', () => {
  it('is linearizable', () => {
    const { verdict, checks } = checkLinearizability([], { stepsMax: 1 });
    expect(verdict).toBe('linearizable');
    expect(checks[0]?.detail).toBe('0 operations on 0 keys');
  });
});
