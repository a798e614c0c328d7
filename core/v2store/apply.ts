import { assert } from '../base/assert.ts';
import type { V2Event } from './event.ts';
import type { V2Request } from './request.ts';
import type { Expiry, V2Store } from './store.ts';
import { V2Error } from './v2_error.ts';
import type { V2Watcher } from './watcher.ts';

/** What became of an entry of the log. */
export type AppliedV2 =
  | { readonly kind: 'event'; readonly event: V2Event }
  | { readonly kind: 'error'; readonly error: V2Error }
  /** A SYNC: nobody waits for it. `expired`: how many nodes went. */
  | { readonly kind: 'synced'; readonly expired: number }
  /** No method of the log (etcd: "etcdserver: unknown method"). */
  | { readonly kind: 'unknownMethod' };

export type ReadV2 =
  | { readonly kind: 'event'; readonly event: V2Event }
  | { readonly kind: 'watcher'; readonly watcher: V2Watcher }
  | { readonly kind: 'error'; readonly error: V2Error };

/**
 * Applies a request of the log. `nowNs` is the member's clock in nanoseconds since 1970; the tree does not depend on it, only the
 * seconds left that events tell. Writes of member attributes and of the cluster's version concern the membership as well: see
 * `membershipWriteOf`.
 */
export function applyV2(store: V2Store, request: V2Request, nowNs: bigint): AppliedV2 {
  const { method, path, recursive } = request as { method: string } & V2Request;
  if (method === 'SYNC') return { kind: 'synced', expired: store.deleteExpiredKeys(request.time, nowNs) };
  if (method === 'PUT') return answered(() => put(store, request, nowNs));
  if (method === 'POST') return answered(() => create(store, request, true, nowNs));
  if (method === 'DELETE') return answered(() => remove(store, request, nowNs));
  if (method === 'QGET') return answered(() => store.get(path, recursive, nowNs));
  return { kind: 'unknownMethod' };
}

/** Answers a GET or HEAD from this member's own store: with what it holds, or, for `wait`, with a watcher. */
export function readV2(store: V2Store, request: V2Request, nowNs: bigint): ReadV2 {
  const { path, recursive, stream, wait, since } = request;
  if (!wait) return answered(() => store.get(path, recursive, nowNs));
  try {
    // Above 2^53 the number is rounded: it stays far beyond every index.
    return { kind: 'watcher', watcher: store.watch(path, { recursive, stream, sinceIndex: Number(since) }) };
  } catch (error) {
    return refusal(error);
  }
}

function answered(run: () => V2Event): { kind: 'event'; event: V2Event } | { kind: 'error'; error: V2Error } {
  try {
    return { kind: 'event', event: run() };
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): { kind: 'error'; error: V2Error } {
  if (!(error instanceof V2Error)) throw error;
  return { kind: 'error', error };
}

function put(store: V2Store, request: V2Request, nowNs: bigint): V2Event {
  const { path, dir, val: value, prevExist } = request;
  const compared = isCompared(request);
  if (prevExist === false) return create(store, request, false, nowNs);
  if (compared) return store.compareAndSwap(path, request, { value, ...expiryOf(request) }, nowNs);
  if (prevExist === true) return store.update(path, { value, ...expiryOf(request) }, nowNs);
  return store.set(path, { dir, value, ...expiryOf(request) }, nowNs);
}

function create(store: V2Store, request: V2Request, unique: boolean, nowNs: bigint): V2Event {
  const { path, dir, val: value } = request;
  return store.create(path, { dir, value, unique, expireNs: expiryOf(request).expireNs }, nowNs);
}

function remove(store: V2Store, request: V2Request, nowNs: bigint): V2Event {
  const { path, dir, recursive } = request;
  if (isCompared(request)) return store.compareAndDelete(path, request, nowNs);
  return store.delete(path, { dir, recursive }, nowNs);
}

function isCompared({ prevIndex, prevValue }: V2Request): boolean {
  assert(prevIndex >= 0n, 'a previous index is unsigned');
  return prevIndex > 0n || prevValue !== '';
}

function expiryOf({ expiration, refresh }: V2Request): Expiry {
  return { expireNs: expiration === 0n ? null : expiration, refresh: refresh === true };
}
