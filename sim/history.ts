import type { KvInput, KvOperation, KvOutput } from './checkers/history/kv_operation.ts';
import type { RecordedCall } from './cluster/client_actor.ts';
import type { KvAnswer, KvCall } from './cluster/kv_calls.ts';

/** The run's calls in the checkers' terms. */
export function historyOf(calls: readonly RecordedCall[]): KvOperation[] {
  return calls.map((call) => ({
    id: call.id,
    process: call.process,
    client: call.client,
    input: inputOf(call.call),
    callNs: call.callNs,
    callSequence: call.callSequence,
    returnNs: call.returnNs < 0 ? null : call.returnNs,
    returnSequence: call.returnNs < 0 ? null : call.returnSequence,
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
