import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeJsonLines } from '../../../sim/checkers/history/json_lines.ts';
import { HistoryFormatError } from '../../../sim/checkers/history/log_pairing.ts';
import {
  parseRobustnessOperations,
  parseRobustnessWatches,
} from '../../../sim/checkers/history/robustness.ts';
import { judgeRecorded, parseRecorded } from '../../../sim/checkers/judge.ts';
import { runs } from '../../runs.ts';
import { drawFrom } from '../linearizability/histories.ts';
import { realStoreHistory } from '../store/real_store.ts';

const shape = {
  operations: 25,
  clients: 3,
  keys: 3,
  unknownPer1000: 50,
  values: 0,
  puts: 30,
  gets: 30,
  swaps: 10,
  deletes: 10,
  rich: true,
};
const watch = {
  id: 1,
  callNs: 0,
  callSequence: 0,
  request: { key: 'k', rangeEnd: '\0', prevKv: true },
  responses: [
    { kind: 'created' as const, revision: 1, ns: 1, sequence: 1 },
    {
      kind: 'events' as const,
      revision: 2,
      ns: 2,
      sequence: 2,
      events: [{ type: 'put' as const, key: 'k', value: 'v', modRevision: 2, prevKv: null }],
    },
  ],
};
const lines = (values: readonly object[]): string =>
  values.map((each) => `${JSON.stringify(each)}\n`).join('');
const node = { key: '/k', value: 'v', createdIndex: 3, modifiedIndex: 3 };

const texts: readonly string[] = [
  writeJsonLines({ operations: realStoreHistory(shape, drawFrom(5)), watches: [watch] }),
  lines([
    { type: 'recipe', recipe: 'v2', settled: 3 },
    {
      type: 'set',
      key: '/k',
      value: 'v',
      ttl: 2,
      call: 0,
      return: 1,
      node,
      prevNode: { key: '/k', value: 'w' },
    },
    {
      type: 'get',
      key: '/',
      recursive: true,
      call: 2,
      return: 3,
      node: { key: '/', dir: true, nodes: [node] },
    },
    {
      type: 'watch',
      key: '/k',
      waitIndex: 3,
      etcdIndex: 3,
      call: 1,
      events: [{ action: 'set', node, at: 2 }],
    },
  ]),
  lines([
    { type: 'recipe', recipe: 'lock' },
    { type: 'hold', resource: 'l', owner: 'x', token: 5, call: 0, return: 1, released: 2 },
    { type: 'use', resource: 'l', token: 5, at: 1, accepted: true },
  ]),
  lines([
    { type: 'recipe', recipe: 'stm', sum: 3 },
    { type: 'commit', revision: 3, reads: [{ key: 'a', modRevision: 2 }], writes: ['a'] },
    { type: 'balance', revision: 3, amounts: [1, 2] },
  ]),
  'INFO  jepsen.util - 0\t:invoke\t:write\t3\nINFO  jepsen.util - 0\t:ok\t:write\t3\nINFO  jepsen.util - 1\t:invoke\t:cas\t[3 4]\n',
  '{:process 0, :type :invoke, :f :write, :value 3}\n{:process 0, :type :ok, :f :write, :value 3}\n',
  '{:process 0, :type :invoke, :f :put, :key "0", :value "x"}\n{:process 0, :type :ok, :f :put, :key "0", :value "x"}\n',
];

const odd: readonly unknown[] = [null, -1, 0.5, 1e300, '', 'odd', true, [], [1], {}, undefined];

/** One value somewhere in a JSON line is another one, or is left out. */
function mangledJson(text: string, pick: (count: number) => number): string {
  const value: unknown = JSON.parse(text);
  const places: { readonly holder: Record<string, unknown>; readonly name: string }[] = [];
  const visit = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return;
    for (const name of Object.keys(each)) {
      places.push({ holder: each as Record<string, unknown>, name });
      visit((each as Record<string, unknown>)[name]);
    }
  };
  visit(value);
  const place = places[pick(places.length)];
  if (place !== undefined) place.holder[place.name] = odd[pick(odd.length)];
  return JSON.stringify(value);
}

function mangled(text: string, pick: (count: number) => number): string {
  const parts = text.split('\n');
  const at = pick(parts.length);
  const line = parts[at] ?? '';
  const how = pick(5);
  if (how === 0) return text.slice(0, pick(text.length));
  if (how === 1) return parts.toSpliced(at, 1).join('\n');
  if (how === 2) return parts.toSpliced(at, 0, line).join('\n');
  const other =
    how === 3 && line.startsWith('{"')
      ? mangledJson(line, pick)
      : line.slice(0, pick(line.length + 1)) +
        String.fromCharCode(pick(256)) +
        line.slice(pick(line.length + 1));
  return parts.toSpliced(at, 1, other).join('\n');
}

describe('a mangled history', () => {
  it('is judged, or refused with a sentence that names the line', () => {
    let refused = 0;
    const numRuns = runs(400, 40_000);
    fc.assert(
      fc.property(fc.nat(texts.length - 1), fc.integer({ min: 1, max: 1_000_000 }), (which, seed) => {
        const text = mangled(texts[which] as string, drawFrom(seed));
        try {
          const { verdict } = judgeRecorded(parseRecorded(text), { stepsMax: 10_000 });
          expect(['linearizable', 'violation', 'unknown']).toContain(verdict);
        } catch (error) {
          if (!(error instanceof HistoryFormatError)) throw error;
          expect(error.message).toMatch(/^line \d+: expected .+, found .+/s);
          expect(error.message.length).toBeLessThan(600);
          refused++;
        }
      }),
      { numRuns },
    );
    expect(refused).toBeGreaterThan(numRuns / 10);
  });

  it('of a robustness report is read, or refused with a sentence that names the line', () => {
    const reports: readonly (readonly [(text: string) => unknown, string])[] = [
      [
        parseRobustnessOperations,
        lines([
          {
            ClientId: 1,
            Call: 1,
            Return: 2,
            Input: {
              Type: 'txn',
              Txn: {
                OperationsOnSuccess: [{ Type: 'put-operation', Put: { Key: 'a', Value: { Value: 'x' } } }],
              },
            },
            Output: { Txn: { Results: [{}] }, Revision: 2, Error: '' },
          },
          {
            ClientId: 1,
            Call: 3,
            Return: 4,
            Input: { Type: 'range', Range: { Start: 'a', End: 'b', Limit: 1 } },
            Output: {
              Range: { KVs: [{ Key: 'a', Value: { Value: 'x' }, ModRevision: 2 }], Count: 1 },
              Revision: 2,
            },
          },
        ]),
      ],
      [
        (text) => parseRobustnessWatches(text, 'client-1'),
        lines([
          {
            Request: { Key: 'a', Revision: 1, WithPrefix: false, WithProgressNotify: true, WithPrevKV: true },
            Responses: [
              {
                Events: [{ Type: 'put-operation', Key: 'a', Value: { Value: 'x' }, Revision: 2 }],
                Revision: 2,
                Time: 20,
              },
            ],
          },
        ]),
      ],
    ];
    fc.assert(
      fc.property(fc.nat(1), fc.integer({ min: 1, max: 1_000_000 }), (which, seed) => {
        const [read, text] = reports[which] as (typeof reports)[number];
        try {
          read(mangled(text, drawFrom(seed)));
        } catch (error) {
          if (!(error instanceof HistoryFormatError)) throw error;
          expect(error.message).toMatch(/^line \d+: expected .+, found .+/s);
        }
      }),
      { numRuns: runs(200, 20_000) },
    );
  });
});
