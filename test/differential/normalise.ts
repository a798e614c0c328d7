/** Answers as text that is equal on both sides if they answered alike: ids by name, times roughly, tokens by their being there. */
import type {
  ClientRequest,
  ClientResponse,
  LeaseTimeToLiveResponse,
  StatusResponse,
  WatchResponse,
} from '../../core/server/api/index.ts';
import { compareStrings } from '../../core/base/bytes.ts';
import type { Names } from './names.ts';
import { describeValue } from './steps.ts';

/** Seconds that a sequence may take. */
const slackSeconds = 15;

export function normalised(request: ClientRequest, response: ClientResponse, names: Names): string {
  if (response.kind === 'error') return `error ${response.code}: ${response.message}`;
  const body = (response as unknown as Readonly<Record<string, unknown>>)[response.kind];
  return describeValue(plain(withoutChance(request, response, names) ?? body, names));
}

/** The answer without what time, place or chance decide; null if there is nothing of the kind in it. */
function withoutChance(request: ClientRequest, response: ClientResponse, names: Names): unknown {
  switch (response.kind) {
    case 'authenticate':
      return { ...response.authenticate, token: response.authenticate.token === '' ? 'none' : 'a token' };
    case 'lease_time_to_live':
      return withoutTime(response.lease_time_to_live);
    case 'lease_leases': {
      // In the order in which they expire, which two machines need not agree upon.
      const { leases } = response.lease_leases;
      return { ...response.lease_leases, leases: { unordered: leases } };
    }
    case 'alarm':
      return { ...response.alarm, alarms: { unordered: response.alarm.alarms } };
    case 'hash_kv': {
      // At a revision without keys etcd counts what has not been removed yet.
      const decidedByChance = names.holdsChosenIds || names.removesInBackground;
      return decidedByChance ? { ...response.hash_kv, hash: 'one of several' } : null;
    }
    case 'status':
      return withoutSizes(response.status);
    case 'member_list':
      return { ...response.member_list, members: { unordered: response.member_list.members } };
    case 'member_add':
      return { ...response.member_add, members: { unordered: response.member_add.members } };
    case 'member_remove':
      return { ...response.member_remove, members: { unordered: response.member_remove.members } };
    case 'member_update':
      return { ...response.member_update, members: { unordered: response.member_update.members } };
    case 'member_promote':
      return { ...response.member_promote, members: { unordered: response.member_promote.members } };
    default:
      return request.kind === response.kind ? null : { answerTo: request.kind, is: response };
  }
}

function withoutTime(body: LeaseTimeToLiveResponse): unknown {
  const { TTL, grantedTTL } = body;
  const fresh = TTL >= 0 && TTL <= grantedTTL && TTL >= grantedTTL - slackSeconds;
  const keys = { unordered: body.keys };
  return fresh ? { ...body, keys, TTL: 'about grantedTTL' } : { ...body, keys };
}

function withoutSizes({ header, leader, errors, isLearner, ...rest }: StatusResponse): unknown {
  const { dbSize, dbSizeInUse, raftIndex, raftAppliedIndex } = rest;
  return {
    header,
    leader,
    errors: { unordered: errors },
    isLearner,
    sizesMakeSense: dbSizeInUse > 0 && dbSizeInUse <= dbSize,
    // The index is counted before an entry is applied.
    appliedIsCommitted: raftAppliedIndex > 0 && raftAppliedIndex <= raftIndex,
  };
}

/** Headers without who and in which term, ids by name, `{ unordered }` sorted. */
function plain(value: unknown, names: Names): unknown {
  if (typeof value === 'bigint') return names.nameOf(value);
  if (Array.isArray(value)) return value.map((element: unknown) => plain(element, names));
  if (typeof value !== 'object' || value === null) return value;
  if ('unordered' in value) {
    const elements = (value.unordered as readonly unknown[]).map((element) => plain(element, names));
    return elements.toSorted((a, b) => compareStrings(describeValue(a), describeValue(b)));
  }
  const parts = Object.entries(value).map(([name, part]) => {
    if (name !== 'header') return [name, plain(part, names)] as const;
    return [name, { revision: (part as { readonly revision: number }).revision }] as const;
  });
  return Object.fromEntries(parts);
}

/**
 * What a watch stream has delivered, one line for each event and each other answer. How events are put together into answers is
 * not compared, but that those of one revision are not split: that is said by the line of the first answer that goes on.
 */
export function watchLines(received: readonly WatchResponse[], names: Names): string[] {
  return received.flatMap((response) => {
    const { watch_id, events, created, canceled, compact_revision, cancel_reason, header } = response;
    if (events.length > 0) {
      return events.map((event) => `watcher ${watch_id}: ${describeValue(plain(event, names))}`);
    }
    const what = created || canceled ? { created, canceled, compact_revision, cancel_reason } : 'progress';
    return [`watcher ${watch_id}: ${describeValue(what)} at revision ${header.revision}`];
  });
}
