import type {
  EtcdOperation,
  EtcdRequest,
  EtcdResponse,
  RangeResponse,
  TxnRequest,
} from '../history/etcd_operation.ts';
import type { Columns } from './columns.ts';
import { Plain, Role } from './roles.ts';

/** An operation of which only columns were kept. */
export function plainOperation(columns: Columns, i: number, key: string): EtcdOperation {
  const revision = columns.revision[i] as number;
  const role = columns.role[i];
  const isUnanswered = role === Role.open || role === Role.none;
  // Not by spreading, which makes every operation an object of a shape of its own: a search would be compiled anew for each.
  const told = (input: EtcdRequest, output: EtcdResponse): EtcdOperation =>
    Object.assign(columns.common(i), {
      input,
      outcome: isUnanswered
        ? ({ status: 'unknown' } as const)
        : { status: 'ok' as const, output: Object.assign(output, { revision }) },
    });
  switch (columns.plain[i]) {
    case Plain.put:
      return told({ kind: 'put', key, value: columns.value[i] as string }, { kind: 'put' });
    case Plain.delete:
      return told({ kind: 'deleteRange', key }, { kind: 'deleteRange', deleted: columns.told[i] as number });
    case Plain.swap:
      return told(...swap(columns, i, key));
    default:
      return told({ kind: 'range', key }, shown(columns, i, key));
  }
}

function shown(columns: Columns, i: number, key: string): RangeResponse {
  const pair = columns.pair(i, key);
  return { kind: 'range', kvs: pair === null ? [] : [pair], count: pair === null ? 0 : 1 };
}

function swap(columns: Columns, i: number, key: string): [TxnRequest, EtcdResponse] {
  const succeeded = columns.role[i] === Role.write;
  const value = columns.role[i] === Role.observe ? columns.unwritten.get(i) : columns.value[i];
  const request: TxnRequest = {
    kind: 'txn',
    compares: [{ target: 'mod', result: 'equal', key, operand: columns.operand[i] as number }],
    success: [{ kind: 'put', key, value: value as string }],
    failure: columns.told[i] === 0 ? [] : [{ kind: 'range', key }],
  };
  const seen = columns.told[i] === 1 ? [shown(columns, i, key)] : [];
  return [request, { kind: 'txn', succeeded, results: succeeded ? [{ kind: 'put' }] : seen }];
}
