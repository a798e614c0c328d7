import { describe, expect, it } from 'vitest';
import type { WatchRecord } from '../../../sim/checkers/history/etcd_history.ts';
import type {
  EtcdOperation,
  EtcdRequest,
  EtcdResponse,
} from '../../../sim/checkers/history/etcd_operation.ts';
import type { KeepingPut } from '../../../sim/checkers/store/keeping_put.ts';
import { type StoreReport, checkStore } from '../../../sim/checkers/store/index.ts';
import { checkWatches } from '../../../sim/checkers/watch/index.ts';

/** Operations one after the other; those without an answer stay open. */
function sequence(steps: readonly (readonly [EtcdRequest, EtcdResponse | null])[]): EtcdOperation[] {
  return steps.map(([input, output], at) => ({
    id: at + 1,
    process: at + 1,
    input,
    callNs: 10 * at,
    callSequence: 2 * at,
    returnNs: output === null ? null : 10 * at + 5,
    returnSequence: output === null ? null : 2 * at + 1,
    outcome: output === null ? { status: 'unknown' } : { status: 'ok', output },
  }));
}

const check = (operations: EtcdOperation[], watches: WatchRecord[] = []): StoreReport =>
  checkStore({ operations, watches }, { stepsMax: 1000 });

const put = (key: string, value: string): EtcdRequest => ({ kind: 'put', key, value });

describe('what was there before a change', () => {
  const steps = (value: string): EtcdOperation[] =>
    sequence([
      [put('x', 'a'), null],
      [put('x', 'b'), null],
      [
        { ...put('x', 'c'), prevKv: true } as EtcdRequest,
        { kind: 'put', revision: 3, prevKv: { key: 'x', value, modRevision: 2 } },
      ],
    ]);

  it.each([
    ['a', [1, 3]],
    ['b', [2, 3]],
  ])('tells which of two puts without an answer was done: %s', (value, order) => {
    expect(check(steps(value)).order).toEqual(order);
  });

  it('is a violation if nobody can have put it there', () => {
    expect(check(steps('z')).verdict).toBe('violation');
  });

  it.each([
    ['a', [1, 3]],
    ['b', [2, 3]],
  ])('tells it where a watcher heard it: %s', (value, order) => {
    const operations = sequence([
      [put('x', 'a'), null],
      [put('x', 'b'), null],
      [put('x', 'c'), { kind: 'put', revision: 3 }],
    ]);
    const prevKv = { key: 'x', value, modRevision: 2, createRevision: 2, version: 1 };
    const event = {
      type: 'put',
      key: 'x',
      value: 'c',
      modRevision: 3,
      createRevision: 2,
      version: 2,
      prevKv,
    } as const;
    const watch: WatchRecord = {
      id: 1,
      request: { key: 'x', startRevision: 3, prevKv: true },
      callNs: 0,
      callSequence: 0,
      responses: [{ kind: 'events', revision: 3, ns: 40, sequence: 40, events: [event] }],
    };
    const report = check(operations, [watch]);
    expect(report.order).toEqual(order);
    expect(checkWatches({ operations, watches: [watch] }, report.changes()).verdict).toBe('passed');
    // What no order explains is the watcher's mistake, and the store's check goes on without it.
    const lied = { ...event, prevKv: { ...prevKv, value: 'z' } };
    const liar = {
      ...watch,
      responses: [{ ...watch.responses[0], events: [lied] }],
    } as unknown as WatchRecord;
    const without = check(operations, [liar]);
    expect(without.verdict).toBe('linearizable');
    expect(checkWatches({ operations, watches: [liar] }, without.changes()).verdict).toBe('violation');
  });
});

describe('reads of older states in a txn', () => {
  const txn = (revision: number, value: string | null): EtcdOperation[] =>
    sequence([
      [put('x', 'a'), { kind: 'put', revision: 2 }],
      [put('x', 'b'), { kind: 'put', revision: 3 }],
      [
        {
          kind: 'txn',
          compares: [],
          success: [put('x', 'c') as never, { kind: 'range', key: 'x', revision }],
          failure: [],
        },
        {
          kind: 'txn',
          revision: 4,
          succeeded: true,
          results: [
            { kind: 'put' },
            { kind: 'range', kvs: value === null ? [] : [{ key: 'x', value, modRevision: revision }] },
          ],
        },
      ],
    ]);

  it.each([
    [2, 'a', 'linearizable'],
    [3, 'b', 'linearizable'],
    [2, 'b', 'violation'],
    [3, 'a', 'violation'],
    [3, null, 'violation'],
    // Its own revision is not there yet.
    [4, 'c', 'violation'],
  ])('at revision %i told %s: %s', (revision, value, verdict) => {
    expect(check(txn(revision, value)).verdict).toBe(verdict);
  });
});

describe('puts that keep something', () => {
  const keep: KeepingPut = { kind: 'put', key: 'x', value: '', lease: '0', ignoreValue: true };
  const get: EtcdRequest = { kind: 'range', key: 'x' };
  const shows = (value: string, modRevision: number, version: number): EtcdResponse => ({
    kind: 'range',
    revision: modRevision,
    kvs: [{ key: 'x', value, modRevision, version, lease: '0' }],
  });
  const kept: EtcdResponse = { kind: 'put', revision: 3 };

  it('keep the value that was there', () => {
    const first = [put('x', 'a'), { kind: 'put', revision: 2 }] as const;
    expect(check(sequence([first, [keep, kept], [get, shows('a', 3, 2)]])).verdict).toBe('linearizable');
    expect(check(sequence([first, [keep, kept], [get, shows('', 3, 2)]])).verdict).toBe('violation');
  });

  it('need a key that is there', () => {
    const { violation } = check(sequence([[keep, { kind: 'put', revision: 2 }]]));
    expect(violation?.sentence).toContain('put(x, its value kept)');
    expect(violation?.sentence).toContain('x is absent, so that there is nothing to keep');
  });

  it('tell by what they kept which of two puts without an answer was done', () => {
    const steps = (value: string): EtcdOperation[] =>
      sequence([
        [put('x', 'a'), null],
        [put('x', 'b'), null],
        [keep, kept],
        [get, shows(value, 3, 2)],
      ]);
    expect(check(steps('a')).order).toEqual([1, 3]);
    expect(check(steps('b')).order).toEqual([2, 3]);
    expect(check(steps('c')).verdict).toBe('violation');
  });

  it('keep the lease: its end takes the key along', () => {
    const leased: EtcdRequest = { kind: 'put', key: 'x', value: 'a', lease: '7' };
    const again: KeepingPut = { kind: 'put', key: 'x', value: 'b', lease: '0', ignoreLease: true };
    const steps = (last: EtcdRequest): EtcdOperation[] =>
      sequence([
        [
          { kind: 'leaseGrant', lease: '7' },
          { kind: 'leaseGrant', revision: 1, lease: '7' },
        ],
        [leased, { kind: 'put', revision: 2 }],
        [last, { kind: 'put', revision: 3 }],
        [
          { kind: 'leaseRevoke', lease: '7' },
          { kind: 'leaseRevoke', revision: 4 },
        ],
        [get, { kind: 'range', revision: 4, kvs: [] }],
      ]);
    expect(check(steps(again)).verdict).toBe('linearizable');
    expect(check(steps(put('x', 'b'))).verdict).toBe('violation');
  });
});
