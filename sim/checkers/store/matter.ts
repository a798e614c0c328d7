import type { EtcdRequest, TxnOperation } from '../history/etcd_operation.ts';
import type { PackedHistory } from './packed.ts';

/** Per key: 1 if somebody compares its value, or shows it without its mod revision. */
export function valuesThatMatter(plan: PackedHistory): Uint8Array {
  const { table } = plan;
  const matter = new Uint8Array(table.size);
  const mark = (key: string, rangeEnd?: string): void => table.visit(key, rangeEnd, (id) => (matter[id] = 1));
  const visit = (input: EtcdRequest | TxnOperation): void => {
    if (input.kind !== 'txn') return;
    for (const { target, key, rangeEnd } of input.compares) if (target === 'value') mark(key, rangeEnd);
    input.success.forEach(visit);
    input.failure.forEach(visit);
  };
  for (let i = 0; i < plan.count; i++) {
    if (plan.isPlain(i)) continue;
    const { input, outcome } = plan.at(i);
    visit(input);
    const output = outcome.status === 'ok' ? outcome.output : null;
    if (output?.kind === 'range')
      for (const pair of output.kvs) if (pair.modRevision === undefined) mark(pair.key);
    if (output?.kind === 'put' && output.prevKv && output.prevKv.modRevision === undefined)
      mark(output.prevKv.key);
    if (output?.kind === 'txn') {
      for (const result of output.results) {
        if (result.kind === 'range')
          for (const pair of result.kvs) if (pair.modRevision === undefined) mark(pair.key);
      }
    }
  }
  return matter;
}
