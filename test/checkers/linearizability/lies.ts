import type { KvInput, KvOperation, KvOutput } from '../../../sim/checkers/history/kv_operation.ts';
import type { Draw } from './histories.ts';

/** Plants one lie in a history of unique values, or null if it offers no place for it. */
export type Lie = (history: readonly KvOperation[], draw: Draw) => KvOperation[] | null;

function endsBefore(a: KvOperation, b: KvOperation): boolean {
  if (a.outcome.status !== 'ok' || a.returnNs === null || a.returnSequence === null) return false;
  return a.returnNs < b.callNs || (a.returnNs === b.callNs && a.returnSequence < b.callSequence);
}

const isGet = ({ input, outcome }: KvOperation): boolean => input.kind === 'get' && outcome.status === 'ok';
const isPut = ({ input, outcome }: KvOperation): boolean => input.kind === 'put' && outcome.status === 'ok';

function readingInstead(
  history: readonly KvOperation[],
  read: KvOperation,
  value: string | null,
): KvOperation[] {
  const outcome = { status: 'ok', output: { kind: 'get', value } } as const;
  return history.map((operation) => (operation === read ? { ...operation, outcome } : operation));
}

function pick<Item>(items: readonly Item[], draw: Draw): Item | null {
  return items.length === 0 ? null : (items[draw(items.length)] as Item);
}

/** A read sees a value that was overwritten before it began. */
const staleRead: Lie = (history, draw) => {
  const read = pick(history.filter(isGet), draw);
  if (read === null) return null;
  const puts = history.filter((operation) => isPut(operation) && operation.input.key === read.input.key);
  const old = puts.filter((put) => puts.some((next) => endsBefore(put, next) && endsBefore(next, read)));
  const put = pick(old, draw);
  return put?.input.kind === 'put' ? readingInstead(history, read, put.input.value) : null;
};

/** A read sees a value that nobody wrote. */
const phantom: Lie = (history, draw) => {
  const read = pick(history.filter(isGet), draw);
  return read === null ? null : readingInstead(history, read, 'phantom');
};

/** A read sees a value whose put begins after the read has returned. */
const timeTravel: Lie = (history, draw) => {
  const pairs = history
    .filter(isGet)
    .flatMap((read) =>
      history
        .filter((put) => isPut(put) && put.input.key === read.input.key && endsBefore(read, put))
        .map((put) => [read, put] as const),
    );
  const pair = pick(pairs, draw);
  return pair?.[1].input.kind === 'put' ? readingInstead(history, pair[0], pair[1].input.value) : null;
};

/** Adds operations one after the other behind the history, by a client of their own. */
function afterwards(
  history: readonly KvOperation[],
  steps: readonly (readonly [KvInput, KvOutput])[],
): KvOperation[] {
  let ns = Math.max(...history.map(({ callNs, returnNs }) => Math.max(callNs, returnNs ?? 0))) + 1;
  let sequence = 10 * history.length + 10;
  const added = steps.map(([input, output], i): KvOperation => ({
    id: history.length + i + 1,
    process: 100_000,
    input,
    callNs: ns++,
    callSequence: sequence++,
    returnNs: ns++,
    returnSequence: sequence++,
    outcome: { status: 'ok', output },
  }));
  return [...history, ...added];
}

const put = (key: string, value: string): readonly [KvInput, KvOutput] => [
  { kind: 'put', key, value },
  { kind: 'put' },
];

/** An acknowledged write is gone: the value before it is back. */
const lostWrite: Lie = (history, draw) => {
  const key = pick(history, draw)?.input.key ?? 'x';
  const read = [
    { kind: 'get', key },
    { kind: 'get', value: 'kept' },
  ] as const;
  return afterwards(history, [put(key, 'kept'), put(key, 'lost'), read]);
};

/** A compare-and-swap succeeds against a value that was overwritten. */
const swappedCompare: Lie = (history, draw) => {
  const key = pick(history, draw)?.input.key ?? 'x';
  const swap = [
    { kind: 'compareAndSwap', key, expected: { value: 'old' }, value: 'swapped' },
    { kind: 'compareAndSwap', succeeded: true },
  ] as const;
  return afterwards(history, [put(key, 'old'), put(key, 'new'), swap]);
};

export const lies: Readonly<Record<string, Lie>> = {
  staleRead,
  lostWrite,
  phantom,
  timeTravel,
  swappedCompare,
};
