import { fromText } from '../../core/base/bytes.ts';
import { nodeId } from '../../core/base/ids.ts';
import {
  type CallOptions,
  type Client,
  type KeeperId,
  type Outcome,
  type WaitId,
  prefixRange,
} from '../../core/client/index.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import type { ClientCall } from '../trace/client_call.ts';
import type { CallRecorder } from './call_recorder.ts';
import { type KvCall, requestOf } from './kv_calls.ts';

type Request = Exclude<ClientCall, { readonly kind: 'watch' | 'stopKeeping' }>;

/** What interventions ask of one client beside its script: nobody waits for the answers but those who look. */
export class AskedCalls {
  private readonly client: Client;
  private readonly recorder: CallRecorder;
  /** Leases that are to be kept as soon as they are granted. */
  private readonly toKeep = new Map<WaitId, number>();
  private readonly kept = new Map<number, KeeperId>();

  constructor(client: Client, recorder: CallRecorder) {
    this.client = client;
    this.recorder = recorder;
  }

  /** Whether it makes sense now. */
  permits(call: ClientCall): boolean {
    return call.kind !== 'stopKeeping' || this.kept.has(call.lease);
  }

  /** `cause` is the trace row that asks. */
  ask(call: ClientCall, cause: number): void {
    if (call.kind === 'stopKeeping') {
      this.stopKeeping(call.lease);
      return;
    }
    this.recorder.asked = { cause };
    if (call.kind === 'watch') this.watch(call);
    else {
      const text = textCall(call);
      this.recorder.textCall = text;
      const request = text === null ? apiRequest(call) : requestOf(text);
      const begun = this.client.begin({ kind: 'request', request, options: optionsOf(call) });
      if (call.kind === 'grant' && call.keep && !begun.done) this.toKeep.set(begun.wait, call.lease);
    }
  }

  private watch({ key, prefix, startRevision }: Extract<ClientCall, { readonly kind: 'watch' }>): void {
    const range = prefix === true ? prefixRange(fromText(key)) : { key: fromText(key) };
    const from = startRevision === undefined ? {} : { start_revision: startRevision };
    this.client.begin({ kind: 'watch', options: { ...range, ...from } });
  }

  private stopKeeping(lease: number): void {
    const keeper = this.kept.get(lease);
    this.kept.delete(lease);
    if (keeper !== undefined) this.client.begin({ kind: 'keeperStop', keeper });
  }

  /** The answer to something that no script waits for. */
  answered(wait: WaitId, outcome: Outcome): void {
    const lease = this.toKeep.get(wait);
    this.toKeep.delete(wait);
    if (lease === undefined || outcome.status !== 'ok' || outcome.response.kind !== 'lease_grant') return;
    const { ID, TTL } = outcome.response.lease_grant;
    const begun = this.client.begin({ kind: 'keep', lease: ID, ttlSeconds: TTL });
    if (begun.done) this.kept.set(lease, begun.answer as KeeperId);
  }

  /** What is granted from now on is not kept. */
  stop(): void {
    this.toKeep.clear();
    this.kept.clear();
  }
}

/** Linearizable calls on one key have the form that workloads have, so that they are judged and drawn as theirs. */
function textCall(call: Request): KvCall | null {
  if (call.kind === 'get' && call.serializable !== true) return { kind: 'get', key: call.key };
  if (call.kind === 'delete') return { kind: 'delete', key: call.key };
  if (call.kind === 'put' && call.lease === undefined) {
    return { kind: 'put', key: call.key, value: call.value };
  }
  return null;
}

function apiRequest(call: Request): ClientRequest {
  switch (call.kind) {
    case 'put': {
      const lease = call.lease === undefined ? {} : { lease: BigInt(call.lease) };
      return { kind: 'put', put: { key: fromText(call.key), value: fromText(call.value), ...lease } };
    }
    case 'get':
      return { kind: 'range', range: { key: fromText(call.key), ...serializable(call) } };
    case 'range':
      return { kind: 'range', range: { ...prefixRange(fromText(call.prefix)), ...serializable(call) } };
    case 'delete':
      return { kind: 'delete_range', delete_range: { key: fromText(call.key) } };
    case 'grant':
      return { kind: 'lease_grant', lease_grant: { TTL: call.ttlSeconds, ID: BigInt(call.lease) } };
    case 'revoke':
      return { kind: 'lease_revoke', lease_revoke: { ID: BigInt(call.lease) } };
  }
}

function serializable(call: { readonly serializable?: boolean }): { readonly serializable?: true } {
  return call.serializable === true ? { serializable: true } : {};
}

function optionsOf({ via }: Request): CallOptions {
  return via === undefined ? {} : { endpoint: nodeId(via) };
}
