import type { ByteString } from '../base/bytes.ts';
import type { NodeId } from '../base/ids.ts';
import type { BugSwitches } from '../bugs.ts';
import type { Random } from '../ports.ts';
import type {
  AuthenticateResponse,
  ClientRequest,
  CompactionResponse,
  DefragmentResponse,
  DeleteRangeResponse,
  Event,
  LeaseGrantResponse,
  LeaseId,
  LeaseKeepAliveResponse,
  LeaseRevokeResponse,
  LeaseTimeToLiveResponse,
  PutResponse,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
} from '../server/api/index.ts';
import type { CallOptions, DeleteOptions, GetOptions, PutOptions, WatchOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import type { Task } from './task.ts';

export type { CallOptions, DeleteOptions, GetOptions, PutOptions, WatchOptions } from './options.ts';
export type { Outcome } from './outcome.ts';
export type { Effect, Task } from './task.ts';

/** What a watch has to tell. After `compacted` and `canceled` nothing more comes: `next` then tells the same again. */
export type WatchAnswer =
  /** All events of each revision in it, in their order. */
  | { readonly kind: 'events'; readonly revision: number; readonly events: readonly Event[] }
  /** Everything up to this revision has been told (only with `progress_notify`, or after `progress`). */
  | { readonly kind: 'progress'; readonly revision: number }
  /** Established; without a start revision it tells what comes after this one (only with `created_notify`). */
  | { readonly kind: 'created'; readonly revision: number }
  /** What it would have told next was given up: a new watch can begin at this revision, and may have missed events. */
  | { readonly kind: 'compacted'; readonly compactRevision: number }
  | { readonly kind: 'canceled'; readonly reason: string };

/** A watch: it outlives the member it began on and goes on at another, with nothing twice and nothing missed. */
export interface WatchHandle {
  /** The next answer, or null if none came in time. Answers wait until they are asked for. */
  next(timeoutMs: number): Task<WatchAnswer | null>;
  /** Asks for a `progress`. It comes as soon as everything up to then has been told, or never. */
  progress(): Task;
  cancel(): Task;
}

export type KeeperState =
  /** The lease was renewed in time. Until `untilNs` on the client's clock it can't have run out (but for the members' clocks). */
  | { readonly kind: 'kept'; readonly untilNs: number }
  /** `expired`: a member said that there is no such lease. `silent`: no renewal succeeded for its whole time to live. */
  | { readonly kind: 'lost'; readonly reason: 'expired' | 'silent' }
  | { readonly kind: 'stopped' };

/** Renews a lease in the background, every third of its time to live. */
export interface LeaseKeeper {
  readonly lease: LeaseId;
  state(): Task<KeeperState>;
  /** Waits until the lease is lost; null if it was not, in this time. */
  lost(timeoutMs: number): Task<KeeperState | null>;
  /** Renews it no more: it ends when its time is up, unless it is revoked. */
  stop(): Task;
}

/**
 * A client of the cluster as scripts and recipes use it: `const put = yield* client.put(key, value)`. The same script runs in a
 * simulation and against real members. Keys and values are byte strings; `keys.ts` has what makes them of text.
 */
export interface EtcdClient {
  /** Random integers of this client, for choices and pauses of scripts. */
  readonly random: Random;
  /** Planted bugs of the recipes that run on it. */
  readonly bugs: BugSwitches;

  /** Any request of the API. A request that may have been applied is never sent again. */
  call(request: ClientRequest, options?: CallOptions): Task<Outcome>;

  /** One key, or with `range_end` several. */
  get(key: ByteString, options?: GetOptions): Task<Outcome<RangeResponse>>;
  range(request: RangeRequest, options?: CallOptions): Task<Outcome<RangeResponse>>;
  put(key: ByteString, value: ByteString, options?: PutOptions): Task<Outcome<PutResponse>>;
  delete(key: ByteString, options?: DeleteOptions): Task<Outcome<DeleteRangeResponse>>;
  txn(request: TxnRequest, options?: CallOptions): Task<Outcome<TxnResponse>>;
  compact(revision: number, physical?: boolean): Task<Outcome<CompactionResponse>>;

  /** Has the member at `endpoint` give back what its database no longer needs; it serves nothing meanwhile. No data change. */
  defragment(endpoint: NodeId, options?: Omit<CallOptions, 'endpoint'>): Task<Outcome<DefragmentResponse>>;

  /** Absent or 0: the member chooses the id. */
  leaseGrant(ttlSeconds: number, id?: LeaseId): Task<Outcome<LeaseGrantResponse>>;
  leaseRevoke(id: LeaseId): Task<Outcome<LeaseRevokeResponse>>;
  /** Renews once. */
  leaseKeepAlive(id: LeaseId): Task<Outcome<LeaseKeepAliveResponse>>;
  leaseTimeToLive(id: LeaseId, withKeys?: boolean): Task<Outcome<LeaseTimeToLiveResponse>>;
  /** Renews from now on. `ttlSeconds` is what the grant answered. */
  keepAlive(id: LeaseId, ttlSeconds: number): Task<LeaseKeeper>;

  /** Begins a watch; a break of the connection ends nothing. */
  watch(options: WatchOptions): Task<WatchHandle>;

  /** Signs in: calls carry the token from now on, and it is renewed by itself when a member does not take it any more. */
  authenticate(name: ByteString, password: ByteString): Task<Outcome<AuthenticateResponse>>;
  signOut(): Task;

  sleep(ms: number): Task;
  /** The client's own clock, integer nanoseconds since an arbitrary origin. */
  now(): Task<number>;
}
