import { nsPerMs } from '../../../core/limits.ts';
import type { Expected, KvInput, KvOperation, KvOutput } from '../../../sim/checkers/history/kv_operation.ts';

/** Writes histories by hand: `write.put(1, 'x', '4', 250, 286)`. Times in ms; ids and sequences count up by call. */
export class HistoryWriter {
  readonly history: KvOperation[] = [];
  private sequence = 0;

  private add(
    process: number,
    input: KvInput,
    from: number,
    to: number | null,
    outcome: KvOperation['outcome'],
  ): this {
    const callSequence = this.sequence++;
    this.history.push({
      id: this.history.length + 1,
      process,
      input,
      callNs: from * nsPerMs,
      callSequence,
      returnNs: to === null ? null : to * nsPerMs,
      returnSequence: to === null ? null : this.sequence++,
      outcome,
    });
    return this;
  }

  private ok(process: number, input: KvInput, from: number, to: number, output: KvOutput): this {
    return this.add(process, input, from, to, { status: 'ok', output });
  }

  get(
    process: number,
    key: string,
    value: string | null,
    from: number,
    to: number,
    more: Revisions = {},
  ): this {
    return this.ok(process, { kind: 'get', key }, from, to, { kind: 'get', value, ...more });
  }

  put(process: number, key: string, value: string, from: number, to: number, more: Revisions = {}): this {
    return this.ok(process, { kind: 'put', key, value }, from, to, { kind: 'put', ...more });
  }

  delete(
    process: number,
    key: string,
    deleted: number,
    from: number,
    to: number,
    more: Revisions = {},
  ): this {
    return this.ok(process, { kind: 'delete', key }, from, to, { kind: 'delete', deleted, ...more });
  }

  swap(
    process: number,
    key: string,
    expected: string | null | Expected,
    value: string,
    succeeded: boolean,
    from: number,
    to: number,
    more: Revisions = {},
  ): this {
    const comparison = typeof expected === 'string' || expected === null ? { value: expected } : expected;
    const input: KvInput = { kind: 'compareAndSwap', key, expected: comparison, value };
    return this.ok(process, input, from, to, { kind: 'compareAndSwap', succeeded, ...more });
  }

  unknownPut(process: number, key: string, value: string, from: number, gaveUp: number | null = null): this {
    return this.add(process, { kind: 'put', key, value }, from, gaveUp, { status: 'unknown' });
  }

  unknownDelete(process: number, key: string, from: number): this {
    return this.add(process, { kind: 'delete', key }, from, null, { status: 'unknown' });
  }

  unknownSwap(process: number, key: string, expected: string, value: string, from: number): this {
    const input: KvInput = { kind: 'compareAndSwap', key, expected: { value: expected }, value };
    return this.add(process, input, from, null, { status: 'unknown' });
  }

  unknownGet(process: number, key: string, from: number): this {
    return this.add(process, { kind: 'get', key }, from, null, { status: 'unknown' });
  }

  refusedPut(process: number, key: string, value: string, from: number, to: number): this {
    return this.add(process, { kind: 'put', key, value }, from, to, { status: 'fail' });
  }
}

interface Revisions {
  readonly revision?: number;
  readonly modRevision?: number;
  readonly version?: number;
}

export function writeHistory(): HistoryWriter {
  return new HistoryWriter();
}
