import type { EtcdHistory, WatchRecord } from './checkers/history/etcd_history.ts';
import type { EtcdOperation, EtcdRequest, TxnOperation } from './checkers/history/etcd_operation.ts';
import { inRange } from './checkers/history/key_order.ts';
import { toEtcdOperation, toKvOperation } from './checkers/history/kv_conversion.ts';
import type { KvInput, KvOperation, KvOutput } from './checkers/history/kv_operation.ts';
import type { CallHistory, RecordedCall, RecordedRequest } from './cluster/call_history.ts';
import type { KvAnswer, KvCall } from './cluster/kv_calls.ts';

/** All that the clients of a run asked and heard, in the checkers' terms. */
export function etcdHistoryOf({ calls, requests, watches }: CallHistory): EtcdHistory {
  const operations = [...historyOf(calls).map(toEtcdOperation), ...requests.map(operationOf)];
  operations.sort((a, b) => a.id - b.id);
  return { operations, watches: watches.map((watch): WatchRecord => watch) };
}

function operationOf(recorded: RecordedRequest): EtcdOperation {
  const { request, ...rest } = recorded;
  return { ...rest, input: request, ...returnOf(recorded) };
}

function returnOf({ returnNs, returnSequence }: Pick<RecordedCall, 'returnNs' | 'returnSequence'>): {
  readonly returnNs: number | null;
  readonly returnSequence: number | null;
} {
  return returnNs < 0 ? { returnNs: null, returnSequence: null } : { returnNs, returnSequence };
}

/** The operations on single keys that can be judged key by key: on keys that nobody wrote in another way. */
export function registersOf({ calls, requests }: CallHistory): KvOperation[] {
  const registers = historyOf(calls);
  if (requests.length === 0) return registers;
  const others: TxnOperation[] = [];
  for (const recorded of requests) {
    const operation = operationOf(recorded);
    const register = toKvOperation(operation);
    if (register !== null) registers.push(register);
    else if (operation.outcome.status !== 'fail') addWrites(operation.input, others);
  }
  const single = new Set<string>();
  const ranges: { readonly key: string; readonly rangeEnd: string }[] = [];
  for (const write of others) {
    if (write.kind === 'deleteRange' && write.rangeEnd !== undefined) {
      ranges.push({ key: write.key, rangeEnd: write.rangeEnd });
    } else if (write.kind === 'put' || write.kind === 'deleteRange') single.add(write.key);
  }
  return registers
    .filter(
      ({ input: { key } }) =>
        !single.has(key) && !ranges.some((each) => inRange(key, each.key, each.rangeEnd)),
    )
    .sort((a, b) => a.id - b.id);
}

/** The puts and deletes of a request; a key with a lease is written when the lease ends, too. */
function addWrites(request: EtcdRequest, into: TxnOperation[]): void {
  if (request.kind === 'put' || request.kind === 'deleteRange') into.push(request);
  else if (request.kind === 'txn') {
    for (const each of request.success) addWrites(each, into);
    for (const each of request.failure) addWrites(each, into);
  }
}

/** The calls of text methods in the checkers' terms. */
export function historyOf(calls: readonly RecordedCall[]): KvOperation[] {
  return calls.map((call) => ({
    id: call.id,
    process: call.process,
    client: call.client,
    input: inputOf(call.call),
    callNs: call.callNs,
    callSequence: call.callSequence,
    ...returnOf(call),
    outcome: outcomeOf(call),
  }));
}

function inputOf(call: KvCall): KvInput {
  return call.kind === 'compareAndSwap' ? { ...call, expected: { value: call.expected } } : call;
}

function outcomeOf({ status, call, answer }: RecordedCall): KvOperation['outcome'] {
  if (status !== 'ok' || answer === null) return { status: status === 'fail' ? 'fail' : 'unknown' };
  return { status: 'ok', output: outputOf(call, answer) };
}

function outputOf({ kind }: KvCall, { value, revision, modRevision }: KvAnswer): KvOutput {
  if (kind === 'get') {
    return { kind, value: typeof value === 'string' ? value : null, revision, modRevision };
  }
  if (kind === 'put') return { kind, revision };
  if (kind === 'delete') return { kind, deleted: value === true ? 1 : 0, revision };
  return { kind, succeeded: value === true, revision };
}
