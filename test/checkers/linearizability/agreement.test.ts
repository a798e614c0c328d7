import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KvInput, KvOperation, KvOutput } from '../../../sim/checkers/history/kv_operation.ts';
import type { Operation } from '../../../sim/checkers/history/operation.ts';
import { timelineOf } from '../../../sim/checkers/history/timeline.ts';
import { type Explanation, checkLinearizability } from '../../../sim/checkers/linearizability/index.ts';
import { kvModelFor, kvWrites } from '../../../sim/checkers/linearizability/kv_model.ts';
import { registerOfKey } from '../../../sim/checkers/linearizability/kv_register.ts';
import { isOpen, judgeByModel, splitByKey } from '../../../sim/checkers/linearizability/partition.ts';
import { refute } from '../../../sim/checkers/linearizability/register_witness.ts';
import { searchRegister } from '../../../sim/checkers/linearizability/register_search.ts';
import { runs } from '../../runs.ts';
import { drawFrom, realHistory } from './histories.ts';
import { hasOrder } from './naive.ts';

const histories = runs(800, 25_000);
const stepsMax = 5_000_000;

const value = fc.constantFrom('a', 'b', 'c');
const maybeValue = fc.option(value, { nil: null });

const inputAndOutput: fc.Arbitrary<readonly [KvInput, KvOutput]> = fc
  .tuple(fc.constantFrom('x', 'x', 'y'), fc.nat(9), value, maybeValue, fc.boolean())
  .map(([key, kind, written, other, flag]) => {
    if (kind < 4)
      return [
        { kind: 'get', key },
        { kind: 'get', value: other },
      ] as const;
    if (kind < 7) return [{ kind: 'put', key, value: written }, { kind: 'put' }] as const;
    if (kind < 8)
      return [
        { kind: 'delete', key },
        { kind: 'delete', deleted: flag ? 1 : 0 },
      ] as const;
    return [
      { kind: 'compareAndSwap', key, expected: { value: other }, value: written },
      { kind: 'compareAndSwap', succeeded: flag },
    ] as const;
  });

const status = fc.constantFrom('ok', 'ok', 'ok', 'ok', 'ok', 'unknown', 'fail');

/** Up to six operations whose calls and returns lie in any order, often at the same time. */
const smallHistory: fc.Arbitrary<KvOperation[]> = fc
  .array(fc.tuple(inputAndOutput, status), { minLength: 1, maxLength: 6 })
  .chain((operations) =>
    fc.tuple(
      fc.constant(operations),
      fc.shuffledSubarray(
        operations.flatMap((_, i) => [i, i]),
        { minLength: 2 * operations.length },
      ),
      fc.nat(2),
    ),
  )
  .map(([operations, events, tie]) =>
    operations.map(([[input, output], outcome], i): KvOperation => {
      const [call, end] = [events.indexOf(i), events.lastIndexOf(i)];
      return {
        id: i + 1,
        process: i + 1,
        input,
        callNs: call >> tie,
        callSequence: call,
        returnNs: end >> tie,
        returnSequence: end,
        outcome: outcome === 'ok' ? { status: 'ok', output } : { status: outcome as 'unknown' | 'fail' },
      };
    }),
  );

function byKey(history: readonly KvOperation[]): KvOperation[][] {
  return [...splitByKey(history, kvWrites).values()];
}

function judgeAsRegister(operations: readonly Operation<KvInput, KvOutput>[]): string {
  const register = registerOfKey(operations);
  if (register === null) throw new Error('a mod revision is compared');
  const timeline = timelineOf(operations, isOpen);
  const { verdict, order } = searchRegister(register, timeline, stepsMax);
  if (verdict === 'linearizable') expect(refute(register, timeline, order)).toBeNull();
  return verdict;
}

function judgeAsModel(operations: readonly KvOperation[]): string {
  const { verdict, order } = judgeByModel(kvModelFor(operations))(operations, stepsMax);
  const register = registerOfKey(operations);
  if (verdict === 'linearizable' && register !== null) {
    expect(refute(register, timelineOf(operations, isOpen), order)).toBeNull();
  }
  return verdict;
}

/** What an explanation claims, by definition: held to these operations there is no order, held to all but one there is. */
function expectTrue(history: readonly KvOperation[], { key, contradiction, culprit }: Explanation): void {
  const holding = (ids: readonly number[]): KvOperation[] =>
    history
      .filter(({ input, outcome }) => input.key === key && outcome.status !== 'fail')
      .map((operation): KvOperation => {
        const { id, input, outcome } = operation;
        const output = outcome.status === 'ok' ? outcome.output : null;
        // What certainly changed nothing is no candidate for an effect.
        if (!ids.includes(id) && !kvWrites(input, output))
          return { ...operation, outcome: { status: 'fail' } };
        return ids.includes(id) ? operation : { ...operation, outcome: { status: 'unknown' } };
      });
  expect(contradiction.at(-1)).toBe(culprit);
  expect(hasOrder(holding(contradiction))).toBe(false);
  for (const id of contradiction) {
    if (id !== culprit) expect(hasOrder(holding(contradiction.filter((other) => other !== id)))).toBe(true);
  }
}

describe('small histories of any kind', () => {
  it('are judged as the definition says, by both searches', () => {
    const seen = { linearizable: 0, violation: 0 };
    fc.assert(
      fc.property(smallHistory, (history) => {
        const wanted = hasOrder(history) ? 'linearizable' : 'violation';
        seen[wanted]++;
        const report = checkLinearizability(history, { stepsMax });
        expect(report.verdict).toBe(wanted);
        const keys = byKey(history);
        const verdicts = (judge: (operations: readonly KvOperation[]) => string): string =>
          keys.every((operations) => judge(operations) === 'linearizable') ? 'linearizable' : 'violation';
        expect(verdicts(judgeAsRegister)).toBe(wanted);
        expect(verdicts(judgeAsModel)).toBe(wanted);
        for (const explanation of report.explanations) expectTrue(history, explanation);
      }),
      { numRuns: histories },
    );
    // Neither verdict may be so rare that agreement on it means nothing.
    expect(seen.linearizable).toBeGreaterThan(histories / 20);
    expect(seen.violation).toBeGreaterThan(histories / 20);
  });
});

describe('longer histories with few values, some with a wrong answer', () => {
  it('are judged alike by both searches', () => {
    const seen = { linearizable: 0, violation: 0, unknown: 0 };
    for (let seed = 1; seed <= histories / 4; seed++) {
      const draw = drawFrom(seed);
      const shape = {
        operations: 10 + draw(20),
        clients: 2 + draw(5),
        keys: 1,
        unknownPer1000: draw(2) * 200,
        values: draw(4),
        swaps: draw(30),
        deletes: draw(20),
      };
      const history = withWrongAnswers(realHistory(shape, draw), draw(3), draw);
      for (const operations of byKey(history)) {
        const verdict = judgeAsModel(operations);
        seen[verdict as keyof typeof seen]++;
        if (verdict !== 'unknown') expect(judgeAsRegister(operations), `seed ${seed}`).toBe(verdict);
      }
    }
    expect(seen.linearizable).toBeGreaterThan(histories / 20);
    expect(seen.violation).toBeGreaterThan(histories / 40);
  });
});

function withWrongAnswers(
  history: KvOperation[],
  count: number,
  draw: (bound: number) => number,
): KvOperation[] {
  const out = [...history];
  for (let i = 0; i < count; i++) {
    const at = draw(out.length);
    const operation = out[at] as KvOperation;
    if (operation.outcome.status !== 'ok') continue;
    const { output } = operation.outcome;
    const wrong: KvOutput =
      output.kind === 'get'
        ? { kind: 'get', value: draw(4) === 0 ? null : `v${draw(4)}` }
        : output.kind === 'delete'
          ? { kind: 'delete', deleted: 1 - output.deleted }
          : output.kind === 'compareAndSwap'
            ? { kind: 'compareAndSwap', succeeded: !output.succeeded }
            : output;
    out[at] = { ...operation, outcome: { status: 'ok', output: wrong } };
  }
  return out;
}
