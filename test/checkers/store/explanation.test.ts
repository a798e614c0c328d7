import { describe, expect, it } from 'vitest';
import { nsPerMs } from '../../../core/limits.ts';
import type {
  EtcdOperation,
  EtcdRequest,
  EtcdResponse,
} from '../../../sim/checkers/history/etcd_operation.ts';
import { type StoreReport, checkStore } from '../../../sim/checkers/store/index.ts';

class Writer {
  readonly operations: EtcdOperation[] = [];

  add(from: number, to: number, input: EtcdRequest, output: EtcdResponse | null): this {
    const id = this.operations.length + 1;
    this.operations.push({
      id,
      process: id,
      client: `c${id}`,
      input,
      callNs: from * nsPerMs,
      callSequence: 2 * id,
      returnNs: to * nsPerMs,
      returnSequence: 2 * id + 1,
      outcome: output === null ? { status: 'unknown' } : { status: 'ok', output },
    });
    return this;
  }

  put(from: number, to: number, key: string, value: string, revision: number | null): this {
    return this.add(
      from,
      to,
      { kind: 'put', key, value },
      revision === null ? null : { kind: 'put', revision },
    );
  }

  get(from: number, to: number, key: string, value: string | null, mod: number, revision: number): this {
    const kvs = value === null ? [] : [{ key, value, modRevision: mod }];
    return this.add(from, to, { kind: 'range', key }, { kind: 'range', revision, kvs });
  }

  check(): StoreReport {
    return checkStore({ operations: this.operations, watches: [] }, { stepsMax: 1000 });
  }
}

const history = (): Writer => new Writer();

describe('explanations by revisions', () => {
  it('of an answer from the past name the two and the edge in real time', () => {
    const { violation } = history()
      .put(0, 10, 'x', 'a', 2)
      .put(20, 30, 'x', 'b', 3)
      .get(40, 50, 'x', 'a', 2, 2)
      .check();
    expect(violation?.sentence).toBe(
      'get(x) = "a" by c3 was answered at revision 2 although it began at 40 ms, after put(x, "b") by c2 had returned revision 3 at 30 ms',
    );
    expect(violation?.contradiction).toEqual([2, 3]);
    expect(violation?.culprit).toBe(3);
    expect(violation?.edges).toEqual([{ before: 2, after: 3 }]);
  });

  it('of a wrong state name the write that made it', () => {
    const { violation } = history()
      .put(0, 10, 'x', 'a', 2)
      .put(20, 30, 'x', 'b', 3)
      .get(40, 50, 'x', 'a', 2, 3)
      .check();
    expect(violation?.sentence).toBe('get(x) = "a" by c3: but at revision 3 x is "b", written at revision 3');
    expect(violation?.contradiction).toEqual([2, 1, 3]);
    expect(violation?.revision).toBe(3);
  });

  it('of a revision given twice name both', () => {
    const { violation } = history().put(0, 10, 'x', 'a', 2).put(20, 30, 'y', 'b', 2).check();
    expect(violation?.sentence).toBe('put(x, "a") by c1 and put(y, "b") by c2 both got revision 2');
  });

  it('of a revision that nobody made say so', () => {
    const { violation } = history().put(0, 10, 'x', 'a', 3).check();
    expect(violation?.sentence).toMatch(
      /^put\(x, "a"\) by c1 saw revision 3, but no more than 1 operation can have changed the store/,
    );
    const late = history().put(0, 10, 'x', 'a', 3).put(20, 30, 'y', 'b', null).check();
    expect(late.verdict).toBe('violation');
    expect(late.violation?.sentence).toMatch(
      /^Nobody can have made revision 2, which put\(x, "a"\) by c1 had behind it/,
    );
  });

  it('are not needed where an unknown write explains it', () => {
    const seen = history()
      .put(0, 10, 'x', 'a', 3)
      .put(5, 30, 'y', 'b', null)
      .get(40, 50, 'y', 'b', 2, 3)
      .check();
    expect(seen.verdict).toBe('linearizable');
    expect(seen.order).toEqual([2, 1]);
  });

  it('of compactions tell what was not compacted', () => {
    const read: EtcdRequest = { kind: 'range', key: 'x', revision: 2 };
    const { violation } = history()
      .put(0, 10, 'x', 'a', 2)
      .add(20, 30, read, { kind: 'error', error: 'compacted' })
      .check();
    expect(violation?.sentence).toBe(
      'get(x, at revision 2) = error compacted by c2: but revision 2 was not compacted yet',
    );
  });

  it('hold as few as contradict each other, whatever else went on', () => {
    const writer = history();
    for (let n = 0; n < 40; n++) writer.put(10 * n, 10 * n + 5, `k${n % 3}`, `v${n}`, n + 2);
    const { violation } = writer
      .get(500, 510, 'k0', 'v36', 38, 38)
      .get(520, 530, 'k1', 'v37', 39, 41)
      .check();
    // The last write had returned revision 41 before the first read, which saw 38: one edge is enough.
    expect(violation?.culprit).toBe(41);
    expect(violation?.contradiction.length).toBe(2);
    expect(violation?.smallest).toBe(true);
    expect(violation?.edges).toEqual([{ before: violation?.contradiction[0], after: 41 }]);
    expect(violation?.lines[0]).toBe('The smallest contradiction has 2 operations:');
  });
});
