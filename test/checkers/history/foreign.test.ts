import { describe, expect, it } from 'vitest';
import { parseEdn } from '../../../sim/checkers/history/edn.ts';
import { parseJepsenEdn } from '../../../sim/checkers/history/jepsen_edn.ts';
import {
  joinClients,
  parseRobustnessOperations,
  parseRobustnessWatches,
} from '../../../sim/checkers/history/robustness.ts';
import { judgeRecorded, parseRecorded } from '../../../sim/checkers/judge.ts';

const stepsMax = 100_000;

/** Lines as Go's encoder writes them for the suite's own types. */
const put = (key: string, value: string, call: number, revision: number, error = ''): string =>
  JSON.stringify({
    ClientId: 1,
    Input: {
      Type: 'txn',
      LeaseGrant: null,
      LeaseRevoke: null,
      Range: null,
      Txn: {
        Conditions: null,
        OperationsOnSuccess: [
          {
            Type: 'put-operation',
            Range: { Start: '', End: '', Limit: 0 },
            Put: { Key: key, Value: { Value: value }, LeaseID: 0 },
            Delete: { Key: '' },
          },
        ],
        OperationsOnFailure: null,
      },
      Defragment: null,
      Compact: null,
    },
    Call: call,
    Output: {
      Txn: error === '' ? { Failure: false, Results: [{ KVs: null, Count: 0, Deleted: 0 }] } : null,
      Range: null,
      ClientError: '',
      Revision: error === '' ? revision : 0,
      Persisted: false,
      PersistedRevision: 0,
      Error: error,
    },
    Return: error === '' ? call + 5 : 0,
  });

const list = (call: number, revision: number, kvs: readonly (readonly [string, string, number])[]): string =>
  JSON.stringify({
    ClientId: 2,
    Input: { Type: 'range', Range: { Start: 'key', End: 'kez', Limit: 0, Revision: 0 } },
    Call: call,
    Output: {
      Range: {
        KVs: kvs.map(([Key, Value, ModRevision]) => ({ Key, Value: { Value }, ModRevision, Version: 1 })),
        Count: kvs.length,
      },
      ClientError: '',
      Revision: revision,
      Error: '',
    },
    Return: call + 5,
  });

describe("reports of etcd's robustness suite", () => {
  const first = parseRobustnessOperations(
    [put('key1', 'a', 10, 2), put('key2', 'b', 20, 0, 'timeout')].join('\n'),
  );
  const judge = (line: string, watch = ''): string => {
    const operations = joinClients([first, parseRobustnessOperations(line)]);
    const watches = parseRobustnessWatches(watch, 'client-2');
    return judgeRecorded({ form: "etcd's robustness report", history: { operations, watches } }, { stepsMax })
      .verdict;
  };

  it('are judged: what a lost answer did may be seen, what nobody did may not', () => {
    expect(judge(list(40, 2, [['key1', 'a', 2]]))).toBe('linearizable');
    expect(
      judge(
        list(40, 3, [
          ['key1', 'a', 2],
          ['key2', 'b', 3],
        ]),
      ),
    ).toBe('linearizable');
    expect(
      judge(
        list(40, 3, [
          ['key1', 'a', 2],
          ['key2', 'c', 3],
        ]),
      ),
    ).toBe('violation');
    expect(judge(list(40, 2, []))).toBe('violation');
  });

  it('hold watches, judged against the order found', () => {
    const watch = (value: string): string =>
      JSON.stringify({
        Request: { Key: 'key', Revision: 2, WithPrefix: true, WithProgressNotify: true, WithPrevKV: true },
        Responses: [
          {
            Events: [
              {
                Type: 'put-operation',
                Key: 'key1',
                Value: { Value: value },
                Revision: 2,
                IsCreate: true,
                PrevValue: null,
              },
            ],
            IsProgressNotify: false,
            Revision: 2,
            Time: 50,
          },
          { Events: null, IsProgressNotify: true, Revision: 2, Time: 60 },
        ],
      });
    expect(judge(list(40, 2, [['key1', 'a', 2]]), watch('a'))).toBe('linearizable');
    expect(judge(list(40, 2, [['key1', 'a', 2]]), watch('z'))).toBe('violation');
  });

  it('keep 64-bit lease ids apart, and long values by their hashes', () => {
    const line =
      '{"ClientId":1,"Input":{"Type":"leaseGrant","LeaseGrant":{"LeaseID":7587881234567890123}},"Call":1,"Output":{"LeaseGrant":{"LeaseID":0},"Revision":1,"Error":""},"Return":2}';
    expect(parseRobustnessOperations(line)[0]?.input).toEqual({
      kind: 'leaseGrant',
      lease: '7587881234567890123',
    });
    const hashed = put('key1', 'a', 1, 2).replace('{"Value":"a"}', '{"Hash":12345}');
    expect(parseRobustnessOperations(hashed)[0]?.input).toEqual({
      kind: 'put',
      key: 'key1',
      value: '#12345',
    });
  });

  it('know compactions and their errors', () => {
    const compact = (call: number, revision: number, error: string): string =>
      JSON.stringify({
        ClientId: 2,
        Input: { Type: 'compact', Compact: { Revision: revision } },
        Call: call,
        Output: { Compact: {}, ClientError: error, Revision: -1, Error: '' },
        Return: call + 1,
      });
    expect(judge(compact(30, 2, ''))).toBe('linearizable');
    expect(
      judge(
        `${compact(30, 2, '')}\n${compact(40, 2, 'etcdserver: mvcc: required revision has been compacted')}`,
      ),
    ).toBe('linearizable');
    expect(judge(`${compact(30, 2, '')}\n${compact(40, 2, '')}`)).toBe('violation');
    expect(judge(compact(40, 2, 'etcdserver: mvcc: required revision is a future revision'))).toBe(
      'violation',
    );
  });
});

describe('EDN', () => {
  it('is read as far as Jepsen writes it', () => {
    expect(parseEdn(1, '{:a [1 -2 nil] :b "x y", :c #{true} :d :k}')).toEqual(
      new Map<string, unknown>([
        [':a', [1, -2, null]],
        [':b', { text: 'x y' }],
        [':c', [true]],
        [':d', ':k'],
      ]),
    );
    expect(() => parseEdn(3, '{:a [1}')).toThrow('line 3');
  });

  it('of registers, alone and as tuples with versions, is judged', () => {
    const plain = (value: number): string =>
      [
        '{:process 0, :type :invoke, :f :write, :value 3}',
        '{:process 0, :type :ok, :f :write, :value 3}',
        '{:process :nemesis, :type :info, :f :start, :value nil}',
        '{:process 1, :type :invoke, :f :read, :value nil}',
        `{:process 1, :type :ok, :f :read, :value ${value}}`,
      ].join('\n');
    expect(judgeRecorded(parseRecorded(plain(3)), { stepsMax }).verdict).toBe('linearizable');
    expect(judgeRecorded(parseRecorded(plain(4)), { stepsMax }).verdict).toBe('violation');
    const tuples = parseJepsenEdn(
      [
        '{:type :invoke, :f :cas, :value [7 [nil [1 2]]], :process 4, :time 1, :index 0}',
        '{:type :fail, :f :cas, :value [7 [nil [1 2]]], :error :did-not-succeed, :process 4, :time 2, :index 1}',
        '{:type :invoke, :f :read, :value [7 [nil nil]], :process 4, :time 3, :index 2}',
        '{:type :ok, :f :read, :value [7 [1 5]], :process 4, :time 4, :index 3}',
      ].join('\n'),
    );
    expect(tuples.map(({ input }) => input)).toEqual([
      { kind: 'compareAndSwap', key: '7', expected: { value: '1' }, value: '2' },
      { kind: 'get', key: '7' },
    ]);
    expect(tuples[1]?.outcome).toEqual({ status: 'ok', output: { kind: 'get', value: '5', version: 1 } });
  });
});
