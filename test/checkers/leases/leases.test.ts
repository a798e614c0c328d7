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

/** What clients of one leader see who put a key every 300 ms and renew another lease every second, in seconds. */
function atWork(term: number, from: number, to: number, every = 0.3): EtcdOperation[] {
  const operations: EtcdOperation[] = [];
  for (let at = from, count = 0; at < to; at = from + ++count * every) {
    const put = operation(
      at,
      at + 0.01,
      { kind: 'put', key: 'other', value: 'v' },
      { kind: 'put', revision: 2, term },
      'c2',
    );
    operations.push(put);
  }
  return operations;
}
const renewOther = (at: number, term: number): EtcdOperation =>
  operation(
    at,
    at + 0.01,
    { kind: 'leaseKeepAlive', lease: '8' },
    { kind: 'leaseKeepAlive', ttl: 30, term },
    'c3',
  );

describe('the time at which a lease has to be gone', () => {
  const evident = (operations: EtcdOperation[], slowPpm = 0): string[] =>
    checkLeases({ operations }, { changes: null, slowPpm }).violations.map(({ guarantee }) => guarantee);
  /** Of a lease of 10 s that was granted at 1 s: an election and the revoke's time more. */
  const alive = (from: number): EtcdOperation => attach(from, true);

  it('follows from a leader that was at work, and from a renewal that shows that its clock ran', () => {
    const leader = [...atWork(1, 0, 40), renewOther(6, 1)];
    expect(evident([grant, ...leader])).toEqual([]);
    expect(evident([grant, ...leader, alive(20)])).toEqual([]);
    expect(evident([grant, ...leader, alive(22.5)])).toEqual(['notImmortal']);
    const [found] = checkLeases({ operations: [grant, ...leader, alive(30)] }, { changes: null }).violations;
    expect(found?.sentence).toContain(
      'found lease 7 alive at 30000 ms; nothing held it after 17010 ms, and the leader of term 1 was at work for',
    );
    // Without the renewal it is sure later, when the leader had the time to apply all that it found.
    expect(evident([grant, ...atWork(1, 0, 40), alive(22.5)])).toEqual([]);
    expect(evident([grant, ...atWork(1, 0, 40), alive(27)])).toEqual(['notImmortal']);
  });

  it('is put off by whoever renews the lease, or may have', () => {
    const leader = [...atWork(1, 0, 60), renewOther(6, 1)];
    expect(evident([grant, ...leader, renew(9, 10), alive(22.5)])).toEqual([]);
    expect(evident([grant, ...leader, renew(9, 10), alive(30)])).toEqual(['notImmortal']);
    expect(evident([grant, ...leader, renew(9, null), alive(30)])).toEqual([]);
    // A renewal is itself a proof that the lease was there.
    expect(evident([grant, ...leader, renew(15, 10)])).toEqual([]);
    expect(evident([grant, ...leader, renew(30, 10)])).toEqual(['notImmortal']);
  });

  it('is put off by a new leader', () => {
    const leaders = [...atWork(1, 0, 15), renewOther(6, 1), ...atWork(2, 15, 60), renewOther(22, 2)];
    expect(evident([grant, ...leaders, alive(30)])).toEqual([]);
    expect(evident([grant, ...leaders, alive(40)])).toEqual(['notImmortal']);
    const restless = Array.from({ length: 12 }, (_, at) => atWork(at + 1, at * 5, at * 5 + 5)).flat();
    expect(evident([grant, ...restless, alive(59)])).toEqual([]);
  });

  it('is not known while nobody can commit, nor where no term is told', () => {
    const asleep = [...atWork(1, 0, 15), renewOther(6, 1), ...atWork(1, 30, 32)];
    expect(evident([grant, ...asleep, alive(31)])).toEqual([]);
    expect(evident([grant, ...atWork(1, 0, 15), renewOther(6, 1), ...atWork(1, 30, 40), alive(38)])).toEqual([
      'notImmortal',
    ]);
    expect(evident([grant, ...atWork(1, 0, 15), renewOther(6, 1), alive(40)])).toEqual([]);
    expect(evident([grant, ...atWork(0, 0, 60), alive(50)])).toEqual([]);
  });

  it('goes by the slowest clock', () => {
    const leader = [...atWork(1, 0, 60), renewOther(6, 1)];
    expect(evident([grant, ...leader, alive(40)], 500_000)).toEqual([]);
    expect(evident([grant, ...leader, alive(50)], 500_000)).toEqual(['notImmortal']);
    expect(evident([grant, ...leader, alive(59)], 1_000_000)).toEqual([]);
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

  it('may be answered from an older state by txns that ask one member only', () => {
    const txn = (from: number, revision: number, serializable: boolean): EtcdOperation =>
      operation(
        from,
        from + 1,
        { kind: 'txn', compares: [], success: [{ kind: 'range', key: 'k', serializable }], failure: [] },
        { kind: 'txn', revision, succeeded: true, results: [] },
      );
    expect(broken([get(0, 4), txn(2, 3, true)])).toEqual([]);
    expect(broken([get(0, 4), txn(2, 3, false)])).toEqual(['monotonicReads']);
  });

  it('see their own writes', () => {
    expect(broken([put(0, 5), get(2, 5)])).toEqual([]);
    expect(broken([put(0, 5), get(2, 4)])).toEqual(['readYourWrites']);
  });
});
