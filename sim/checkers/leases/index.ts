/** When leases may and must run out: `checkLeases`, over a history's grants, renewals, revokes and reads. */
import { nsPerSecond } from '../../../core/limits.ts';
import type { EtcdHistory } from '../history/etcd_history.ts';
import { type EtcdOperation, type TxnOperation, grantedLease } from '../history/etcd_operation.ts';
import type { HistoryCheck } from '../linearizability/report.ts';
import { type TimeText, milliseconds, plural } from '../linearizability/wording.ts';
import type { Changes } from '../store/changes.ts';
import { StoreWords } from '../store/words.ts';
import { type LeaseGuarantee, leaseGuarantees } from './guarantees.ts';

export interface LeaseOptions {
  /** Changes that the store's check found, to tell when keys went; null: not known. */
  readonly changes: Changes | null;
  /** How far a member's clock may be off over the life of a lease, in nanoseconds. */
  readonly clockErrorNs?: number;
  /** How long an expiry may take beyond that: elections extend leases, revokes are limited. Infinity: no upper bound is judged. */
  readonly graceNs?: number;
  readonly time?: TimeText;
}

export interface LeaseViolation {
  readonly guarantee: LeaseGuarantee;
  readonly lease: string;
  readonly sentence: string;
  readonly lines: readonly string[];
  readonly atNs: number;
  readonly operations: readonly number[];
}

export interface LeaseReport {
  readonly checks: readonly HistoryCheck[];
  readonly violations: readonly LeaseViolation[];
}

interface Life {
  readonly lease: string;
  readonly ttlNs: number;
  /** The grant, then renewals that were answered with a time to live, in the order of their calls. */
  readonly holds: { readonly operation: EtcdOperation; readonly forNs: number }[];
  /** Anything that may have renewed or ended it without an answer, or did end it. */
  readonly ends: EtcdOperation[];
  readonly maybeRenewed: EtcdOperation[];
  /** Operations that found the lease gone. */
  readonly gone: EtcdOperation[];
  /** Operations that found it alive: it was attached, or a key of it was read. */
  readonly alive: EtcdOperation[];
}

/**
 * A lease that was held by an operation called at c can not have run out before c + ttl - error; one that was last held by an
 * operation returned at r must be gone by r + ttl + error + grace.
 */
export function checkLeases(history: Pick<EtcdHistory, 'operations'>, options: LeaseOptions): LeaseReport {
  const { clockErrorNs = 0, graceNs = Infinity, time = milliseconds } = options;
  const lives = livesOf(history.operations);
  const words = new StoreWords(time);
  const violations: LeaseViolation[] = [];
  for (const life of lives.values()) {
    const found = early(life, clockErrorNs, words) ?? immortal(life, clockErrorNs + graceNs, words);
    if (found !== null) violations.push(found);
  }
  const checks = (Object.keys(leaseGuarantees) as LeaseGuarantee[]).map((guarantee): HistoryCheck => {
    const broken = violations.filter((each) => each.guarantee === guarantee).length;
    return {
      ...leaseGuarantees[guarantee],
      status: broken > 0 ? 'violated' : 'passed',
      detail: plural(lives.size, 'lease'),
    };
  });
  return { checks, violations };
}

function livesOf(operations: readonly EtcdOperation[]): Map<string, Life> {
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

/** Somebody found the lease gone while a grant or a renewal still held it. */
function early(
  { lease, holds, ends, gone }: Life,
  errorNs: number,
  words: StoreWords,
): LeaseViolation | null {
  for (const found of gone) {
    const returned = found.returnNs;
    if (returned === null || ends.some((end) => end.callNs <= returned)) continue;
    for (const { operation, forNs } of holds) {
      if (operation.returnNs === null || operation.returnNs > found.callNs) continue;
      // The member counted from some moment not before the call.
      const until = operation.callNs + forNs - errorNs;
      if (returned >= until) continue;
      const isGrant = operation.input.kind === 'leaseGrant';
      return violation(
        isGrant ? 'notEarly' : 'renewed',
        lease,
        found,
        operation,
        words,
        `found lease ${lease} gone at ${words.time(returned)} at the latest, but ${words.name(operation)} held it until ${words.time(until)}`,
      );
    }
  }
  return null;
}

/** Somebody found the lease alive long after the last renewal. */
function immortal(
  { lease, holds, maybeRenewed, alive }: Life,
  slackNs: number,
  words: StoreWords,
): LeaseViolation | null {
  // Without an upper bound nothing lasts too long.
  if (slackNs === Infinity) return null;
  for (const found of alive) {
    let until = -Infinity;
    let last = holds[0]?.operation as EtcdOperation;
    for (const { operation, forNs } of holds) {
      if (operation.returnNs === null || operation.callNs > found.callNs) continue;
      if (operation.returnNs + forNs > until) [until, last] = [operation.returnNs + forNs, operation];
    }
    // A renewal without an answer may come at any time after its call.
    if (maybeRenewed.some(({ callNs }) => callNs <= (found.returnNs ?? Infinity))) continue;
    if (found.callNs <= until + slackNs) continue;
    return violation(
      'notImmortal',
      lease,
      found,
      last,
      words,
      `found lease ${lease} alive at ${words.time(found.callNs)}, but nothing held it after ${words.time(until + slackNs)}`,
    );
  }
  return null;
}

function violation(
  guarantee: LeaseGuarantee,
  lease: string,
  found: EtcdOperation,
  held: EtcdOperation,
  words: StoreWords,
  text: string,
): LeaseViolation {
  return {
    guarantee,
    lease,
    sentence: `${words.name(found)} ${text}`,
    lines: [`  ${words.line(held)}`, `  ${words.line(found)}`],
    atNs: found.returnNs ?? found.callNs,
    operations: [held.id, found.id],
  };
}
