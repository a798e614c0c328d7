import { assert } from '../../core/base/assert.ts';
import { type ByteString, fromText, toText } from '../../core/base/bytes.ts';
import type { ClientRequest, SuccessResponse } from '../../core/server/api/index.ts';

/** What a workload's client asks for, in the terms of its script and of the history. Keys and values are text. */
export type KvCall =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'delete'; readonly key: string }
  | {
      readonly kind: 'compareAndSwap';
      readonly key: string;
      readonly expected: string | null;
      readonly value: string;
    };

/** What came back. `value` is what the script is given. */
export interface KvAnswer {
  readonly value: string | boolean | null;
  /** The store's revision in the response's header. */
  readonly revision: number;
  /** Mod revision of the pair that was read, 0 if there was none. */
  readonly modRevision: number;
}

export function requestOf(call: KvCall): ClientRequest {
  const key = fromText(call.key);
  if (call.kind === 'get') return { kind: 'range', range: { key } };
  if (call.kind === 'put') return { kind: 'put', put: { key, value: fromText(call.value) } };
  if (call.kind === 'delete') return { kind: 'delete_range', delete_range: { key } };
  return compareAndSwap(key, call.expected, fromText(call.value));
}

/** etcd's idiom: one txn; an absent key is one whose version is 0. */
function compareAndSwap(key: ByteString, expected: string | null, value: ByteString): ClientRequest {
  return {
    kind: 'txn',
    txn: {
      compare: [
        expected === null
          ? { target: 'VERSION', result: 'EQUAL', key, version: 0 }
          : { target: 'VALUE', result: 'EQUAL', key, value: fromText(expected) },
      ],
      success: [{ kind: 'put', put: { key, value } }],
      failure: [],
    },
  };
}

export function answerOf(response: SuccessResponse): KvAnswer {
  if (response.kind === 'range') {
    const [kv] = response.range.kvs;
    return {
      value: kv === undefined ? null : toText(kv.value),
      revision: response.range.header.revision,
      modRevision: kv?.mod_revision ?? 0,
    };
  }
  if (response.kind === 'put') {
    return { value: null, revision: response.put.header.revision, modRevision: 0 };
  }
  if (response.kind === 'delete_range') {
    const { header, deleted } = response.delete_range;
    return { value: deleted > 0, revision: header.revision, modRevision: 0 };
  }
  assert(response.kind === 'txn', `a ${response.kind} answers no call on keys`);
  return { value: response.txn.succeeded, revision: response.txn.header.revision, modRevision: 0 };
}

/** The call as the trace shows it: JSON that readers of a trace parse. */
export function callText(call: KvCall): string {
  return JSON.stringify(call);
}
