import type { KvInput, KvOperation, KvOutput } from '../../../sim/checkers/history/kv_operation.ts';

/** Integers from 0 below a bound. */
export type Draw = (bound: number) => number;

/** Mulberry32: a small generator for histories too long for fast-check. */
export function drawFrom(seed: number): Draw {
  let state = seed | 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000) * bound);
  };
}

export interface HistoryShape {
  readonly operations: number;
  readonly clients: number;
  readonly keys: number;
  readonly unknownPer1000: number;
  /** Values come from a pool of this size; 0: every value is unique. */
  readonly values: number;
  /** Percentages; the rest are puts. */
  readonly gets?: number;
  readonly swaps?: number;
  readonly deletes?: number;
  /** Answers carry header and mod revisions, as etcd's do. */
  readonly revisions?: boolean;
}

interface Running {
  readonly id: number;
  readonly process: number;
  readonly input: KvInput;
  readonly callNs: number;
  readonly callSequence: number;
  output: KvOutput | null;
}

interface Pair {
  readonly value: string;
  readonly modRevision: number;
}

/**
 * A history with a real order behind it: clients call, each operation takes effect on a real map at some moment before it
 * returns, and some answers are lost. Time advances in steps that often tie. An unknown operation takes effect before the
 * client gives up, long after, or never.
 */
export function realHistory(shape: HistoryShape, draw: Draw): KvOperation[] {
  const store = new Map<string, Pair>();
  let revision = 1;
  let [ns, sequence, fresh, nextProcess] = [0, 0, 0, shape.clients + 1];
  const processes = Array.from({ length: shape.clients }, (_, i) => i + 1);
  const running: (Running | null)[] = processes.map(() => null);
  const late: KvInput[] = [];
  const history: KvOperation[] = [];

  const inputOf = (): KvInput => {
    const key = `k${draw(shape.keys)}`;
    const value = shape.values === 0 ? `v${fresh++}` : `v${draw(shape.values)}`;
    const kind = draw(100);
    const gets = shape.gets ?? 45;
    const swaps = gets + (shape.swaps ?? 10);
    if (kind < gets) return { kind: 'get', key };
    if (kind < swaps) {
      const now = store.get(key)?.value ?? null;
      return {
        kind: 'compareAndSwap',
        key,
        expected: { value: draw(3) === 0 ? `v${draw(fresh + 1)}` : now },
        value,
      };
    }
    if (kind < swaps + (shape.deletes ?? 5)) return { kind: 'delete', key };
    return { kind: 'put', key, value };
  };

  const apply = (input: KvInput): KvOutput => {
    const pair = store.get(input.key);
    const told = shape.revisions === true;
    switch (input.kind) {
      case 'get': {
        const value = pair?.value ?? null;
        return told
          ? { kind: 'get', value, modRevision: pair?.modRevision ?? 0, revision }
          : { kind: 'get', value };
      }
      case 'put':
        store.set(input.key, { value: input.value, modRevision: ++revision });
        return told ? { kind: 'put', revision } : { kind: 'put' };
      case 'delete': {
        const deleted = store.delete(input.key) ? 1 : 0;
        revision += deleted;
        return told ? { kind: 'delete', deleted, revision } : { kind: 'delete', deleted };
      }
      case 'compareAndSwap': {
        const { expected } = input;
        const succeeded =
          'value' in expected
            ? (pair?.value ?? null) === expected.value
            : (pair?.modRevision ?? 0) === expected.modRevision;
        if (succeeded) store.set(input.key, { value: input.value, modRevision: ++revision });
        return told ? { kind: 'compareAndSwap', succeeded, revision } : { kind: 'compareAndSwap', succeeded };
      }
    }
  };

  const finish = (slot: number, operation: Running): void => {
    running[slot] = null;
    const lost = draw(1000) < shape.unknownPer1000;
    if (!lost) operation.output ??= apply(operation.input);
    else if (operation.output === null && draw(2) === 0) late.push(operation.input);
    const { id, process, input, callNs, callSequence, output } = operation;
    history.push({
      id,
      process,
      input,
      callNs,
      callSequence,
      returnNs: ns,
      returnSequence: sequence++,
      outcome: lost || output === null ? { status: 'unknown' } : { status: 'ok', output },
    });
    if (lost) processes[slot] = nextProcess++;
  };

  for (let called = 0; called < shape.operations || running.some((each) => each !== null);) {
    if (draw(2) === 0) ns += draw(3) * 500_000;
    if (late.length > 0 && draw(10) === 0) apply(late.splice(draw(late.length), 1)[0] as KvInput);
    const slot = draw(shape.clients);
    const operation = running[slot] as Running | null;
    if (operation === null) {
      if (called >= shape.operations) continue;
      const process = processes[slot] as number;
      running[slot] = {
        id: ++called,
        process,
        input: inputOf(),
        callNs: ns,
        callSequence: sequence++,
        output: null,
      };
    } else if (operation.output === null && draw(3) > 0) {
      operation.output = apply(operation.input);
    } else {
      finish(slot, operation);
    }
  }
  return history.sort((a, b) => a.id - b.id);
}
