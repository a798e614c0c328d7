import type { EtcdOperation, EtcdResponse, Pair } from '../../../sim/checkers/history/etcd_operation.ts';
import type { Draw } from '../linearizability/histories.ts';

/** Changes something that somebody said or when: most often a lie, now and then just another truth. */
export function mutate(history: readonly EtcdOperation[], draw: Draw): EtcdOperation[] {
  const out = [...history];
  const at = draw(out.length);
  const operation = out[at] as EtcdOperation;
  if (draw(6) === 0) {
    const shift = (draw(5) - 2) * 500_000;
    const callNs = Math.max(0, operation.callNs + shift);
    const returnNs = operation.returnNs === null ? null : Math.max(callNs, operation.returnNs + shift);
    out[at] = { ...operation, callNs, returnNs };
    return out;
  }
  const { outcome } = operation;
  if (outcome.status !== 'ok') return out;
  if (draw(8) === 0) out[at] = { ...operation, outcome: { status: 'unknown' } };
  else out[at] = { ...operation, outcome: { status: 'ok', output: lie(outcome.output, draw) } };
  return out;
}

function lie(output: EtcdResponse, draw: Draw): EtcdResponse {
  if (output.kind === 'error') return output;
  if (draw(3) === 0 && output.revision !== undefined && output.kind !== 'compact') {
    return { ...output, revision: Math.max(1, output.revision + draw(3) - 1) };
  }
  if (output.kind === 'range') {
    const [first, second, ...rest] = output.kvs;
    if (first !== undefined && second !== undefined && draw(3) === 0)
      return { ...output, kvs: [second, first, ...rest] };
    if (draw(8) === 0) return { ...output, kvs: output.kvs.slice(1) };
    if (draw(8) === 0 && output.count !== undefined) return { ...output, count: output.count + 1 };
    const kvs = output.kvs.map((pair) => (draw(2) === 0 ? pair : lieAbout(pair, draw)));
    return draw(4) === 0 ? { ...output, kvs: [], count: 0 } : { ...output, kvs };
  }
  if (output.kind === 'deleteRange') {
    const { prevKvs } = output;
    if (prevKvs === undefined || draw(3) === 0) return { ...output, deleted: draw(3) };
    return { ...output, prevKvs: prevKvs.map((pair) => lieAbout(pair, draw)) };
  }
  if (output.kind === 'txn') {
    if (draw(2) === 0) return { ...output, succeeded: !output.succeeded };
    return {
      ...output,
      results: output.results.map((result) => (draw(2) === 0 ? result : lie(result, draw))),
    };
  }
  if (output.kind === 'put' && output.prevKv) {
    return { ...output, prevKv: draw(4) === 0 ? null : lieAbout(output.prevKv, draw) };
  }
  return output;
}

function lieAbout(pair: Pair, draw: Draw): Pair {
  switch (draw(4)) {
    case 0:
      return { ...pair, value: `v${draw(3)}` };
    case 1:
      return { ...pair, modRevision: 2 + draw(4) };
    case 2:
      return { ...pair, version: 1 + draw(3) };
    default:
      return { ...pair, createRevision: 2 + draw(3) };
  }
}
