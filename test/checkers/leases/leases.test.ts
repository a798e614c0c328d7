import { describe, expect, it } from 'vitest';
import { nsPerSecond } from '../../../core/limits.ts';
import type {
  EtcdOperation,
  EtcdRequest,
  EtcdResponse,
} from '../../../sim/checkers/history/etcd_operation.ts';
import { checkLeases } from '../../../sim/checkers/leases/index.ts';
import { checkSessions } from '../../../sim/checkers/sessions.ts';

let ids = 0;
function operation(
  from: number,
  to: number,
  input: EtcdRequest,
  output: EtcdResponse | null,
  client = 'c1',
): EtcdOperation {
  const id = ++ids;
  return {
    id,
    process: 1,
    client,
    input,
    callNs: from * nsPerSecond,
    callSequence: 2 * id,
    returnNs: to * nsPerSecond,
    returnSequence: 2 * id + 1,
    outcome: output === null ? { status: 'unknown' } : { status: 'ok', output },
  };
}

const grant = operation(
  0,
  1,
  { kind: 'leaseGrant', lease: '7', ttl: 10 },
  { kind: 'leaseGrant', lease: '7', ttl: 10, revision: 1 },
);
const renew = (from: number, ttl: number | null): EtcdOperation =>
  operation(
    from,
    from + 1,
    { kind: 'leaseKeepAlive', lease: '7' },
    ttl === null ? null : { kind: 'leaseKeepAlive', ttl },
  );
const attach = (from: number, found: boolean): EtcdOperation =>
  operation(
    from,
    from + 1,
    { kind: 'put', key: 'k', value: 'v', lease: '7' },
    found ? { kind: 'put', revision: 2 } : { kind: 'error', error: 'leaseNotFound' },
  );
const revoke = (from: number): EtcdOperation =>
  operation(from, from + 1, { kind: 'leaseRevoke', lease: '7' }, { kind: 'leaseRevoke', revision: 3 });

const judge = (operations: EtcdOperation[], clockErrorNs = 0, graceNs = 2 * nsPerSecond): string[] =>
  checkLeases({ operations }, { changes: null, clockErrorNs, graceNs }).violations.map(
    ({ guarantee }) => guarantee,
  );

describe('leases', () => {
  it('run out after their time to live, not before, whatever the clocks are declared to do', () => {
    expect(judge([grant, attach(5, true), attach(12, false)])).toEqual([]);
    expect(judge([grant, attach(5, false)])).toEqual(['notEarly']);
    expect(judge([grant, attach(8, false)])).toEqual(['notEarly']);
    expect(judge([grant, attach(8, false)], 2 * nsPerSecond)).toEqual([]);
    expect(judge([grant, revoke(3), attach(5, false)])).toEqual([]);
  });

  it('are held by a renewal that was answered, and not by one that was not', () => {
    expect(judge([grant, renew(8, 10), attach(15, true)])).toEqual([]);
    expect(judge([grant, renew(8, 10), attach(15, false)])).toEqual(['renewed']);
    expect(judge([grant, renew(8, null), attach(15, false)])).toEqual([]);
  });

  it('do not live for ever', () => {
    expect(judge([grant, attach(12, true)])).toEqual([]);
    expect(judge([grant, attach(14, true)])).toEqual(['notImmortal']);
    expect(judge([grant, attach(14, true)], nsPerSecond * 5)).toEqual([]);
    expect(judge([grant, renew(9, null), attach(14, true)])).toEqual([]);
    expect(judge([grant, attach(14, true)], 0, Infinity)).toEqual([]);
  });
});

describe('sessions', () => {
  const get = (from: number, revision: number, client = 'c1', serializable = false): EtcdOperation =>
    operation(
      from,
      from + 1,
      { kind: 'range', key: 'k', serializable },
      { kind: 'range', revision, kvs: [], count: 0 },
      client,
    );
  const put = (from: number, revision: number): EtcdOperation =>
    operation(from, from + 1, { kind: 'put', key: 'k', value: 'v' }, { kind: 'put', revision });
  const broken = (operations: EtcdOperation[], all = false): string[] =>
    checkSessions(operations, all ? { isPromised: () => true } : {}).violations.map(
      ({ guarantee }) => guarantee,
    );

  it('never go back where that is promised', () => {
    expect(broken([get(0, 4), get(2, 3)])).toEqual(['monotonicReads']);
    expect(broken([get(0, 4), get(2, 3, 'c2')])).toEqual([]);
    expect(broken([get(0, 4), get(2, 3, 'c1', true)])).toEqual([]);
    expect(broken([get(0, 4), get(2, 3, 'c1', true)], true)).toEqual(['monotonicReads']);
    expect(broken([get(0, 4), get(0.5, 3)])).toEqual([]);
  });

  it('see their own writes', () => {
    expect(broken([put(0, 5), get(2, 5)])).toEqual([]);
    expect(broken([put(0, 5), get(2, 4)])).toEqual(['readYourWrites']);
  });
});
