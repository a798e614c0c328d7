/** Operations on etcd's v2 API as its clients see them. */
import type { Operation } from '../history/operation.ts';

export const v2Kinds = [
  'get',
  'set',
  'create',
  'createInOrder',
  'update',
  'refresh',
  'compareAndSwap',
  'compareAndDelete',
  'delete',
] as const;

/** `expire`: nobody asked for it; a node's time was over. */
export type V2Kind = (typeof v2Kinds)[number] | 'expire';

export interface V2Request {
  readonly kind: V2Kind;
  /** Absolute, as `/dir/name`. Of a createInOrder the directory. */
  readonly key: string;
  readonly value?: string;
  readonly dir?: boolean;
  /** A get: of all levels. A delete: with all that is below. */
  readonly recursive?: boolean;
  readonly prevValue?: string;
  readonly prevIndex?: number;
  /** Seconds from the call on; absent: for ever. */
  readonly ttl?: number;
  /** A get that may be answered from any earlier state (without quorum=true). */
  readonly stale?: boolean;
  /** Of whom the node has its expiry: an `expire` says whose, and a change that gives one gets its own number. */
  readonly owner?: number;
}

/** A node as an answer shows it. What an answer leaves out is not judged. */
export interface V2NodeView {
  readonly key?: string;
  readonly value?: string;
  readonly dir?: boolean;
  readonly createdIndex?: number;
  readonly modifiedIndex?: number;
  /** Children of a directory that was asked for, in any order. */
  readonly nodes?: readonly V2NodeView[];
}

export type V2Response =
  | { readonly error: number }
  | { readonly error: null; readonly node: V2NodeView | null; readonly prevNode: V2NodeView | null };

export type V2Operation = Operation<V2Request, V2Response>;

export const v2Actions = [
  'create',
  'set',
  'update',
  'delete',
  'compareAndSwap',
  'compareAndDelete',
  'expire',
] as const;

export type V2Action = (typeof v2Actions)[number];

/** A change as a watcher heard of it. What it leaves out is not judged. */
export interface V2WatchEvent {
  /** The change's own: the node's modified index. */
  readonly index: number;
  readonly action: V2Action;
  readonly node: V2NodeView & { readonly key: string };
  /** Null: told that nothing was there before. */
  readonly prevNode?: V2NodeView | null;
  readonly atNs: number;
}

/** One GET with wait=true, from its call to the end of its answer. */
export interface V2Watch {
  readonly id: number;
  readonly client: string;
  readonly key: string;
  readonly recursive: boolean;
  readonly stream: boolean;
  /** 0: from the next change on. */
  readonly waitIndex: number;
  readonly callNs: number;
  /** Null: it was still open when the history ended. */
  readonly returnNs: number | null;
  /** The store's index when the watch began or was refused (X-Etcd-Index); null: not told. */
  readonly etcdIndex: number | null;
  readonly events: readonly V2WatchEvent[];
  /** etcd's code; null: it was not refused. */
  readonly refused: number | null;
}

/** etcd's codes. */
export const V2Error = {
  keyNotFound: 100,
  testFailed: 101,
  notFile: 102,
  notDirectory: 104,
  nodeExists: 105,
  readOnly: 107,
  directoryNotEmpty: 108,
  eventIndexCleared: 401,
} as const;
