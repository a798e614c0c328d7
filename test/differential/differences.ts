/** Where we answer otherwise than etcd 3.4 on purpose. Each has an entry of its name in docs/DIFFERENCES.md. */
import type { ClientRequest, ClientResponse, RequestOp, WatchRequest } from '../../core/server/api/index.ts';
import { errors, grpcCodes, isRequestOp } from '../../core/server/api/index.ts';
import { isReadOnly } from '../../core/server/apply/index.ts';
import type { Names } from './names.ts';

export interface Asked {
  readonly request: ClientRequest;
  readonly ours: ClientResponse;
}

export interface Difference {
  readonly name: string;
  /** Requests of watches that are kept from both. */
  readonly sparesWatch?: (request: WatchRequest, names: Names) => boolean;
  /** Requests that are kept from both, given what our side has made known. */
  readonly sparesBoth?: (request: ClientRequest, names: Names) => boolean;
  /** Both sides would go on from different states: the request is kept from etcd. */
  readonly sparesEtcd?: (asked: Asked) => boolean;
  /** Both have answered, neither has changed anything by it that the other has not. */
  readonly explains?: (asked: Asked, theirs: ClientResponse) => boolean;
}

const isError = (response: ClientResponse, error: ClientResponse): boolean =>
  response.kind === 'error' && error.kind === 'error' && response.message === error.message;

function operations(request: ClientRequest): readonly RequestOp[] {
  return request.kind === 'txn' ? [...request.txn.success, ...request.txn.failure] : [];
}

const nestedTxn = (op: RequestOp): boolean => op.kind === 'txn';
const isCheckedByUsOnly = (op: RequestOp): boolean =>
  op.kind === 'txn' || (op.kind === 'put' && (op.put.prev_kv === true || (op.put.lease ?? 0n) !== 0n));
const openEndedDelete = (op: RequestOp): boolean =>
  op.kind === 'delete_range'
    ? op.delete_range.range_end === '\0'
    : op.kind === 'txn' && operations(op).some(openEndedDelete);

export const signingInWithAToken: Difference = { name: 'signing in with a token' };

const authRefusals: readonly string[] = [
  errors.invalidAuthToken,
  errors.permissionDenied,
  errors.userEmpty,
].map(({ message }) => message);

function isRefusedByAuth(response: ClientResponse): boolean {
  return response.kind === 'error' && authRefusals.includes(response.message);
}

function isActivation(request: ClientRequest): request is Extract<ClientRequest, { readonly kind: 'alarm' }> {
  return request.kind === 'alarm' && request.alarm.action === 'ACTIVATE';
}

/** Whether there is, however deep, a range with an end that is not behind its beginning. */
function hasEmptyRange(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { key, range_end } = value as { readonly key?: unknown; readonly range_end?: unknown };
  const isRange = typeof key === 'string' && typeof range_end === 'string';
  if (isRange && range_end !== '' && range_end !== '\0' && range_end <= key) return true;
  return Object.values(value).some(hasEmptyRange);
}

/** The request goes to etcd without its token. */
export const tokensWhileAuthIsOff: Difference = { name: 'tokens while auth is off' };

export const differences: readonly Difference[] = [
  {
    name: 'duplicate keys behind an open-ended delete',
    sparesEtcd: ({ request, ours }) =>
      isError(ours, errors.duplicateKey) && operations(request).some(openEndedDelete),
  },
  {
    name: 'duplicate keys in nested transactions',
    sparesEtcd: ({ request, ours }) =>
      isError(ours, errors.duplicateKey) && operations(request).some(nestedTxn),
  },
  {
    name: 'permissions on nothing',
    sparesEtcd: ({ request, ours }) =>
      request.kind === 'role_grant_permission' && isError(ours, errors.invalidAuthManagement),
  },
  {
    name: 'watching from a negative revision',
    sparesWatch: (request) => request.kind === 'create' && (request.create.start_revision ?? 0) < 0,
  },
  {
    name: 'progress of watches from the future',
    sparesWatch: (request, names) => request.kind === 'progress' && names.watchesFuture,
  },
  {
    name: 'a member added twice',
    explains: ({ request, ours }, theirs) =>
      request.kind === 'member_add' &&
      isError(ours, errors.peerUrlExists) &&
      isError(theirs, errors.memberExists),
  },
  {
    name: 'HashKV at the compact revision',
    explains: ({ request, ours }, theirs) =>
      request.kind === 'hash_kv' &&
      ours.kind === 'hash_kv' &&
      ours.hash_kv.compact_revision === request.hash_kv.revision &&
      isError(theirs, errors.compacted),
  },
  {
    name: 'reads of a corrupt cluster',
    explains: ({ request, ours }) =>
      isError(ours, errors.corrupt) && isRequestOp(request) && isReadOnly(request),
  },
  {
    name: 'texts of maintenance refused by auth',
    explains: ({ request, ours }, theirs) =>
      ['alarm', 'defragment', 'hash_kv'].includes(request.kind) &&
      ours.kind === 'error' &&
      theirs.kind === 'error' &&
      theirs.code === grpcCodes.UNKNOWN &&
      theirs.message.replace('auth: ', 'etcdserver: ') === ours.message,
  },
  {
    name: 'alarms of both kinds at once',
    sparesBoth: (request, names) =>
      isActivation(request) &&
      ((request.alarm.alarm === 'CORRUPT' && names.hasAlarm('NOSPACE')) ||
        (request.alarm.alarm === 'NOSPACE' && names.hasAlarm('CORRUPT'))),
  },
  {
    name: 'new addresses of a learner',
    sparesBoth: (request, names) =>
      request.kind === 'member_update' && names.isLearner(request.member_update.ID),
  },
  {
    name: 'auth while an alarm is on',
    sparesBoth: (request, names) =>
      (names.authIsOn && isActivation(request) && request.alarm.alarm !== 'NONE') ||
      (request.kind === 'auth_enable' && (names.hasAlarm('NOSPACE') || names.hasAlarm('CORRUPT'))),
  },
  {
    name: 'growth in nested transactions',
    sparesEtcd: ({ request, ours }) => isError(ours, errors.noSpace) && operations(request).some(nestedTxn),
  },
  {
    name: 'permission for all of a transaction',
    sparesEtcd: ({ request, ours }) =>
      isError(ours, errors.permissionDenied) && operations(request).some(isCheckedByUsOnly),
  },
  {
    name: 'permission for ranges that hold nothing',
    sparesBoth: (request, names) => names.authIsOn && isRequestOp(request) && hasEmptyRange(request),
    sparesWatch: (request, names) => names.authIsOn && hasEmptyRange(request),
  },
  {
    name: 'permission for open-ended watches',
    sparesWatch: (request, names) =>
      names.authIsOn && request.kind === 'create' && request.create.range_end === '\0',
  },
  {
    name: 'the time to live of a lease under auth',
    explains: ({ request, ours }, theirs) =>
      request.kind === 'lease_time_to_live' && isRefusedByAuth(ours) && theirs.kind === 'lease_time_to_live',
  },
  tokensWhileAuthIsOff,
  signingInWithAToken,
];

/** How often each has explained something. */
export class DifferenceCounts {
  private readonly used = new Map<string, number>(differences.map(({ name }) => [name, 0]));

  count(difference: Difference): void {
    this.used.set(difference.name, (this.used.get(difference.name) ?? 0) + 1);
  }

  get lines(): readonly string[] {
    return [...this.used].map(([name, count]) => `${String(count).padStart(7)}  ${name}`);
  }

  get unused(): readonly string[] {
    return [...this.used].filter(([, count]) => count === 0).map(([name]) => name);
  }
}
