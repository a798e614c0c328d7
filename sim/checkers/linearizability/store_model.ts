import type {
  Compare,
  EtcdRequest,
  EtcdResponse,
  Pair,
  RangeRequest,
  RangeResponse,
  TxnOperation,
  TxnRequest,
} from '../history/etcd_operation.ts';
import { compareKeys, inRange } from '../history/key_order.ts';
import { isInKeyOrder } from '../history/range_view.ts';
import { keepsSomething } from '../store/keeping_put.ts';
import { hasWritten, mayWrite } from '../store/roles.ts';
import { requestText, responseText } from '../store/words.ts';
import { type Model, impossible } from './model.ts';

interface Held {
  readonly value: string;
  readonly version: number;
}

/** Keys that exist, in byte order. Never changed: every change makes another. */
export type StoreState = ReadonlyMap<string, Held>;

/** Whether values and versions alone can judge a request: nothing in it names a revision or a lease, or sorts. */
export function isJudgedByValues(input: EtcdRequest | TxnOperation): boolean {
  // What a put keeps only revisions tell.
  if (input.kind === 'put') {
    return (input.lease === undefined || input.lease === '0') && !keepsSomething(input);
  }
  if (input.kind === 'range')
    return (input.revision ?? 0) === 0 && input.serializable !== true && isInKeyOrder(input);
  if (input.kind === 'deleteRange') return true;
  if (input.kind !== 'txn') return false;
  const targets = input.compares.every(({ target }) => target === 'value' || target === 'version');
  return targets && [...input.success, ...input.failure].every(isJudgedByValues);
}

/** etcd's store without its revisions: what keys hold, how often they were written, and what requests answer then. */
export const storeModel: Model<StoreState, EtcdRequest, EtcdResponse> = {
  name: 'a key-value store',
  init: new Map(),
  step(state, input, output) {
    if (output !== null && output.kind !== input.kind) return impossible;
    const next = apply(state, input, output, state);
    // Not knowing the answer, a request that changes nothing is the same as none.
    return next === null || (output === null && next === state) ? impossible : next;
  },
  key: (state) => JSON.stringify([...state].map(([key, { value, version }]) => [key, value, version])),
  writes: (input, output) => (output === null ? mayWrite(input) : hasWritten(input, output)),
  describeInput: requestText,
  describeOutput: responseText,
  describeState: (state) =>
    state.size === 0
      ? 'the store is empty'
      : `the store holds ${[...state].map(([key, { value }]) => `${key} = ${JSON.stringify(value)}`).join(', ')}`,
};

/** The state after a request, null if the answer is wrong. `before`: the state that compares look at. */
function apply(
  state: StoreState,
  input: EtcdRequest | TxnOperation,
  output: EtcdResponse | null,
  before: StoreState,
): StoreState | null {
  if (input.kind === 'put') {
    const old = state.get(input.key);
    if (output?.kind === 'put' && output.prevKv !== undefined && !isPair(output.prevKv, input.key, old))
      return null;
    return changed(state, [input.key], { value: input.value, version: (old?.version ?? 0) + 1 });
  }
  if (input.kind === 'range') {
    return output === null || isRange(state, input, output as RangeResponse) ? state : null;
  }
  if (input.kind === 'deleteRange') {
    const found = [...state.keys()].filter((key) => inRange(key, input.key, input.rangeEnd));
    if (output?.kind === 'deleteRange') {
      const { deleted, prevKvs } = output;
      if (deleted !== found.length || (prevKvs !== undefined && !arePairs(prevKvs, found, state)))
        return null;
    }
    return found.length === 0 ? state : changed(state, found, null);
  }
  return input.kind === 'txn' ? applyTxn(state, input, output, before) : state;
}

function applyTxn(
  state: StoreState,
  { compares, success, failure }: TxnRequest,
  output: EtcdResponse | null,
  before: StoreState,
): StoreState | null {
  const succeeded = compares.every((compare) => holds(before, compare));
  const told = output?.kind === 'txn' ? output : null;
  const operations = succeeded ? success : failure;
  if (told !== null && (told.succeeded !== succeeded || told.results.length !== operations.length))
    return null;
  let next: StoreState | null = state;
  for (let at = 0; at < operations.length && next !== null; at++) {
    const result: EtcdResponse | null = told?.results[at] ?? null;
    const operation = operations[at] as TxnOperation;
    next = result !== null && result.kind !== operation.kind ? null : apply(next, operation, result, before);
  }
  return next;
}

function changed(state: StoreState, keys: readonly string[], to: Held | null): StoreState {
  const next = new Map(state);
  for (const key of keys) next.delete(key);
  if (to === null) return next;
  for (const key of keys) next.set(key, to);
  return new Map([...next].sort(([a], [b]) => compareKeys(a, b)));
}

function isPair(pair: Pair | null, key: string, held: Held | undefined): boolean {
  if (pair === null || held === undefined) return pair === null && held === undefined;
  const sameVersion = pair.version === undefined || pair.version === held.version;
  return pair.key === key && pair.value === held.value && sameVersion;
}

function arePairs(pairs: readonly Pair[], keys: readonly string[], state: StoreState): boolean {
  return (
    pairs.length === keys.length && keys.every((key, at) => isPair(pairs[at] as Pair, key, state.get(key)))
  );
}

function isRange(state: StoreState, request: RangeRequest, { kvs, count }: RangeResponse): boolean {
  const found = [...state.keys()].filter((key) => inRange(key, request.key, request.rangeEnd));
  if (count !== undefined && count !== found.length) return false;
  if (request.countOnly === true) return kvs.length === 0;
  const limit = (request.limit ?? 0) > 0 ? (request.limit as number) : found.length;
  const shown = found.slice(0, limit);
  if (request.keysOnly !== true) return arePairs(kvs, shown, state);
  return kvs.length === shown.length && shown.every((key, at) => kvs[at]?.key === key);
}

function holds(state: StoreState, { target, result, key, rangeEnd, operand }: Compare): boolean {
  const isMany = rangeEnd !== undefined && rangeEnd !== '';
  const keys = isMany ? [...state.keys()].filter((each) => inRange(each, key, rangeEnd)) : [key];
  return keys.every((each) => {
    const held = state.get(each);
    if (target === 'value' && held === undefined) return false;
    const order =
      target === 'value'
        ? compareKeys(held?.value ?? '', String(operand))
        : (held?.version ?? 0) - Number(operand);
    if (result === 'equal') return order === 0;
    if (result === 'notEqual') return order !== 0;
    return result === 'greater' ? order > 0 : order < 0;
  });
}
