import { describe, expect, it } from 'vitest';
import type { EtcdHistory } from '../../../sim/checkers/history/etcd_history.ts';
import type { EtcdOperation } from '../../../sim/checkers/history/etcd_operation.ts';
import { parseJsonLines, writeJsonLines } from '../../../sim/checkers/history/json_lines.ts';
import { judgeRecorded, parseRecorded } from '../../../sim/checkers/judge.ts';
import { checkLeases } from '../../../sim/checkers/leases/index.ts';
import { onFastestClock } from '../../../sim/checkers/history/clock_bound.ts';

const second = 1_000_000_000;

function operation(
  id: number,
  [callNs, returnNs]: readonly [number, number],
  input: EtcdOperation['input'],
  output: Extract<EtcdOperation['outcome'], { status: 'ok' }>['output'],
): EtcdOperation {
  const places = { callSequence: 2 * id, returnSequence: 2 * id + 1 };
  return { id, process: 1, callNs, returnNs, ...places, input, outcome: { status: 'ok', output } };
}

const granted = operation(
  1,
  [0, second / 10],
  { kind: 'leaseGrant', lease: '7', ttl: 6 },
  { kind: 'leaseGrant', lease: '7', ttl: 6, revision: 1, term: 2 },
);

/** Somebody finds the lease gone. */
const goneAt = (ns: number): EtcdOperation =>
  operation(
    2,
    [ns, ns + second / 100],
    { kind: 'leaseKeepAlive', lease: '7' },
    { kind: 'leaseKeepAlive', ttl: 0, revision: 1, term: 2 },
  );

function broken(ns: number, fastPpm: number): boolean {
  const history = { operations: [granted, goneAt(ns)], watches: [] };
  const own = checkLeases(history, { changes: null, fastPpm }).violations.length > 0;
  // The check of leases knows of clocks, and finds the same in a history that was made for one that does not.
  expect(checkLeases(onFastestClock(history, fastPpm), { changes: null }).violations.length > 0).toBe(own);
  return own;
}

describe('a history that tells how far off clocks were', () => {
  const clocks = { fastPpm: 200_000, slowPpm: 100_000 };
  const operations = [granted, goneAt(5.2 * second)];
  const verdict = (history: EtcdHistory): string =>
    judgeRecorded(parseRecorded(writeJsonLines(history)), { stepsMax: 1000 }).violations.map(
      ({ check }) => check,
    )[0] ?? 'none';

  it('is judged by them', () => {
    expect(verdict({ operations, watches: [] })).toBe('lease: no early expiry');
    expect(verdict({ operations, watches: [], clocks })).toBe('none');
  });

  it('is read as it was written', () => {
    expect(parseJsonLines(writeJsonLines({ operations, watches: [], clocks }))).toEqual({
      operations,
      watches: [],
      clocks,
    });
    const none = writeJsonLines({ operations, watches: [], clocks: { fastPpm: 0, slowPpm: 0 } });
    expect(parseJsonLines(none)).toEqual({ operations, watches: [] });
  });
});

describe('a history under a bound on fast clocks', () => {
  it('promises a lease for as long as the fastest clock makes it, and no shorter', () => {
    expect(broken(5.2 * second, 0)).toBe(true);
    expect(broken(5.2 * second, 200_000)).toBe(false);
    expect(broken(4.8 * second, 200_000)).toBe(true);
    expect(broken(6.1 * second, 0)).toBe(false);
  });

  it('is the same history without a bound', () => {
    const history = { operations: [granted], watches: [] };
    expect(onFastestClock(history, 0)).toBe(history);
  });

  it('leaves everything but times to live as it was', () => {
    const put = operation(3, [1, 2], { kind: 'put', key: 'a', value: 'b' }, { kind: 'put', revision: 2 });
    const { operations } = onFastestClock({ operations: [granted, put], watches: [] }, 500_000);
    expect(operations[1]).toBe(put);
    expect(operations[0]).toMatchObject({
      id: 1,
      callNs: 0,
      input: { ttl: 4 },
      outcome: { output: { ttl: 4 } },
    });
  });
});
