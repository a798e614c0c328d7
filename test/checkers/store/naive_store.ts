import { isDeepStrictEqual } from 'node:util';
import type { EtcdOperation, EtcdResponse } from '../../../sim/checkers/history/etcd_operation.ts';
import { TinyEtcd } from './tiny_etcd.ts';

/**
 * The definition, word for word: is there an order of the operations, with any of the unknown ones left out, that respects
 * real time and that the store answers as the history says? Tries them all; for histories of a few operations.
 * `view` is what answers tell.
 */
export function hasStoreOrder(
  history: readonly EtcdOperation[],
  view: (answer: EtcdResponse) => EtcdResponse = (answer) => answer,
): boolean {
  const store = new TinyEtcd();
  store.past = new Map([[1, []]]);
  return extend(
    history.filter(({ outcome }) => outcome.status !== 'fail'),
    store,
    view,
  );
}

function before(a: EtcdOperation, b: EtcdOperation): boolean {
  if (a.outcome.status !== 'ok' || a.returnNs === null || a.returnSequence === null) return false;
  return a.returnNs < b.callNs || (a.returnNs === b.callNs && a.returnSequence < b.callSequence);
}

function extend(
  left: readonly EtcdOperation[],
  store: TinyEtcd,
  view: (answer: EtcdResponse) => EtcdResponse,
): boolean {
  if (left.every(({ outcome }) => outcome.status === 'unknown')) return true;
  return left.some((operation) => {
    if (left.some((other) => other !== operation && before(other, operation))) return false;
    const next = store.clone();
    const { outcome } = operation;
    const told = outcome.status === 'ok' ? outcome.output : undefined;
    const answer = view(next.apply(operation.input, told));
    if (outcome.status === 'ok' && !sameAnswer(outcome.output, answer)) return false;
    return extend(
      left.filter((other) => other !== operation),
      next,
      view,
    );
  });
}

/** A compaction's header says nothing. */
function sameAnswer(told: EtcdResponse, answer: EtcdResponse): boolean {
  return told.kind === answer.kind && (told.kind === 'compact' || isDeepStrictEqual(told, answer));
}
