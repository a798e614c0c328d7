import type { ByteString } from '../base/bytes.ts';
import { type BugSwitches, noBugs } from '../bugs.ts';
import type { Random } from '../ports.ts';
import type { LeaseId, RequestKind, ResponseBodies, Tagged, RequestBodies } from '../server/api/index.ts';
import type { EtcdClient, KeeperState, LeaseKeeper, WatchAnswer, WatchHandle } from './api.ts';
import type { CallOptions, GetOptions, PutOptions, WatchOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import { type KeeperId, type Task, type WatchId, nanoseconds, perform } from './task.ts';

/** The client as scripts see it: it only says what it wants; who runs the script does it. */
export function etcdClient(random: Random, bugs: BugSwitches = noBugs): EtcdClient {
  return { random, bugs, ...callMethods, ...leaseMethods, ...otherMethods };
}

/** A call whose answer is of the request's kind. */
function* ask<Kind extends RequestKind>(
  kind: Kind,
  body: RequestBodies[Kind],
  options: CallOptions = {},
): Task<Outcome<ResponseBodies[Kind]>> {
  // A kind and its body belong together, which TypeScript can't follow through the union.
  const request = { kind, [kind]: body } as unknown as Tagged<RequestBodies>;
  return bodyOf(kind, yield* perform<Outcome>({ kind: 'request', request, options }));
}

function bodyOf<Kind extends RequestKind>(kind: Kind, outcome: Outcome): Outcome<ResponseBodies[Kind]> {
  if (outcome.status !== 'ok') return outcome;
  const bodies = outcome.response as unknown as Readonly<Record<Kind, ResponseBodies[Kind]>>;
  return { status: 'ok', response: bodies[kind] };
}

/** Tells what belongs to the call from what belongs to the request. */
function split<Options extends CallOptions>(
  options: Options,
): readonly [CallOptions, Omit<Options, keyof CallOptions>] {
  const { endpoint, timeoutMs, ...rest } = options;
  const call = {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  return [call, rest];
}

const callMethods: Pick<
  EtcdClient,
  'call' | 'get' | 'range' | 'put' | 'delete' | 'txn' | 'compact' | 'defragment'
> = {
  call: (request, options = {}) => perform<Outcome>({ kind: 'request', request, options }),
  get: (key, options: GetOptions = {}) => {
    const [call, rest] = split(options);
    return ask('range', { key, ...rest }, call);
  },
  range: (request, options) => ask('range', request, options),
  put: (key, value, options: PutOptions = {}) => {
    const [call, rest] = split(options);
    return ask('put', { key, value, ...rest }, call);
  },
  delete: (key, options = {}) => {
    const [call, rest] = split(options);
    return ask('delete_range', { key, ...rest }, call);
  },
  txn: (request, options) => ask('txn', request, options),
  compact: (revision, physical = false) => ask('compact', physical ? { revision, physical } : { revision }),
  defragment: (endpoint, options) => ask('defragment', {}, { ...options, endpoint }),
};

const leaseMethods: Pick<
  EtcdClient,
  'leaseGrant' | 'leaseRevoke' | 'leaseKeepAlive' | 'leaseTimeToLive' | 'keepAlive'
> = {
  leaseGrant: (TTL, ID) => ask('lease_grant', ID === undefined ? { TTL } : { TTL, ID }),
  leaseRevoke: (ID) => ask('lease_revoke', { ID }),
  leaseKeepAlive: (ID) => ask('lease_keep_alive', { ID }),
  leaseTimeToLive: (ID, keys = false) => ask('lease_time_to_live', keys ? { ID, keys } : { ID }),
  *keepAlive(lease, ttlSeconds) {
    return leaseKeeper(lease, yield* perform<KeeperId>({ kind: 'keep', lease, ttlSeconds }));
  },
};

const otherMethods: Pick<EtcdClient, 'watch' | 'authenticate' | 'signOut' | 'sleep' | 'now'> = {
  *watch(options: WatchOptions) {
    return watchHandle(yield* perform<WatchId>({ kind: 'watch', options }));
  },
  *authenticate(name: ByteString, password: ByteString) {
    return bodyOf('authenticate', yield* perform<Outcome>({ kind: 'signIn', name, password }));
  },
  signOut: () => perform({ kind: 'signOut' }),
  sleep: (ms) => perform({ kind: 'sleep', ns: nanoseconds(ms) }),
  now: () => perform<number>({ kind: 'now' }),
};

function watchHandle(watch: WatchId): WatchHandle {
  return {
    next: (timeoutMs) =>
      perform<WatchAnswer | null>({ kind: 'watchNext', watch, timeoutNs: nanoseconds(timeoutMs) }),
    progress: () => perform({ kind: 'watchProgress', watch }),
    cancel: () => perform({ kind: 'watchCancel', watch }),
  };
}

function leaseKeeper(lease: LeaseId, keeper: KeeperId): LeaseKeeper {
  return {
    lease,
    state: () => perform<KeeperState>({ kind: 'keeperState', keeper }),
    lost: (timeoutMs) =>
      perform<KeeperState | null>({ kind: 'keeperLost', keeper, timeoutNs: nanoseconds(timeoutMs) }),
    stop: () => perform({ kind: 'keeperStop', keeper }),
  };
}
