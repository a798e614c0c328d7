import type { Compare, EtcdRequest, EtcdResponse, Pair, TxnOperation } from './etcd_operation.ts';
import { etcdErrors, sortOrders, sortTargets } from './etcd_operation.ts';
import type { Fields } from './fields.ts';

const requestKinds = [
  'put',
  'range',
  'deleteRange',
  'txn',
  'leaseGrant',
  'leaseRevoke',
  'leaseKeepAlive',
  'compact',
] as const;

const revisionBounds = [
  'minModRevision',
  'maxModRevision',
  'minCreateRevision',
  'maxCreateRevision',
] as const;

/** Of a put: it leaves the value, or the lease, of its key alone. */
const keeps = ['ignoreValue', 'ignoreLease'] as const;

export function readRequest(fields: Fields): EtcdRequest {
  const kind = fields.oneOf('kind', requestKinds);
  switch (kind) {
    case 'leaseGrant':
      fields.refuseOthers(['kind', 'lease', 'ttl']);
      return { kind, lease: fields.text('lease'), ...fields.maybeInteger('ttl') };
    case 'leaseRevoke':
    case 'leaseKeepAlive':
      fields.refuseOthers(['kind', 'lease']);
      return { kind, lease: fields.text('lease') };
    case 'compact':
      fields.refuseOthers(['kind', 'revision']);
      return { kind, revision: fields.integer('revision') };
    default:
      return readTxnOperation(fields);
  }
}

function readTxnOperation(fields: Fields): TxnOperation {
  const kind = fields.oneOf('kind', ['put', 'range', 'deleteRange', 'txn']);
  if (kind === 'txn') {
    fields.refuseOthers(['kind', 'compares', 'success', 'failure']);
    return {
      kind,
      compares: fields.children('compares').map(readCompare),
      success: fields.children('success').map(readTxnOperation),
      failure: fields.children('failure').map(readTxnOperation),
    };
  }
  const key = fields.text('key');
  if (kind === 'put') {
    fields.refuseOthers(['kind', 'key', 'value', 'lease', 'prevKv', ...keeps]);
    const keeping = keeps.some((name) => fields.has(name) && fields.flag(name));
    return {
      kind,
      key,
      value: fields.text('value'),
      // A put that keeps something always says whether it has a lease.
      ...(keeping ? { lease: '0' } : {}),
      ...fields.maybeText('lease'),
      ...fields.maybeFlag('prevKv'),
      ...fields.maybeFlag('ignoreValue'),
      ...fields.maybeFlag('ignoreLease'),
    };
  }
  if (kind === 'deleteRange') {
    fields.refuseOthers(['kind', 'key', 'rangeEnd', 'prevKv']);
    return { kind, key, ...fields.maybeText('rangeEnd'), ...fields.maybeFlag('prevKv') };
  }
  fields.refuseOthers([
    'kind',
    'key',
    'rangeEnd',
    'limit',
    'revision',
    'serializable',
    'countOnly',
    'keysOnly',
    'sortOrder',
    'sortTarget',
    ...revisionBounds,
  ]);
  return {
    kind,
    key,
    ...fields.maybeText('rangeEnd'),
    ...fields.maybeInteger('limit'),
    ...fields.maybeInteger('revision'),
    ...fields.maybeFlag('serializable'),
    ...fields.maybeFlag('countOnly'),
    ...fields.maybeFlag('keysOnly'),
    ...(fields.has('sortOrder') ? { sortOrder: fields.oneOf('sortOrder', sortOrders) } : {}),
    ...(fields.has('sortTarget') ? { sortTarget: fields.oneOf('sortTarget', sortTargets) } : {}),
    ...fields.maybeInteger('minModRevision'),
    ...fields.maybeInteger('maxModRevision'),
    ...fields.maybeInteger('minCreateRevision'),
    ...fields.maybeInteger('maxCreateRevision'),
  };
}

function readCompare(fields: Fields): Compare {
  fields.refuseOthers(['target', 'result', 'key', 'rangeEnd', 'operand']);
  const target = fields.oneOf('target', ['value', 'version', 'create', 'mod', 'lease']);
  return {
    target,
    result: fields.oneOf('result', ['equal', 'notEqual', 'greater', 'less']),
    key: fields.text('key'),
    ...fields.maybeText('rangeEnd'),
    operand: target === 'value' || target === 'lease' ? fields.text('operand') : fields.integer('operand'),
  };
}

export function readPair(fields: Fields): Pair {
  fields.refuseOthers(['key', 'value', 'modRevision', 'createRevision', 'version', 'lease']);
  return {
    key: fields.text('key'),
    value: fields.text('value'),
    ...fields.maybeInteger('modRevision'),
    ...fields.maybeInteger('createRevision'),
    ...fields.maybeInteger('version'),
    ...fields.maybeText('lease'),
  };
}

/** A pair, or null for none, or left out. */
export function readPrevKv(fields: Fields): { readonly prevKv?: Pair | null } {
  if (fields.isNull('prevKv')) return { prevKv: null };
  return fields.has('prevKv') ? { prevKv: readPair(fields.child('prevKv')) } : {};
}

/** What every answer may tell. */
const header = ['kind', 'revision', 'term'];

export function readResponse(fields: Fields): EtcdResponse {
  const kind = fields.oneOf('kind', [...requestKinds, 'error']);
  const told = { ...fields.maybeInteger('revision'), ...fields.maybeInteger('term') };
  switch (kind) {
    case 'put':
      fields.refuseOthers([...header, 'prevKv']);
      return { kind, ...told, ...readPrevKv(fields) };
    case 'range':
      fields.refuseOthers([...header, 'kvs', 'count']);
      return {
        kind,
        ...told,
        kvs: fields.children('kvs').map(readPair),
        ...fields.maybeInteger('count'),
      };
    case 'deleteRange': {
      fields.refuseOthers([...header, 'deleted', 'prevKvs']);
      const prevKvs = fields.has('prevKvs') ? { prevKvs: fields.children('prevKvs').map(readPair) } : {};
      return { kind, ...told, deleted: fields.integer('deleted'), ...prevKvs };
    }
    case 'txn':
      fields.refuseOthers([...header, 'succeeded', 'results']);
      return {
        kind,
        ...told,
        succeeded: fields.flag('succeeded'),
        results: fields.children('results').map(readResponse),
      };
    case 'leaseGrant':
      fields.refuseOthers([...header, 'lease', 'ttl']);
      return { kind, ...told, ...fields.maybeText('lease'), ...fields.maybeInteger('ttl') };
    case 'leaseKeepAlive':
      fields.refuseOthers([...header, 'ttl']);
      return { kind, ...told, ttl: fields.integer('ttl') };
    case 'error':
      fields.refuseOthers([...header, 'error']);
      return { kind, ...told, error: fields.oneOf('error', etcdErrors) };
    default:
      fields.refuseOthers(header);
      return { kind, ...told };
  }
}
