import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type V2NodeView,
  type V2Operation,
  type V2Response,
  checkV2,
} from '../../../sim/checkers/v2/index.ts';
import { runs } from '../../runs.ts';
import { realV2History } from './real_v2.ts';

const numRuns = runs(10, 1000);
/** Explaining takes longer than finding. */
const lieRuns = runs(3, 300);
const seeds = fc.integer({ min: 1, max: 1_000_000 });
const options = { stepsMax: 200_000 };

type Answered = Extract<V2Response, { readonly error: null }>;

/** One of the operations whose answer `lie` can change, with the changed answer; null if there is none. */
function lied(
  history: readonly V2Operation[],
  pick: number,
  lie: (operation: V2Operation, answer: Answered) => V2Response | null,
): V2Operation[] | null {
  const possible = history.flatMap((operation) => {
    const { outcome } = operation;
    if (outcome.status !== 'ok' || outcome.output.error !== null) return [];
    const output = lie(operation, outcome.output);
    return output === null ? [] : [{ ...operation, outcome: { status: 'ok' as const, output } }];
  });
  const victim = possible[pick % Math.max(1, possible.length)];
  return victim === undefined ? null : history.map((each) => (each.id === victim.id ? victim : each));
}

function node(answer: Answered, change: (shown: V2NodeView) => V2NodeView): V2Response {
  return answer.node === null ? answer : { ...answer, node: change(answer.node) };
}

const lies: readonly (readonly [string, (operation: V2Operation, answer: Answered) => V2Response | null])[] =
  [
    [
      'a get shows a value that nobody wrote',
      ({ input }, answer) =>
        input.kind === 'get' && answer.node?.value !== undefined
          ? node(answer, (shown) => ({ ...shown, value: 'other' }))
          : null,
    ],
    [
      'a get shows an index that is not its',
      ({ input }, answer) =>
        input.kind === 'get' && answer.node?.dir === false
          ? node(answer, (shown) => ({ ...shown, modifiedIndex: (shown.modifiedIndex ?? 0) + 100_000 }))
          : null,
    ],
    [
      'a get finds nothing where something is',
      ({ input }, answer) =>
        input.kind === 'get' && input.key !== '/' && answer.node !== null ? { error: 102 } : null,
    ],
    [
      'a listing leaves a child out',
      (_operation, answer) =>
        (answer.node?.nodes?.length ?? 0) > 0
          ? node(answer, (shown) => ({ ...shown, nodes: (shown.nodes ?? []).slice(1) }))
          : null,
    ],
    [
      'a change takes an index that was taken',
      ({ input }, answer) =>
        input.kind === 'set'
          ? node(answer, (shown) => ({ ...shown, modifiedIndex: 0, createdIndex: 0 }))
          : null,
    ],
    [
      'a change shows another node before it',
      (_operation, answer) =>
        answer.prevNode === null ? null : { ...answer, prevNode: { ...answer.prevNode, value: 'other' } },
    ],
    [
      'an in-order key is not named after its index',
      ({ input }, answer) =>
        input.kind === 'createInOrder'
          ? node(answer, (shown) => ({ ...shown, key: '/d/00000000000000000000' }))
          : null,
    ],
  ];

describe('histories of the v2 store', () => {
  it('of a real store are accepted', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { violations, verdict } = checkV2(
          realV2History(seed, 60, { unknownPer100: 5, living: true }),
          options,
        );
        expect(violations.map(({ sentence, lines }) => [sentence, ...lines].join('\n'))).toEqual([]);
        expect(verdict).toBe('linearizable');
      }),
      { numRuns },
    );
  });

  for (const [what, lie] of lies) {
    it(`are rejected where ${what}`, () => {
      let planted = 0;
      fc.assert(
        fc.property(seeds, fc.nat(), (seed, pick) => {
          // Not every history has room for every lie.
          let history: readonly V2Operation[] | null = null;
          for (let each = seed; history === null && each < seed + 30; each++) {
            history = lied(realV2History(each, 30, { spread: 0 }), pick, lie);
          }
          if (history === null) return;
          planted++;
          expect(checkV2(history, options).verdict).toBe('violation');
        }),
        { numRuns: lieRuns },
      );
      expect(planted).toBeGreaterThan(0);
    });
  }

  it('are rejected where an answer came before what it shows was written', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const history = realV2History(seed, 30);
        const writer = history.find(
          ({ input, outcome }) =>
            input.kind === 'set' && outcome.status === 'ok' && outcome.output.error === null,
        );
        const reader = history.find(
          ({ input, outcome }) =>
            input.kind === 'get' &&
            outcome.status === 'ok' &&
            outcome.output.error === null &&
            outcome.output.node?.value !== undefined,
        );
        if (writer === undefined || reader === undefined) return;
        const early = { ...reader, callNs: -20, returnNs: -10 };
        const { verdict } = checkV2(
          history.map((each) => (each === reader ? early : each)),
          options,
        );
        expect(verdict).toBe('violation');
      }),
      { numRuns: lieRuns },
    );
  });

  it('do not expire before their time, but may at any time after it', () => {
    const at = (
      id: number,
      callNs: number,
      input: V2Operation['input'],
      output: V2Response,
    ): V2Operation => ({
      id,
      process: id,
      input,
      callNs,
      callSequence: 0,
      returnNs: callNs + 10,
      returnSequence: 1,
      outcome: { status: 'ok', output },
    });
    const second = 1_000_000_000;
    const set = at(
      1,
      0,
      { kind: 'set', key: '/k', value: 'v', ttl: 2 },
      { error: null, node: { modifiedIndex: 1 }, prevNode: null },
    );
    const gone = (ns: number): V2Operation => at(2, ns, { kind: 'get', key: '/k' }, { error: 100 });
    expect(checkV2([set, gone(2 * second)], options).verdict).toBe('linearizable');
    expect(checkV2([set, gone(2 * second - 100)], options).verdict).toBe('violation');
    expect(checkV2([set, gone(2 * second - 100)], { ...options, clockErrorNs: 1000 }).verdict).toBe(
      'linearizable',
    );
    // What was renewed has its time from then on.
    const renewed = at(
      3,
      second,
      { kind: 'refresh', key: '/k', ttl: 2 },
      { error: null, node: { value: 'v', modifiedIndex: 2 }, prevNode: null },
    );
    expect(checkV2([set, renewed, gone(2 * second)], options).verdict).toBe('violation');
    expect(checkV2([set, renewed, gone(3 * second)], options).verdict).toBe('linearizable');
  });

  it('are undecided where nobody knows the name of what was made', () => {
    const made: V2Operation = {
      id: 1,
      process: 1,
      input: { kind: 'createInOrder', key: '/q', value: 'x' },
      callNs: 0,
      callSequence: 0,
      returnNs: null,
      returnSequence: null,
      outcome: { status: 'unknown' },
    };
    const look = (key: string, output: V2Response): V2Operation => ({
      id: 2,
      process: 2,
      input: { kind: 'get', key },
      callNs: 10,
      callSequence: 0,
      returnNs: 20,
      returnSequence: 1,
      outcome: { status: 'ok', output },
    });
    const child = { key: '/q/00000000000000000007', value: 'x', createdIndex: 7, modifiedIndex: 7 };
    const listed = look('/q', {
      error: null,
      node: { key: '/q', dir: true, nodes: [child] },
      prevNode: null,
    });
    expect(checkV2([made, listed], options).verdict).toBe('linearizable');
    const named = look(child.key, { error: null, node: child, prevNode: null });
    expect(checkV2([made, named], options).verdict).toBe('unknown');
  });
});
