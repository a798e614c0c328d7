import { describe, expect, it } from 'vitest';
import { jepsenRegister, parseJepsenEtcd } from '../../../sim/checkers/history/jepsen_etcd.ts';
import { HistoryFormatError } from '../../../sim/checkers/history/log_pairing.ts';
import { parsePorcupineKv } from '../../../sim/checkers/history/porcupine_kv.ts';

const line = (text: string): string => `INFO  jepsen.util - ${text}`;

function errorOf(parse: () => unknown): HistoryFormatError | null {
  try {
    parse();
    return null;
  } catch (error) {
    if (error instanceof HistoryFormatError) return error;
    throw error;
  }
}

describe("Jepsen's etcd log", () => {
  it('gives operations with line numbers as times', () => {
    const log = [
      line('0\t:invoke\t:read\tnil'),
      line('1\t:invoke\t:write\t4'),
      line(':nemesis :info :start nil'),
      line('0   :ok     :read   nil'),
      line('1\t:info\t:write\t:timed-out'),
      line('2\t:invoke\t:cas\t[4 3]'),
      line('2\t:ok\t:cas\t[4 3]'),
      line('0\t:invoke\t:read\tnil'),
      '',
    ].join('\n');
    const key = jepsenRegister;
    expect(parseJepsenEtcd(log)).toEqual([
      {
        id: 1,
        process: 0,
        input: { kind: 'get', key },
        callNs: 1,
        callSequence: 1,
        returnNs: 4,
        returnSequence: 4,
        outcome: { status: 'ok', output: { kind: 'get', value: null } },
      },
      {
        id: 2,
        process: 1,
        input: { kind: 'put', key, value: '4' },
        callNs: 2,
        callSequence: 2,
        returnNs: 5,
        returnSequence: 5,
        outcome: { status: 'unknown' },
      },
      {
        id: 3,
        process: 2,
        input: { kind: 'compareAndSwap', key, expected: { value: '4' }, value: '3' },
        callNs: 6,
        callSequence: 6,
        returnNs: 7,
        returnSequence: 7,
        outcome: { status: 'ok', output: { kind: 'compareAndSwap', succeeded: true } },
      },
      {
        id: 4,
        process: 0,
        input: { kind: 'get', key },
        callNs: 8,
        callSequence: 8,
        returnNs: null,
        returnSequence: null,
        outcome: { status: 'unknown' },
      },
    ]);
  });

  it('tells a failed compare, which is an answer, from a failed operation', () => {
    const outcomes = (text: string): unknown => parseJepsenEtcd(text).map(({ outcome }) => outcome);
    expect(outcomes([line('1 :invoke :cas [0 3]'), line('1 :fail :cas [0 3]')].join('\n'))).toEqual([
      { status: 'ok', output: { kind: 'compareAndSwap', succeeded: false } },
    ]);
    expect(outcomes([line('1 :invoke :cas [0 3]'), line('1 :fail :cas :refused')].join('\n'))).toEqual([
      { status: 'fail' },
    ]);
    expect(outcomes([line('1 :invoke :read nil'), line('1 :fail :read :timed-out')].join('\n'))).toEqual([
      { status: 'fail' },
    ]);
  });

  it.each([
    [
      'a foreign line',
      ['hello'],
      'line 1: expected "INFO  jepsen.util - PROCESS :invoke|:ok|:fail|:info :read|:write|:cas VALUE", found "hello"',
    ],
    ['an unknown operation', [line('1 :invoke :append 3')], 'line 1: expected "INFO'],
    [
      'an answer without a call',
      [line('1 :ok :read 3')],
      'line 1: expected a call of get by process 1 before its answer, found none',
    ],
    [
      'an answer to another call',
      [line('1 :invoke :write 3'), line('1 :ok :read 3')],
      'line 2: expected a call of get by process 1 before its answer, found put in line 1',
    ],
    [
      'a call during a call',
      [line('1 :invoke :write 3'), line('1 :invoke :read nil')],
      'line 2: expected process 1 to end its put of line 1 first, found another call, get',
    ],
    ['a value that is no integer', [line('1 :invoke :write x')], 'line 1: expected an integer, found "x"'],
    [
      'a cas of one value',
      [line('1 :invoke :cas [1]')],
      'line 1: expected two integers, [OLD NEW], found "[1]"',
    ],
  ])('refuses %s', (_name, lines, message) => {
    const error = errorOf(() => parseJepsenEtcd(lines.join('\n')));
    expect(error?.message).toContain(message);
    expect(error?.line).toBe(lines.length);
  });
});

describe("Porcupine's key-value log", () => {
  it('gives gets, puts and appends', () => {
    const log = [
      '{:process 0, :type :invoke, :f :append, :key "0", :value "x \\"0\\" y"}',
      '{:process 1, :type :invoke, :f :get, :key "0", :value nil}',
      '{:process 1, :type :ok, :f :get, :key "0", :value ""}',
      '{:process 0, :type :ok, :f :append, :key "0", :value "x \\"0\\" y"}',
      '{:process 1, :type :invoke, :f :put, :key "1", :value "z"}',
      '',
    ].join('\n');
    const found = parsePorcupineKv(log).map(({ id, process, input, returnNs, outcome }) => ({
      id,
      process,
      input,
      returnNs,
      outcome,
    }));
    expect(found).toEqual([
      {
        id: 1,
        process: 0,
        input: { kind: 'append', key: '0', value: 'x "0" y' },
        returnNs: 4,
        outcome: { status: 'ok', output: null },
      },
      {
        id: 2,
        process: 1,
        input: { kind: 'get', key: '0', value: '' },
        returnNs: 3,
        outcome: { status: 'ok', output: '' },
      },
      {
        id: 3,
        process: 1,
        input: { kind: 'put', key: '1', value: 'z' },
        returnNs: null,
        outcome: { status: 'unknown' },
      },
    ]);
  });

  it.each([
    ['{:process 0, :type :invoke, :f :get, :key "0"}', 'line 1: expected {:process N'],
    ['{:process 0, :type :invoke, :f :get, :key "0", :value "a"}', 'line 1: expected a get of nil'],
    ['{:process 0, :type :invoke, :f :put, :key "0", :value nil}', 'line 1: expected a text to put'],
    ['{:process 0, :type :invoke, :f :put, :key "0", :value "\\q"}', 'line 1: expected a string literal'],
    ['{:process 0, :type :ok, :f :put, :key "0", :value "a"}', 'line 1: expected a call of put by process 0'],
  ])('refuses %s', (text, message) => {
    expect(errorOf(() => parsePorcupineKv(text))?.message).toContain(message);
  });

  it('cuts what it quotes of a foreign file', () => {
    expect(errorOf(() => parsePorcupineKv('x'.repeat(10_000)))?.message.length).toBeLessThan(250);
  });
});
