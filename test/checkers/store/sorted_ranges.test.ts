import { describe, expect, it } from 'vitest';
import type {
  EtcdOperation,
  EtcdRequest,
  EtcdResponse,
  Pair,
  RangeRequest,
} from '../../../sim/checkers/history/etcd_operation.ts';
import { checkStore } from '../../../sim/checkers/store/index.ts';
import { requestText } from '../../../sim/checkers/store/words.ts';
import { TinyEtcd } from './tiny_etcd.ts';

type Shown = EtcdResponse & { readonly kind: 'range' };
type Lie = (told: Shown) => Shown;

const writes: EtcdRequest[] = [
  { kind: 'put', key: 'a', value: '3' },
  { kind: 'put', key: 'b', value: '1' },
  { kind: 'put', key: 'c', value: '2' },
  { kind: 'put', key: 'a', value: '4' },
  { kind: 'put', key: 'a', value: '4' },
  { kind: 'put', key: 'c', value: '2' },
];

/** A history of one client with the last answer as `lie` makes it. `lost`: the fourth operation has no answer. */
function verdictOf(requests: readonly EtcdRequest[], lie: Lie, lost = false, told?: EtcdResponse): string {
  const store = new TinyEtcd();
  store.past = new Map([[1, []]]);
  const operations = requests.map((input, at): EtcdOperation => {
    const answer = store.apply(input, told);
    const output = at < requests.length - 1 ? answer : lied(answer, lie);
    return {
      id: at + 1,
      process: at + 1,
      input,
      callNs: 10 * at,
      callSequence: 0,
      returnNs: 10 * at + 5,
      returnSequence: 0,
      outcome: lost && at === 3 ? { status: 'unknown' } : { status: 'ok', output },
    };
  });
  return checkStore({ operations, watches: [] }, { stepsMax: 1000 }).verdict;
}

/** The pairs in the end: a at 6 (created at 2, version 3), b at 3 (3, 1), c at 7 (4, 2). */
function answered(range: RangeRequest, inTxn: boolean, lie: Lie, lost: boolean): string {
  const txn: EtcdRequest = { kind: 'txn', compares: [], success: [range], failure: [] };
  return verdictOf([...writes, inTxn ? txn : range], lie, lost);
}

function lied(told: EtcdResponse, lie: Lie): EtcdResponse {
  if (told.kind === 'range') return lie(told);
  if (told.kind !== 'txn') throw new Error(`expected a range or a txn, found a ${told.kind}`);
  return { ...told, results: told.results.map((each) => (each.kind === 'range' ? lie(each) : each)) };
}

const all = { kind: 'range', key: 'a', rangeEnd: 'z' } as const;
const turned: Lie = (told) => ({ ...told, kvs: told.kvs.toReversed() });
const cut: Lie = (told) => ({ ...told, kvs: told.kvs.slice(1) });
const miscounted: Lie = (told) => ({ ...told, count: (told.count ?? 0) - 1 });
const showing =
  (pair: Pair): Lie =>
  (told) => ({ ...told, kvs: [...told.kvs, pair] });
const [a, b, c]: [Pair, Pair, Pair] = [
  { key: 'a', value: '4', modRevision: 6, createRevision: 2, version: 3 },
  { key: 'b', value: '1', modRevision: 3, createRevision: 3, version: 1 },
  { key: 'c', value: '2', modRevision: 7, createRevision: 4, version: 2 },
];
const other =
  (...kvs: Pair[]): Lie =>
  (told) => ({ ...told, kvs });

const cases: readonly (readonly [RangeRequest, readonly Lie[]])[] = [
  [{ ...all, sortOrder: 'descend' }, [turned, cut, miscounted]],
  [{ ...all, sortOrder: 'ascend', sortTarget: 'version' }, [turned, cut, other(b, a, c)]],
  [{ ...all, sortOrder: 'descend', sortTarget: 'version' }, [turned, other(a, b, c)]],
  [{ ...all, sortOrder: 'descend', sortTarget: 'create' }, [turned, other(c, a, b)]],
  [{ ...all, sortTarget: 'mod' }, [turned, other(a, b, c)]],
  [{ ...all, sortOrder: 'ascend', sortTarget: 'value' }, [turned, other(a, b, c)]],
  // What asks for no order is cut to the first pairs, and one more, before it is sorted: c is not looked at.
  [{ ...all, sortTarget: 'version', limit: 1 }, [other(a), other(c), other(b, a)]],
  [{ ...all, sortTarget: 'mod', sortOrder: 'descend', limit: 1 }, [other(a), other(b), other(c, a), cut]],
  [{ ...all, minModRevision: 6 }, [showing(b), cut, turned, miscounted]],
  [{ ...all, maxModRevision: 6 }, [showing(c), cut]],
  [{ ...all, minCreateRevision: 3 }, [showing(a), cut]],
  [{ ...all, maxCreateRevision: 3 }, [showing(c), cut]],
  [{ ...all, minModRevision: 4, limit: 1 }, [other(c), other(b), showing(c)]],
  [{ ...all, sortOrder: 'descend', keysOnly: true }, [turned, cut, showing(a), other(c, b, a)]],
  [{ ...all, sortOrder: 'descend', countOnly: true }, [miscounted, showing(a)]],
  [{ ...all, sortOrder: 'descend', revision: 4 }, [turned, cut, miscounted]],
  [{ kind: 'range', key: 'a', minModRevision: 7 }, [showing(a), miscounted]],
];

describe('a range that sorts or filters', () => {
  it.each(cases.map(([range, lies]) => [requestText(range), range, lies] as const))(
    '%s is judged',
    (_, range, lies) => {
      for (const inTxn of [false, true]) {
        for (const lost of [false, true]) {
          expect(answered(range, inTxn, (told) => told, lost)).toBe('linearizable');
          lies.forEach((lie, at) => {
            expect(answered(range, inTxn, lie, lost), `lie ${at}`).toBe('violation');
          });
        }
      }
    },
  );

  it('may show keys that tie either way round', () => {
    const requests: EtcdRequest[] = [
      { kind: 'put', key: 'a', value: '1' },
      { kind: 'put', key: 'b', value: '1' },
      { kind: 'put', key: 'c', value: '0' },
      { ...all, sortOrder: 'descend', sortTarget: 'value', limit: 1 },
    ];
    const shown = (key: string): string => {
      const told: EtcdResponse = { kind: 'range', kvs: [{ key, value: '1' }] };
      return verdictOf(requests, (answer) => answer, false, told);
    };
    expect(shown('a')).toBe('linearizable');
    expect(shown('b')).toBe('linearizable');
    const smallest = { key: 'c', value: '0', modRevision: 4, createRevision: 4, version: 1 };
    expect(verdictOf(requests, other(smallest))).toBe('violation');
  });
});
