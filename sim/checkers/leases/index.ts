/** When leases may and must run out: `checkLeases`, over a history's grants, renewals, revokes and reads. */
import type { EtcdHistory } from '../history/etcd_history.ts';
import type { EtcdOperation } from '../history/etcd_operation.ts';
import type { HistoryCheck } from '../linearizability/report.ts';
import { type TimeText, countText, milliseconds, plural } from '../linearizability/wording.ts';
import type { Changes } from '../store/changes.ts';
import { StoreWords } from '../store/words.ts';
import { type LeaseGuarantee, leaseGuarantees } from './guarantees.ts';
import { type Life, livesOf } from './life.ts';
import { Limits } from './limits.ts';

export interface LeaseOptions {
  /** Changes that the store's check found, to tell when keys went; null: not known. */
  readonly changes: Changes | null;
  /** How far a member's clock may be off over the life of a lease, in nanoseconds. */
  readonly clockErrorNs?: number;
  /** How long an expiry may take beyond that whatever happens; Infinity: only as answers prove that one leader was at work. */
  readonly graceNs?: number;
  /**
   * By how much a member's clock may be fast or slow, in parts per million: a lease may run out by the one and last by the other. With
   * less than half the speed no lease lives too long.
   */
  readonly fastPpm?: number;
  readonly slowPpm?: number;
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

const million = 1_000_000;

/**
 * A lease that was held by an operation called at c can not have run out before c + ttl - error; one that was last held by an
 * operation returned at r must be gone by r + ttl + error + grace.
 */
export function checkLeases(history: Pick<EtcdHistory, 'operations'>, options: LeaseOptions): LeaseReport {
  const { clockErrorNs = 0, graceNs = Infinity, fastPpm = 0, slowPpm = 0, time = milliseconds } = options;
  const lives = livesOf(history.operations);
  const words = new StoreWords(time);
  const violations: LeaseViolation[] = [];
  const limits = new Limits(history.operations, lives.size, { clockErrorNs, slowPpm });
  for (const life of lives.values()) {
    const found =
      early(life, (ns) => Math.floor((ns / (million + fastPpm)) * million) - clockErrorNs, words) ??
      immortal(life, clockErrorNs + graceNs, words) ??
      outlived(life, limits, words);
    if (found !== null) violations.push(found);
  }
  const checks = (Object.keys(leaseGuarantees) as LeaseGuarantee[]).map((guarantee): HistoryCheck => {
    const broken = violations.filter((each) => each.guarantee === guarantee).length;
    return {
      ...leaseGuarantees[guarantee],
      status: broken > 0 ? 'violated' : 'passed',
      detail:
        guarantee === 'notImmortal' && graceNs === Infinity
          ? `${plural(lives.size, 'lease')}, for ${countText(limits.judged)} of which answers prove when it had to be gone`
          : plural(lives.size, 'lease'),
    };
  });
  return { checks, violations };
}

/** Somebody found the lease gone while a grant or a renewal still held it. */
function early(
  { lease, holds, ends, gone }: Life,
  leastNs: (ns: number) => number,
  words: StoreWords,
): LeaseViolation | null {
  for (const found of gone) {
    const returned = found.returnNs;
    if (returned === null || ends.some((end) => end.callNs <= returned)) continue;
    for (const { operation, forNs } of holds) {
      if (operation.returnNs === null || operation.returnNs > found.callNs) continue;
      // The member counted from some moment not before the call.
      const until = operation.callNs + leastNs(forNs);
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

/** The same where answers prove that one leader had the time to end it. */
function outlived(life: Life, limits: Limits, words: StoreWords): LeaseViolation | null {
  const found = limits.foundAlive(life);
  if (found === null) return null;
  const { lease } = life;
  const { operation, held, dueNs, term, workedNs } = found;
  const text = `found lease ${lease} alive at ${words.time(operation.callNs)}; nothing held it after ${words.time(dueNs)}, and the leader of term ${term} was at work for ${words.time(workedNs)} since`;
  return violation('notImmortal', lease, operation, held, words, text);
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
