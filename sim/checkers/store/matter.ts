import type { EtcdRequest, EtcdResponse, Pair, TxnOperation } from '../history/etcd_operation.ts';
import { keepsValue } from './keeping_put.ts';
import type { PackedHistory } from './packed.ts';

/** Per key: 1 if somebody compares its value, sorts by it, or shows it without its mod revision. */
export function valuesThatMatter(plan: PackedHistory): Uint8Array {
  const { table } = plan;
  const matter = new Uint8Array(table.size);
  const mark = (key: string, rangeEnd?: string): void => table.visit(key, rangeEnd, (id) => (matter[id] = 1));
  const visit = (input: EtcdRequest | TxnOperation): void => {
    // What a put keeps was written by another, whom its answer does not name.
    if (input.kind === 'put' && keepsValue(input)) mark(input.key);
    if (input.kind === 'range' && input.sortTarget === 'value') mark(input.key, input.rangeEnd);
    if (input.kind !== 'txn') return;
    for (const { target, key, rangeEnd } of input.compares) if (target === 'value') mark(key, rangeEnd);
    input.success.forEach(visit);
    input.failure.forEach(visit);
  };
  const show = (output: EtcdResponse): void => {
    for (const pair of pairsOf(output)) if (pair.modRevision === undefined) mark(pair.key);
    if (output.kind === 'txn') output.results.forEach(show);
  };
  for (const [, { input, outcome }] of plan.keptOperations()) {
    visit(input);
    if (outcome.status === 'ok') show(outcome.output);
  }
  return matter;
}

function pairsOf(output: EtcdResponse): readonly Pair[] {
  if (output.kind === 'range') return output.kvs;
  if (output.kind === 'deleteRange') return output.prevKvs ?? [];
  return output.kind === 'put' && output.prevKv ? [output.prevKv] : [];
}
