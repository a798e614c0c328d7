import { nsPerSecond } from '../../../core/limits.ts';
import { type EtcdOperation, type TxnOperation, grantedLease } from '../history/etcd_operation.ts';

/** What a history tells of one lease. */
export interface Life {
  readonly lease: string;
  readonly ttlNs: number;
  /** The grant, then renewals that were answered with a time to live, in the order of their calls. */
  readonly holds: Hold[];
  /** Anything that may have renewed or ended it without an answer, or did end it. */
  readonly ends: EtcdOperation[];
  readonly maybeRenewed: EtcdOperation[];
  /** Operations that found the lease gone. */
  readonly gone: EtcdOperation[];
  /** Operations that found it alive: it was attached, or a key of it was read. */
  readonly alive: EtcdOperation[];
}

export interface Hold {
  readonly operation: EtcdOperation;
  readonly forNs: number;
}

export function livesOf(operations: readonly EtcdOperation[]): Map<string, Life> {
  const lives = new Map<string, Life>();
  for (const operation of operations) {
    const { input, outcome } = operation;
    const lease = grantedLease(operation);
    if (input.kind !== 'leaseGrant' || outcome.status !== 'ok' || lease === null) continue;
    const ttl = (outcome.output.kind === 'leaseGrant' ? outcome.output.ttl : undefined) ?? input.ttl;
    if (ttl === undefined || lives.has(lease)) continue;
    const ttlNs = ttl * nsPerSecond;
    lives.set(lease, {
      lease,
      ttlNs,
      holds: [{ operation, forNs: ttlNs }],
      ends: [],
      maybeRenewed: [],
      gone: [],
      alive: [],
    });
  }
  for (const operation of operations) sort(operation, lives);
  return lives;
}

function sort(operation: EtcdOperation, lives: ReadonlyMap<string, Life>): void {
  const { input, outcome } = operation;
  if (outcome.status === 'fail') return;
  const output = outcome.status === 'ok' ? outcome.output : null;
  if (input.kind === 'leaseKeepAlive') {
    const life = lives.get(input.lease);
    if (output?.kind === 'leaseKeepAlive') {
      if (output.ttl > 0) life?.holds.push({ operation, forNs: output.ttl * nsPerSecond });
      else life?.gone.push(operation);
    } else if (output === null) life?.maybeRenewed.push(operation);
    else life?.gone.push(operation);
  } else if (input.kind === 'leaseRevoke') {
    const life = lives.get(input.lease);
    if (output?.kind === 'error') life?.gone.push(operation);
    else life?.ends.push(operation);
  } else if (input.kind === 'put' || input.kind === 'txn') {
    for (const lease of leasesOf(input)) {
      const life = lives.get(lease);
      if (output?.kind === 'error' && output.error === 'leaseNotFound') life?.gone.push(operation);
      else if (output !== null && output.kind !== 'error') life?.alive.push(operation);
    }
  }
  if (
    output?.kind === 'range' &&
    input.kind === 'range' &&
    input.serializable !== true &&
    (input.revision ?? 0) === 0
  ) {
    for (const { lease } of output.kvs)
      if (lease !== undefined && lease !== '0') lives.get(lease)?.alive.push(operation);
  }
}

function leasesOf(input: TxnOperation): string[] {
  if (input.kind === 'put') return input.lease === undefined || input.lease === '0' ? [] : [input.lease];
  return input.kind === 'txn' && input.failure.length === 0 ? input.success.flatMap(leasesOf) : [];
}
