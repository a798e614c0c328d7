/**
 * What a client is asked for beside its script: one call, one lease, one watch. Keys and values are text. `via`: the member that is asked,
 * and no other; absent, the client chooses as it always does.
 */
export type ClientCall =
  | {
      readonly kind: 'put';
      readonly key: string;
      readonly value: string;
      /** The key goes when this lease ends. */
      readonly lease?: number;
      readonly via?: number;
    }
  /** `serializable`: the member that is asked answers by itself, which may be old. */
  | { readonly kind: 'get'; readonly key: string; readonly serializable?: boolean; readonly via?: number }
  /** Every key that begins so; an empty prefix: every key. */
  | {
      readonly kind: 'range';
      readonly prefix: string;
      readonly serializable?: boolean;
      readonly via?: number;
    }
  | { readonly kind: 'delete'; readonly key: string; readonly via?: number }
  /** A lease with an id of one's own; `keep`: the client renews it, until `stopKeeping`. */
  | {
      readonly kind: 'grant';
      readonly lease: number;
      readonly ttlSeconds: number;
      readonly keep: boolean;
      readonly via?: number;
    }
  | { readonly kind: 'stopKeeping'; readonly lease: number }
  | { readonly kind: 'revoke'; readonly lease: number; readonly via?: number }
  /** From now on, or from a revision on. `prefix`: every key that begins so. */
  | {
      readonly kind: 'watch';
      readonly key: string;
      readonly prefix?: boolean;
      readonly startRevision?: number;
    };

/** "put a = 1", "get a from n2 alone", "watch every key that begins with job/". */
export function clientCallWords(call: ClientCall, nameOf: (member: number) => string): string {
  const via = 'via' in call && call.via !== undefined ? ` at ${nameOf(call.via)}` : '';
  const how = 'serializable' in call && call.serializable ? ', serializable' : '';
  switch (call.kind) {
    case 'put':
      return `put ${call.key} = ${call.value === '' ? '""' : call.value}${call.lease === undefined ? '' : ` with lease ${call.lease}`}${via}`;
    case 'get':
      return `get ${call.key}${via}${how}`;
    case 'range':
      return `get ${keysWords(call.prefix)}${via}${how}`;
    case 'delete':
      return `delete ${call.key}${via}`;
    case 'grant':
      return `grant lease ${call.lease} of ${call.ttlSeconds} s${call.keep ? ' and keep it' : ''}${via}`;
    case 'stopKeeping':
      return `keep lease ${call.lease} no more`;
    case 'revoke':
      return `revoke lease ${call.lease}${via}`;
    case 'watch': {
      const from = call.startRevision === undefined ? '' : ` from revision ${call.startRevision} on`;
      return `watch ${call.prefix === true ? keysWords(call.key) : call.key}${from}`;
    }
  }
}

function keysWords(prefix: string): string {
  return prefix === '' ? 'every key' : `every key that begins with ${prefix}`;
}
