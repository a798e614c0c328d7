import { type ByteString, toText } from '../../core/base/bytes.ts';
import type * as api from '../../core/server/api/index.ts';
import { noLease } from '../../core/server/api/index.ts';
import type {
  Compare,
  CompareResult,
  CompareTarget,
  EtcdRequest,
  PutRequest,
  RangeRequest,
  SortTarget,
  TxnOperation,
  TxnRequest,
} from '../checkers/history/etcd_operation.ts';
import type { KeepingPut } from '../checkers/store/keeping_put.ts';

/** A request in the checkers' terms. `silent`: it changes no key and no lease, and says nothing that they judge. */
export type Told = EtcdRequest | 'silent';

export function tellRequest(request: api.ClientRequest): Told {
  switch (request.kind) {
    case 'range':
    case 'put':
    case 'delete_range':
    case 'txn':
      return tellOperation(request);
    case 'compact':
      return { kind: 'compact', revision: request.compact.revision };
    case 'lease_grant': {
      const { ID = noLease, TTL } = request.lease_grant;
      return { kind: 'leaseGrant', lease: String(ID), ttl: TTL };
    }
    case 'lease_revoke':
      return { kind: 'leaseRevoke', lease: String(request.lease_revoke.ID) };
    case 'lease_keep_alive':
      return { kind: 'leaseKeepAlive', lease: String(request.lease_keep_alive.ID) };
    default:
      return 'silent';
  }
}

function tellOperation(operation: api.RequestOp): TxnOperation {
  if (operation.kind === 'range') return tellRange(operation.range);
  if (operation.kind === 'txn') return tellTxn(operation.txn);
  if (operation.kind === 'delete_range') {
    const { key, range_end, prev_kv } = operation.delete_range;
    return { kind: 'deleteRange', key: toText(key), ...rangeEnd(range_end), ...prevKv(prev_kv) };
  }
  return tellPut(operation.put);
}

function tellPut({
  key,
  value,
  lease = noLease,
  prev_kv,
  ignore_lease,
  ignore_value,
}: api.PutRequest): PutRequest {
  const told: PutRequest = {
    kind: 'put',
    key: toText(key),
    value: value === undefined ? '' : toText(value),
    ...prevKv(prev_kv),
  };
  if (ignore_lease !== true && ignore_value !== true)
    return lease === noLease ? told : { ...told, lease: String(lease) };
  const keeping: KeepingPut = {
    ...told,
    lease: String(lease),
    ...(ignore_value === true ? { ignoreValue: true } : {}),
    ...(ignore_lease === true ? { ignoreLease: true } : {}),
  };
  return keeping;
}

function rangeEnd(end: ByteString | undefined): { readonly rangeEnd?: string } {
  return end === undefined || end.length === 0 ? {} : { rangeEnd: toText(end) };
}

function prevKv(asked: boolean | undefined): { readonly prevKv?: boolean } {
  return asked === true ? { prevKv: true } : {};
}

function tellRange(range: api.RangeRequest): RangeRequest {
  const { limit = 0, revision = 0, sort_order = 'NONE', sort_target = 'KEY' } = range;
  return {
    kind: 'range',
    key: toText(range.key),
    ...rangeEnd(range.range_end),
    ...(limit > 0 ? { limit } : {}),
    ...(revision > 0 ? { revision } : {}),
    ...(range.serializable === true ? { serializable: true } : {}),
    ...(range.count_only === true ? { countOnly: true } : {}),
    ...(range.keys_only === true ? { keysOnly: true } : {}),
    // Key order, ascending, is what comes anyway.
    ...(sort_order === 'DESCEND' ? { sortOrder: 'descend' } : {}),
    ...(sort_order === 'ASCEND' && sort_target !== 'KEY' ? { sortOrder: 'ascend' } : {}),
    ...(sort_target === 'KEY' ? {} : { sortTarget: sortTargets[sort_target] }),
    ...tellBounds(range),
  };
}

const sortTargets: Readonly<Record<api.SortTarget, SortTarget>> = {
  KEY: 'key',
  VERSION: 'version',
  CREATE: 'create',
  MOD: 'mod',
  VALUE: 'value',
};

function tellBounds(range: api.RangeRequest): Partial<RangeRequest> {
  const { min_mod_revision = 0, max_mod_revision = 0 } = range;
  const { min_create_revision = 0, max_create_revision = 0 } = range;
  return {
    ...(min_mod_revision === 0 ? {} : { minModRevision: min_mod_revision }),
    ...(max_mod_revision === 0 ? {} : { maxModRevision: max_mod_revision }),
    ...(min_create_revision === 0 ? {} : { minCreateRevision: min_create_revision }),
    ...(max_create_revision === 0 ? {} : { maxCreateRevision: max_create_revision }),
  };
}

function tellTxn({ compare, success, failure }: api.TxnRequest): TxnRequest {
  return {
    kind: 'txn',
    compares: compare.map(tellCompare),
    success: success.map(tellOperation),
    failure: failure.map(tellOperation),
  };
}

const targets: Readonly<Record<api.CompareTarget, CompareTarget>> = {
  VALUE: 'value',
  VERSION: 'version',
  CREATE: 'create',
  MOD: 'mod',
  LEASE: 'lease',
};

const results: Readonly<Record<api.CompareResult, CompareResult>> = {
  EQUAL: 'equal',
  NOT_EQUAL: 'notEqual',
  GREATER: 'greater',
  LESS: 'less',
};

function tellCompare(compare: api.Compare): Compare {
  return {
    target: targets[compare.target],
    result: results[compare.result],
    key: toText(compare.key),
    ...rangeEnd(compare.range_end),
    operand: operandOf(compare),
  };
}

function operandOf(compare: api.Compare): string | number {
  switch (compare.target) {
    case 'VALUE':
      return toText(compare.value);
    case 'LEASE':
      return String(compare.lease);
    case 'VERSION':
      return compare.version;
    case 'CREATE':
      return compare.create_revision;
    case 'MOD':
      return compare.mod_revision;
  }
}
