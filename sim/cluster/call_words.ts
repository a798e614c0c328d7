import { toText } from '../../core/base/bytes.ts';
import type { Outcome } from '../../core/client/index.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import type { WatchEvent, WatchResponse } from '../checkers/history/etcd_history.ts';
import type { EtcdRequest } from '../checkers/history/etcd_operation.ts';
import { tellRequest } from './told_requests.ts';

/** A request of etcd's API as the trace shows it: JSON with `words` for people, and for readers what was asked. */
export function callWords(request: ClientRequest): string {
  const told = tellRequest(request);
  if (typeof told === 'string') return JSON.stringify({ words: request.kind.replaceAll('_', ' ') });
  return JSON.stringify({ words: wordsOf(told), ...told });
}

function wordsOf(request: EtcdRequest): string {
  switch (request.kind) {
    case 'put': {
      const lease = request.lease === undefined ? '' : ` with lease ${request.lease}`;
      return `put ${request.key} = ${request.value}${lease}`;
    }
    case 'range': {
      const at = request.revision === undefined ? '' : ` at revision ${request.revision}`;
      const how = request.serializable === true ? ', serializable' : '';
      return `range ${keysOf(request)}${at}${how}`;
    }
    case 'deleteRange':
      return `delete ${keysOf(request)}`;
    case 'txn': {
      const operations = request.success.map(wordsOf).join(', ');
      const condition = request.compares.length === 0 ? '' : `if ${request.compares.length} hold: `;
      const otherwise =
        request.failure.length === 0 ? '' : `; else ${request.failure.map(wordsOf).join(', ')}`;
      return `txn ${condition}${operations}${otherwise}`;
    }
    case 'leaseGrant':
      return `grant a lease of ${request.ttl ?? 0} s`;
    case 'leaseRevoke':
      return `revoke lease ${request.lease}`;
    case 'leaseKeepAlive':
      return `renew lease ${request.lease}`;
    case 'compact':
      return `compact to revision ${request.revision}`;
  }
}

function keysOf({ key, rangeEnd }: { readonly key: string; readonly rangeEnd?: string }): string {
  if (rangeEnd === undefined) return key;
  return rangeEnd === '\0' ? `${key === '\0' ? '' : key}..` : `${key}..${rangeEnd}`;
}

/** What came back of a request that was answered, in short. */
export function returnText(outcome: Outcome): string {
  if (outcome.status !== 'ok') return outcome.message;
  const { response } = outcome;
  switch (response.kind) {
    case 'range':
      return JSON.stringify({ count: response.range.count });
    case 'delete_range':
      return JSON.stringify({ deleted: response.delete_range.deleted });
    case 'txn':
      return JSON.stringify({ succeeded: response.txn.succeeded });
    case 'lease_grant': {
      const { ID, TTL } = response.lease_grant;
      return JSON.stringify({ lease: String(ID), ttl: TTL });
    }
    case 'lease_keep_alive':
      return JSON.stringify({ ttl: response.lease_keep_alive.TTL });
    default:
      return '{}';
  }
}

/** Of more pairs than this, a person is told only how many there are. */
const pairsToldMax = 20;

/** The same for a call that somebody asked for by hand: with `words` that tell what was read. */
export function askedReturnText(outcome: Outcome): string {
  if (outcome.status !== 'ok' || outcome.response.kind !== 'range') return returnText(outcome);
  const { kvs, count } = outcome.response.range;
  const pairs = kvs.slice(0, pairsToldMax).map(({ key, value }) => `${toText(key)} = ${toText(value)}`);
  const more = count > pairs.length ? `, and ${count - pairs.length} more` : '';
  return JSON.stringify({ words: pairs.length === 0 ? 'no such key' : `${pairs.join(', ')}${more}`, count });
}

/** What a watcher heard; the same text for all that heard the same. */
export function watchText({ kind, events, compactRevision }: WatchResponse): object {
  if (kind === 'events') return { kind, events: (events ?? []).map(eventText) };
  return compactRevision === undefined ? { kind } : { kind, compactRevision };
}

function eventText({ type, key, value, modRevision }: WatchEvent): string {
  return type === 'put' ? `put ${key} = ${value} @${modRevision}` : `delete ${key} @${modRevision}`;
}
