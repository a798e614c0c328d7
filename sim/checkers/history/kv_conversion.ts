import type { EtcdOperation, EtcdRequest, EtcdResponse } from './etcd_operation.ts';
import type { KvInput, KvOperation, KvOutput } from './kv_operation.ts';
import { isInKeyOrder } from './range_view.ts';

/** Histories of single keys in the terms of etcd's API, so that others can read them and the store's check can judge them. */
export function toEtcdOperation(operation: KvOperation): EtcdOperation {
  const { input, outcome } = operation;
  return {
    ...operation,
    input: toRequest(input),
    outcome: outcome.status === 'ok' ? { status: 'ok', output: toResponse(input, outcome.output) } : outcome,
  };
}

function toRequest(input: KvInput): EtcdRequest {
  const { key } = input;
  if (input.kind === 'get') return { kind: 'range', key };
  if (input.kind === 'put') return { kind: 'put', key, value: input.value };
  if (input.kind === 'delete') return { kind: 'deleteRange', key };
  const { expected } = input;
  const operand = 'modRevision' in expected ? expected.modRevision : expected.value;
  return {
    kind: 'txn',
    compares: [
      typeof operand === 'string'
        ? { target: 'value', result: 'equal', key, operand }
        : { target: 'mod', result: 'equal', key, operand: operand ?? 0 },
    ],
    success: [{ kind: 'put', key, value: input.value }],
    failure: [],
  };
}

function toResponse({ key }: KvInput, output: KvOutput): EtcdResponse {
  const header = output.revision === undefined ? {} : { revision: output.revision };
  if (output.kind === 'put') return { kind: 'put', ...header };
  if (output.kind === 'delete') return { kind: 'deleteRange', ...header, deleted: output.deleted };
  if (output.kind === 'compareAndSwap') {
    return {
      kind: 'txn',
      ...header,
      succeeded: output.succeeded,
      results: output.succeeded ? [{ kind: 'put' }] : [],
    };
  }
  const { value, modRevision, version } = output;
  if (value === null) return { kind: 'range', ...header, kvs: [], count: 0 };
  const pair = {
    key,
    value,
    ...(modRevision === undefined ? {} : { modRevision }),
    ...(version === undefined ? {} : { version }),
  };
  return { kind: 'range', ...header, kvs: [pair], count: 1 };
}

/** The other way; null if the operation is more than one of a single key, or says things that single keys can't. */
export function toKvOperation(operation: EtcdOperation): KvOperation | null {
  const { input, outcome } = operation;
  const asked = toKvInput(input);
  if (asked === null) return null;
  if (outcome.status !== 'ok') return { ...operation, input: asked, outcome };
  const output = toKvOutput(asked, outcome.output);
  return output === null ? null : { ...operation, input: asked, outcome: { status: 'ok', output } };
}

function toKvInput(input: EtcdRequest): KvInput | null {
  if (input.kind === 'put') {
    return input.lease === undefined && input.prevKv !== true
      ? { kind: 'put', key: input.key, value: input.value }
      : null;
  }
  if (input.kind === 'range') {
    const plain =
      input.rangeEnd === undefined &&
      isInKeyOrder(input) &&
      !input.revision &&
      input.serializable !== true &&
      input.countOnly !== true;
    return plain && input.keysOnly !== true ? { kind: 'get', key: input.key } : null;
  }
  if (input.kind === 'deleteRange') {
    return input.rangeEnd === undefined && input.prevKv !== true ? { kind: 'delete', key: input.key } : null;
  }
  if (input.kind !== 'txn' || input.failure.length > 0) return null;
  const [compare, put] = [input.compares[0], input.success[0]];
  if (
    input.compares.length !== 1 ||
    input.success.length !== 1 ||
    compare === undefined ||
    put?.kind !== 'put'
  )
    return null;
  if (
    put.lease !== undefined ||
    compare.key !== put.key ||
    compare.result !== 'equal' ||
    compare.rangeEnd !== undefined
  )
    return null;
  const { target, operand } = compare;
  const absent = operand === 0 && (target === 'version' || target === 'create' || target === 'mod');
  if (!absent && target !== 'value' && target !== 'mod') return null;
  const expected = absent
    ? { value: null }
    : target === 'value'
      ? { value: String(operand) }
      : { modRevision: Number(operand) };
  return { kind: 'compareAndSwap', key: put.key, expected, value: put.value };
}

function toKvOutput(input: KvInput, output: EtcdResponse): KvOutput | null {
  const header =
    output.kind !== 'error' && output.revision !== undefined ? { revision: output.revision } : {};
  if (input.kind === 'put' && output.kind === 'put') return { kind: 'put', ...header };
  if (input.kind === 'delete' && output.kind === 'deleteRange')
    return { kind: 'delete', deleted: output.deleted, ...header };
  if (input.kind === 'compareAndSwap' && output.kind === 'txn') {
    return { kind: 'compareAndSwap', succeeded: output.succeeded, ...header };
  }
  if (input.kind !== 'get' || output.kind !== 'range') return null;
  const [pair] = output.kvs;
  if (pair === undefined) return { kind: 'get', value: null, ...header };
  const { value, modRevision, version } = pair;
  return {
    kind: 'get',
    value,
    ...(modRevision === undefined ? {} : { modRevision }),
    ...(version === undefined ? {} : { version }),
    ...header,
  };
}
