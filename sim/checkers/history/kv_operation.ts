import type { Operation } from './operation.ts';

/** What clients ask of etcd's key-value store, one key at a time. Keys and values are text. */
export type KvInput =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'delete'; readonly key: string }
  | {
      readonly kind: 'compareAndSwap';
      readonly key: string;
      readonly expected: Expected;
      readonly value: string;
    };

/** What a compare-and-swap compares with: the value (null: the key is absent) or the mod revision (0: absent). */
export type Expected = { readonly value: string | null } | { readonly modRevision: number };

/**
 * What a client heard. `revision` is the store's revision in the response's header: that of the write itself for a put, a
 * delete that deleted and a swap that succeeded. Revisions may be missing (other systems, old logs).
 */
export type KvOutput =
  | {
      readonly kind: 'get';
      /** Null when the key is absent. */
      readonly value: string | null;
      readonly modRevision?: number;
      readonly version?: number;
      readonly revision?: number;
    }
  | { readonly kind: 'put'; readonly revision?: number }
  | { readonly kind: 'delete'; readonly deleted: number; readonly revision?: number }
  | { readonly kind: 'compareAndSwap'; readonly succeeded: boolean; readonly revision?: number };

export type KvOperation = Operation<KvInput, KvOutput>;
