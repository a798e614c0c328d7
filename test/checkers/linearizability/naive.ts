import type { KvOperation } from '../../../sim/checkers/history/kv_operation.ts';

/**
 * The definition, word for word: is there an order of the operations, with any of the unknown ones left out, that respects
 * real time and that a map answers as the history says? Tries them all; for histories of a few operations.
 */
export function hasOrder(history: readonly KvOperation[]): boolean {
  const said = history.filter(
    ({ outcome, input }) => outcome.status === 'ok' || (outcome.status === 'unknown' && input.kind !== 'get'),
  );
  return extend(said, new Map());
}

function before(a: KvOperation, b: KvOperation): boolean {
  if (a.outcome.status !== 'ok' || a.returnNs === null || a.returnSequence === null) return false;
  return a.returnNs < b.callNs || (a.returnNs === b.callNs && a.returnSequence < b.callSequence);
}

function extend(left: readonly KvOperation[], store: ReadonlyMap<string, string>): boolean {
  if (left.every(({ outcome }) => outcome.status === 'unknown')) return true;
  return left.some((operation) => {
    if (left.some((other) => other !== operation && before(other, operation))) return false;
    const next = answer(operation, store);
    return (
      next !== null &&
      extend(
        left.filter((other) => other !== operation),
        next,
      )
    );
  });
}

function answer(
  { input, outcome }: KvOperation,
  store: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> | null {
  const output = outcome.status === 'ok' ? outcome.output : null;
  const now = store.get(input.key) ?? null;
  const next = new Map(store);
  if (input.kind === 'get') return output?.kind === 'get' && output.value === now ? next : null;
  if (input.kind === 'put') return next.set(input.key, input.value);
  if (input.kind === 'delete') {
    if (output?.kind === 'delete' && output.deleted !== (now === null ? 0 : 1)) return null;
    next.delete(input.key);
    return next;
  }
  const matches = 'value' in input.expected && input.expected.value === now;
  if (output?.kind === 'compareAndSwap' && output.succeeded !== matches) return null;
  return matches ? next.set(input.key, input.value) : next;
}
