import { describe, expect, it } from 'vitest';
import { parsePorcupineKv } from '../../../sim/checkers/history/porcupine_kv.ts';
import { checkTextStore } from '../../../sim/checkers/linearizability/text_store.ts';
import { lineOfLog } from '../../../sim/checkers/linearizability/wording.ts';

const event = (process: number, type: string, f: string, value: string): string =>
  `{:process ${process}, :type :${type}, :f :${f}, :key "k", :value ${value}}`;

function check(...events: string[]): ReturnType<typeof checkTextStore> {
  return checkTextStore(parsePorcupineKv(events.join('\n')), { stepsMax: 100_000, time: lineOfLog });
}

describe('a store of texts', () => {
  it('appends in some order of concurrent appends', () => {
    const run = (text: string): string =>
      check(
        event(1, 'invoke', 'append', '"a"'),
        event(2, 'invoke', 'append', '"b"'),
        event(1, 'ok', 'append', '"a"'),
        event(2, 'ok', 'append', '"b"'),
        event(3, 'invoke', 'get', 'nil'),
        event(3, 'ok', 'get', `"${text}"`),
      ).verdict;
    expect([run('ab'), run('ba'), run('a'), run('aba')]).toEqual([
      'linearizable',
      'linearizable',
      'violation',
      'violation',
    ]);
  });

  it('starts empty; a put replaces', () => {
    const { verdict, linearizations } = check(
      event(1, 'invoke', 'get', 'nil'),
      event(1, 'ok', 'get', '""'),
      event(1, 'invoke', 'append', '"a"'),
      event(1, 'ok', 'append', '"a"'),
      event(1, 'invoke', 'put', '"b"'),
      event(1, 'ok', 'put', '"b"'),
      event(1, 'invoke', 'get', 'nil'),
      event(1, 'ok', 'get', '"b"'),
    );
    expect(verdict).toBe('linearizable');
    expect(linearizations).toEqual([{ key: 'k', operations: [1, 2, 3, 4] }]);
  });

  it('explains in lines of the log', () => {
    const { violations } = check(
      event(1, 'invoke', 'append', '"a"'),
      event(1, 'ok', 'append', '"a"'),
      event(2, 'invoke', 'get', 'nil'),
      event(2, 'ok', 'get', '""'),
    );
    expect(violations[0]?.sentence).toBe(
      'get(k) = "" by client 2, from line 3 to line 4, has no place in any order of the operations on k',
    );
    expect(violations[0]?.lines).toContain(
      '  Before append(k, "a") by client 1? No: that had returned at line 2, and this one began at line 3.',
    );
  });
});
