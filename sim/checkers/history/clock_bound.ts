import type { EtcdHistory } from './etcd_history.ts';
import type { EtcdOperation, EtcdResponse } from './etcd_operation.ts';

const million = 1_000_000;

/**
 * A history as it was promised under a bound on how fast the members' clocks ran, in parts per million: every time to live is as long as
 * the fastest clock made it, for a lease may run out by that clock. For the check of the store, which asks no more of clocks than that.
 */
export function onFastestClock(history: EtcdHistory, fastPpm: number): EtcdHistory {
  if (fastPpm === 0) return history;
  const least = (ttl: number): number => Math.floor((ttl * 1000 * million) / (million + fastPpm)) / 1000;
  return { ...history, operations: history.operations.map((operation) => shortened(operation, least)) };
}

function shortened(operation: EtcdOperation, least: (ttl: number) => number): EtcdOperation {
  const { input, outcome } = operation;
  const isGrant = input.kind === 'leaseGrant' && input.ttl !== undefined;
  const asked = isGrant ? { ...input, ttl: least(input.ttl) } : input;
  if (outcome.status !== 'ok') return isGrant ? { ...operation, input: asked } : operation;
  const output = answered(outcome.output, least);
  if (!isGrant && output === outcome.output) return operation;
  return { ...operation, input: asked, outcome: { ...outcome, output } };
}

function answered(output: EtcdResponse, least: (ttl: number) => number): EtcdResponse {
  if (output.kind === 'leaseKeepAlive') return { ...output, ttl: least(output.ttl) };
  if (output.kind === 'leaseGrant' && output.ttl !== undefined) return { ...output, ttl: least(output.ttl) };
  return output;
}
