import { toText } from '../../core/base/bytes.ts';
import type { Outcome } from '../../core/client/index.ts';
import type * as api from '../../core/server/api/index.ts';
import { errors } from '../../core/server/api/index.ts';
import type { WatchEvent, WatchRequest, WatchResponse } from '../checkers/history/etcd_history.ts';
import type {
  EtcdError,
  EtcdRequest,
  EtcdResponse,
  Pair,
  RangeResponse,
} from '../checkers/history/etcd_operation.ts';
import type { Outcome as HistoryOutcome } from '../checkers/history/operation.ts';

/** Refusals that say something about the store. */
const storeErrors: ReadonlyMap<string, EtcdError> = new Map([
  [errors.compacted.message, 'compacted'],
  [errors.futureRevision.message, 'futureRevision'],
  [errors.leaseNotFound.message, 'leaseNotFound'],
  [errors.leaseExists.message, 'leaseExists'],
]);

/** What a client heard, in the checkers' terms. */
export function tellOutcome(
  request: EtcdRequest,
  asked: api.ClientRequest,
  outcome: Outcome,
): HistoryOutcome<EtcdResponse> {
  if (outcome.status === 'unknown') return { status: 'unknown' };
  if (outcome.status === 'ok') {
    const { response } = outcome;
    return { status: 'ok', output: withHeader(tellResponse(asked, response), response) };
  }
  const error = outcome.error === null ? undefined : storeErrors.get(outcome.message);
  // A member that lags may not know yet what others have written long ago: of the store this says nothing.
  const isLocal = error === 'futureRevision' && isSerializable(request);
  return error === undefined || isLocal
    ? { status: 'fail' }
    : { status: 'ok', output: { kind: 'error', error } };
}

function isSerializable(request: EtcdRequest): boolean {
  if (request.kind === 'range') return request.serializable === true;
  return request.kind === 'txn' && [...request.success, ...request.failure].every(isSerializable);
}

/** Not by spreading, which makes every answer an object of a shape of its own: checkers, which read all of them, pay for that. */
function withHeader(told: EtcdResponse, response: api.SuccessResponse): EtcdResponse {
  return Object.assign(told, { revision: revisionOf(response), term: termOf(response) });
}

/** An answer, in most cases without what its header says. */
function tellResponse(asked: api.ClientRequest, response: api.SuccessResponse): EtcdResponse {
  switch (response.kind) {
    case 'range':
    case 'put':
    case 'delete_range':
    case 'txn':
      return tellResult(asked as api.RequestOp, response);
    case 'lease_grant': {
      const { ID, TTL } = response.lease_grant;
      return { kind: 'leaseGrant', revision: revisionOf(response), lease: String(ID), ttl: TTL };
    }
    case 'lease_keep_alive': {
      const { TTL } = response.lease_keep_alive;
      return { kind: 'leaseKeepAlive', revision: revisionOf(response), ttl: TTL };
    }
    case 'lease_revoke':
      return { kind: 'leaseRevoke' };
    default:
      return { kind: 'compact' };
  }
}

/** The revision in an answer's header. */
export function revisionOf(response: api.SuccessResponse): number {
  return headerOf(response)?.revision ?? 0;
}

function termOf(response: api.SuccessResponse): number {
  return headerOf(response)?.raft_term ?? 0;
}

function headerOf(response: api.SuccessResponse): api.ResponseHeader | undefined {
  // The kind names the one other property, which TypeScript can't follow through a union.
  const bodies = response as unknown as Readonly<Record<string, { readonly header?: api.ResponseHeader }>>;
  return bodies[response.kind]?.header;
}

/** An answer without its header's revision, as it stands in a txn's. */
function tellResult(asked: api.RequestOp, response: api.ResponseOp): EtcdResponse {
  switch (response.kind) {
    case 'range':
      return tellRange(response.range);
    case 'put': {
      const { prev_kv } = response.put;
      const tellsPrevious = asked.kind === 'put' && asked.put.prev_kv === true;
      if (!tellsPrevious) return { kind: 'put' };
      return { kind: 'put', prevKv: prev_kv === undefined ? null : tellPair(prev_kv) };
    }
    case 'delete_range': {
      const { deleted, prev_kvs } = response.delete_range;
      const tellsPrevious = asked.kind === 'delete_range' && asked.delete_range.prev_kv === true;
      if (!tellsPrevious) return { kind: 'deleteRange', deleted };
      return { kind: 'deleteRange', deleted, prevKvs: prev_kvs.map(tellPair) };
    }
    case 'txn': {
      const { succeeded, responses } = response.txn;
      const branch = asked.kind !== 'txn' ? [] : succeeded ? asked.txn.success : asked.txn.failure;
      const results = branch.map((operation, i) => tellResult(operation, responses[i] as api.ResponseOp));
      return { kind: 'txn', succeeded, results };
    }
  }
}

function tellRange({ kvs, count }: api.RangeResponse): RangeResponse {
  return { kind: 'range', kvs: kvs.map(tellPair), count };
}

function tellPair(kv: api.KeyValue): Pair {
  return {
    key: toText(kv.key),
    value: toText(kv.value),
    modRevision: kv.mod_revision,
    createRevision: kv.create_revision,
    version: kv.version,
    lease: String(kv.lease),
  };
}

// --- watches

export function tellWatch(options: Omit<api.WatchCreateRequest, 'watch_id'>): WatchRequest {
  const { key, range_end, start_revision = 0, filters, prev_kv, progress_notify } = options;
  return {
    key: key.length === 0 ? '\0' : toText(key),
    ...(range_end === undefined || range_end.length === 0 ? {} : { rangeEnd: toText(range_end) }),
    ...(start_revision > 0 ? { startRevision: start_revision } : {}),
    ...(filters?.includes('NOPUT') === true ? { noPut: true } : {}),
    ...(filters?.includes('NODELETE') === true ? { noDelete: true } : {}),
    ...(prev_kv === true ? { prevKv: true } : {}),
    ...(progress_notify === true ? { progressNotify: true } : {}),
  };
}

/** What a watcher heard. `prevKv`: it had asked for the pairs before the changes. */
export function tellWatchResponse(
  response: api.WatchResponse,
  prevKv: boolean,
  ns: number,
  sequence: number,
): WatchResponse {
  const { header, canceled, created, compact_revision: compactRevision } = response;
  const when = { revision: header.revision, ns, sequence };
  if (canceled) return { kind: 'canceled', ...when, ...(compactRevision > 0 ? { compactRevision } : {}) };
  if (created) return { kind: 'created', ...when };
  if (response.events.length === 0) return { kind: 'progress', ...when };
  return { kind: 'events', ...when, events: response.events.map((event) => tellEvent(event, prevKv)) };
}

function tellEvent({ type, kv, prev_kv }: api.Event, prevKv: boolean): WatchEvent {
  const before = prevKv ? { prevKv: prev_kv === undefined ? null : tellPair(prev_kv) } : {};
  const key = toText(kv.key);
  if (type === 'DELETE') return { type: 'delete', key, value: '', modRevision: kv.mod_revision, ...before };
  const { value, modRevision, createRevision, version, lease } = tellPair(kv);
  return {
    type: 'put',
    key,
    value,
    ...(modRevision === undefined ? { modRevision: 0 } : { modRevision }),
    ...(createRevision === undefined ? {} : { createRevision }),
    ...(version === undefined ? {} : { version }),
    ...(lease === undefined ? {} : { lease }),
    ...before,
  };
}
