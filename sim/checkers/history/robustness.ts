import type { WatchEvent, WatchRecord, WatchResponse } from './etcd_history.ts';
import type {
  EtcdError,
  EtcdOperation,
  EtcdRequest,
  EtcdResponse,
  Pair,
  TxnOperation,
} from './etcd_operation.ts';
import { type Fields, parseLine } from './fields.ts';
import { prefixEnd } from './key_order.ts';

/**
 * The reports of etcd's robustness suite (tests/robustness/report and model in etcd's repository): a folder `client-N` per
 * client with `operations.json` and `watch.json`, one JSON value of Go's encoder per line. Values of 20 bytes and more are
 * only there as hashes, on both sides, and are compared as such.
 */
export function parseRobustnessOperations(text: string): EtcdOperation[] {
  const operations: EtcdOperation[] = [];
  for (const fields of values(text)) {
    const operation = readOperation(fields, operations.length + 1);
    if (operation !== null) operations.push(operation);
  }
  return operations;
}

/** `watch.json` of one client. */
export function parseRobustnessWatches(text: string, client: string): WatchRecord[] {
  return values(text).map((fields, at) => readWatch(fields, at + 1, client));
}

/** Joins what several clients recorded: operations in the order of their calls, ids counted through. */
export function joinClients(clients: readonly (readonly EtcdOperation[])[]): EtcdOperation[] {
  const all = clients.flat();
  all.sort((a, b) => a.callNs - b.callNs || a.process - b.process || a.id - b.id);
  return all.map((operation, at) => ({ ...operation, id: at + 1 }));
}

function values(text: string): Fields[] {
  const found: Fields[] = [];
  text.split('\n').forEach((content, index) => {
    if (content.trim() === '') return;
    // Lease ids are 64 bit: as numbers they would be rounded, and different ones be taken for each other.
    found.push(parseLine(index + 1, content.replace(/("LeaseID":)(-?\d+)/g, '$1"$2"')));
  });
  return found;
}

function readOperation(fields: Fields, id: number): EtcdOperation | null {
  const input = readRequest(fields.child('Input'));
  if (input === null) return null;
  const callNs = fields.integer('Call');
  const output = fields.child('Output');
  const response = readResponse(input, output);
  const returnNs = fields.has('Return') ? fields.integer('Return') : 0;
  const process = fields.integer(fields.has('ClientId') ? 'ClientId' : 'ClientID');
  // Ties count as concurrent: the suite's times have no sequence.
  const common = { id, process, client: `client ${process}`, input, callNs, callSequence: 0 };
  if (response !== null)
    return { ...common, returnNs, returnSequence: 1, outcome: { status: 'ok', output: response } };
  return { ...common, returnNs: null, returnSequence: null, outcome: { status: 'unknown' } };
}

function readRequest(fields: Fields): EtcdRequest | null {
  const type = fields.oneOf('Type', ['range', 'txn', 'leaseGrant', 'leaseRevoke', 'defragment', 'compact']);
  switch (type) {
    case 'defragment':
      return null;
    case 'range': {
      const range = fields.child('Range');
      return {
        ...readRange(range),
        ...(range.has('Revision') ? { revision: range.integer('Revision') } : {}),
      };
    }
    case 'leaseGrant':
      return { kind: 'leaseGrant', lease: fields.child('LeaseGrant').text('LeaseID') };
    case 'leaseRevoke':
      return { kind: 'leaseRevoke', lease: fields.child('LeaseRevoke').text('LeaseID') };
    case 'compact':
      return { kind: 'compact', revision: fields.child('Compact').integer('Revision') };
    case 'txn':
      return readTxn(fields.child('Txn'));
  }
}

function readRange(fields: Fields): EtcdRequest & { kind: 'range' } {
  const end = fields.has('End') ? fields.text('End') : '';
  const limit = fields.has('Limit') ? fields.integer('Limit') : 0;
  return {
    kind: 'range',
    key: fields.text('Start'),
    ...(end === '' ? {} : { rangeEnd: end }),
    ...(limit > 0 ? { limit } : {}),
  };
}

/** Puts and deletes are recorded as txns without conditions. */
function readTxn(fields: Fields): EtcdRequest {
  const list = (name: string): Fields[] => (fields.has(name) ? fields.children(name) : []);
  const compares = list('Conditions').map((condition) => {
    const version = condition.has('ExpectedVersion') ? condition.integer('ExpectedVersion') : 0;
    const key = condition.text('Key');
    if (version > 0) return { target: 'version', result: 'equal', key, operand: version } as const;
    const operand = condition.has('ExpectedRevision') ? condition.integer('ExpectedRevision') : 0;
    return { target: 'mod', result: 'equal', key, operand } as const;
  });
  const success = list('OperationsOnSuccess').map(readTxnOperation);
  const failure = list('OperationsOnFailure').map(readTxnOperation);
  const [only] = success;
  const plain = compares.length === 0 && failure.length === 0 && success.length === 1;
  if (plain && (only?.kind === 'put' || only?.kind === 'deleteRange')) return only;
  return { kind: 'txn', compares, success, failure };
}

function readTxnOperation(fields: Fields): TxnOperation {
  const type = fields.oneOf('Type', ['range-operation', 'put-operation', 'delete-operation']);
  if (type === 'range-operation') return readRange(fields.child('Range'));
  if (type === 'delete-operation') return { kind: 'deleteRange', key: fields.child('Delete').text('Key') };
  const put = fields.child('Put');
  const lease = put.has('LeaseID') ? put.text('LeaseID') : '0';
  return {
    kind: 'put',
    key: put.text('Key'),
    value: readValue(put.child('Value')),
    ...(lease === '0' ? {} : { lease }),
  };
}

function readValue(fields: Fields): string {
  const hash = fields.has('Hash') ? fields.integer('Hash') : 0;
  if (hash !== 0) return `#${hash}`;
  return fields.has('Value') ? fields.text('Value') : '';
}

/** Null if nobody knows the answer. */
function readResponse(input: EtcdRequest, output: Fields): EtcdResponse | null {
  const given = (name: string): string => (output.has(name) ? output.text(name) : '');
  if (given('Error') !== '') return null;
  if (['Persisted', 'PartialResponse'].some((name) => output.has(name) && output.flag(name))) return null;
  const clientError = given('ClientError');
  if (clientError !== '') {
    const error = errorOf(clientError);
    return error === null ? null : { kind: 'error', error };
  }
  const header = output.has('Revision') ? output.integer('Revision') : 0;
  const revision = header > 0 ? { revision: header } : {};
  switch (input.kind) {
    case 'range':
      return { ...readRangeResponse(output.child('Range')), ...revision };
    case 'txn': {
      const txn = output.child('Txn');
      const succeeded = !(txn.has('Failure') && txn.flag('Failure'));
      const results = txn.has('Results') ? txn.children('Results') : [];
      const operations = succeeded ? input.success : input.failure;
      return {
        kind: 'txn',
        ...revision,
        succeeded,
        results: operations.flatMap((each, at) => readResult(each, results[at])),
      };
    }
    case 'put':
      return { kind: 'put', ...revision };
    case 'deleteRange': {
      const [result] = output.child('Txn').children('Results');
      return {
        kind: 'deleteRange',
        ...revision,
        deleted: result?.has('Deleted') === true ? result.integer('Deleted') : 0,
      };
    }
    case 'leaseGrant':
    case 'leaseRevoke':
    case 'compact':
      return { kind: input.kind, ...revision };
    default:
      return null;
  }
}

function readResult(operation: TxnOperation, result: Fields | undefined): EtcdResponse[] {
  if (result === undefined) return [];
  if (operation.kind === 'range') return [readRangeResponse(result)];
  if (operation.kind === 'put') return [{ kind: 'put' }];
  return [{ kind: 'deleteRange', deleted: result.has('Deleted') ? result.integer('Deleted') : 0 }];
}

function readRangeResponse(fields: Fields): EtcdResponse & { kind: 'range' } {
  const kvs = (fields.has('KVs') ? fields.children('KVs') : []).map((kv) => readPair(kv, kv.text('Key')));
  return { kind: 'range', kvs, ...(fields.has('Count') ? { count: fields.integer('Count') } : {}) };
}

function readPair(fields: Fields, key: string): Pair {
  const version = fields.has('Version') ? fields.integer('Version') : 0;
  return {
    key,
    value: fields.has('Value') ? readValue(fields.child('Value')) : '',
    ...(fields.has('ModRevision') ? { modRevision: fields.integer('ModRevision') } : {}),
    // Older reports carry no versions.
    ...(version > 0 ? { version } : {}),
  };
}

function errorOf(text: string): EtcdError | null {
  if (/compacted/.test(text)) return 'compacted';
  if (/future rev/.test(text)) return 'futureRevision';
  return /lease not found/.test(text) ? 'leaseNotFound' : null;
}

function readWatch(fields: Fields, id: number, client: string): WatchRecord {
  const request = fields.child('Request');
  const flag = (name: string): boolean => request.has(name) && request.flag(name);
  const key = request.text('Key');
  const withPrevKv = flag('WithPrevKV');
  const responses = (fields.has('Responses') ? fields.children('Responses') : []).map((each, at) =>
    readWatchResponse(each, at, withPrevKv),
  );
  return {
    id,
    client,
    request: {
      key,
      ...(flag('WithPrefix') ? { rangeEnd: prefixEnd(key) } : {}),
      ...(request.has('Revision') ? { startRevision: request.integer('Revision') } : {}),
      prevKv: withPrevKv,
      progressNotify: flag('WithProgressNotify'),
    },
    callNs: 0,
    callSequence: 0,
    responses,
  };
}

function readWatchResponse(fields: Fields, at: number, withPrevKv: boolean): WatchResponse {
  const progress = fields.has('IsProgressNotify') && fields.flag('IsProgressNotify');
  const failed = fields.has('Error') && fields.text('Error') !== '';
  return {
    kind: failed ? 'canceled' : progress ? 'progress' : 'events',
    revision: fields.has('Revision') ? fields.integer('Revision') : 0,
    ns: fields.has('Time') ? fields.integer('Time') : 0,
    sequence: at,
    events: (fields.has('Events') ? fields.children('Events') : []).map((each) =>
      readEvent(each, withPrevKv),
    ),
  };
}

function readEvent(fields: Fields, withPrevKv: boolean): WatchEvent {
  const isPut = fields.oneOf('Type', ['put-operation', 'delete-operation']) === 'put-operation';
  const key = fields.text('Key');
  const before = fields.has('PrevValue') ? readPair(fields.child('PrevValue'), key) : null;
  return {
    type: isPut ? 'put' : 'delete',
    key,
    value: isPut && fields.has('Value') ? readValue(fields.child('Value')) : '',
    modRevision: fields.integer('Revision'),
    ...(isPut && fields.has('IsCreate') ? { isCreate: fields.flag('IsCreate') } : {}),
    ...(before !== null ? { prevKv: before } : withPrevKv ? { prevKv: null } : {}),
  };
}
