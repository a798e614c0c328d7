import { assert } from '../base/assert.ts';
import type { NodeId } from '../base/ids.ts';
import { addInflight, isFull, makeInflights, resetInflights, type Inflights } from './inflights.ts';

/**
 * How a leader talks to a follower.
 * probe: one append at a time until it is known where the logs match;
 * replicate: a window of appends, sent optimistically;
 * snapshot: nothing but a snapshot until the follower has caught up with it.
 */
export type ProgressState = 'probe' | 'replicate' | 'snapshot';

/** A leader's view of one member of the configuration, itself included. Invariant: match < next. */
export interface Progress {
  readonly id: NodeId;
  /** The highest index known to equal the leader's log. */
  match: number;
  /** The next index to send. */
  next: number;
  /** The highest commit index that was sent in a message that is consistent with the log below `next`. */
  sentCommit: number;
  state: ProgressState;
  /** In state snapshot: the index of the snapshot on its way, else 0. */
  pendingSnapshot: number;
  /** Heard of since the last check of the quorum. */
  recentActive: boolean;
  /** No appends until the follower answers a probe or a heartbeat. */
  flowPaused: boolean;
  inflights: Inflights;
  isLearner: boolean;
}

export function makeProgress(
  id: NodeId,
  next: number,
  isLearner: boolean,
  inflightMessagesMax: number,
  inflightBytesMax: number,
): Progress {
  return {
    id,
    match: 0,
    next,
    sentCommit: 0,
    state: 'probe',
    pendingSnapshot: 0,
    recentActive: false,
    flowPaused: false,
    inflights: makeInflights(inflightMessagesMax, inflightBytesMax),
    isLearner,
  };
}

/** Back to what a new leader knows of a member: nothing, except of itself. */
export function resetProgress(progress: Progress, match: number, next: number): void {
  enterState(progress, 'probe');
  progress.match = match;
  progress.next = next;
  progress.sentCommit = 0;
  progress.recentActive = false;
}

function enterState(progress: Progress, state: ProgressState): void {
  progress.flowPaused = false;
  progress.pendingSnapshot = 0;
  progress.state = state;
  resetInflights(progress.inflights);
}

function capSentCommit(progress: Progress): void {
  progress.sentCommit = Math.min(progress.sentCommit, progress.next - 1);
}

/**
 * Probes from behind the last match, or from behind a snapshot that was sent: it arrived, or the probe will
 * tell.
 */
export function becomeProbe(progress: Progress): void {
  const pending = progress.state === 'snapshot' ? progress.pendingSnapshot : 0;
  enterState(progress, 'probe');
  progress.next = Math.max(progress.match, pending) + 1;
  capSentCommit(progress);
}

export function becomeReplicate(progress: Progress): void {
  enterState(progress, 'replicate');
  progress.next = progress.match + 1;
}

export function becomeSnapshot(progress: Progress, index: number): void {
  enterState(progress, 'snapshot');
  progress.pendingSnapshot = index;
  progress.next = index + 1;
  progress.sentCommit = index;
}

/** Accounts for an append that was just sent. */
export function sentEntries(progress: Progress, count: number, bytes: number): void {
  if (progress.state === 'replicate') {
    if (count > 0) {
      progress.next += count;
      addInflight(progress.inflights, progress.next - 1, bytes);
    }
    // An append that fills the window, or is sent beyond it, acts as a probe: wait for an answer.
    progress.flowPaused = isFull(progress.inflights);
    return;
  }
  assert(progress.state === 'probe', 'entries sent to a follower that waits for a snapshot');
  if (count > 0) progress.flowPaused = true;
}

export function canBumpCommit(progress: Progress, commit: number): boolean {
  // Nothing beyond next-1 can be committed by a message that ends there.
  return commit > progress.sentCommit && progress.sentCommit < progress.next - 1;
}

/** The follower has everything up to `index`. False if that was known. */
export function acknowledge(progress: Progress, index: number): boolean {
  if (index <= progress.match) return false;
  progress.match = index;
  progress.next = Math.max(progress.next, index + 1);
  progress.flowPaused = false;
  return true;
}

/**
 * The follower refused an append after `rejected`; `hint` is where the logs may match at best. False if the
 * answer is stale: it belongs to an append before the one that counts now.
 */
export function retreat(progress: Progress, rejected: number, hint: number): boolean {
  if (progress.state === 'replicate') {
    if (rejected <= progress.match) return false;
    progress.next = progress.match + 1;
    capSentCommit(progress);
    return true;
  }
  if (progress.next - 1 !== rejected) return false;
  progress.next = Math.max(Math.min(rejected, hint + 1), progress.match + 1);
  capSentCommit(progress);
  progress.flowPaused = false;
  return true;
}

export function isPaused(progress: Progress): boolean {
  return progress.state === 'snapshot' || progress.flowPaused;
}

const stateNames = { probe: 'StateProbe', replicate: 'StateReplicate', snapshot: 'StateSnapshot' } as const;

/** As etcd prints it in logs and in the status. */
export function describeProgress(progress: Progress): string {
  let out = `${stateNames[progress.state]} match=${progress.match} next=${progress.next}`;
  if (progress.isLearner) out += ' learner';
  if (isPaused(progress)) out += ' paused';
  if (progress.pendingSnapshot > 0) out += ` pendingSnap=${progress.pendingSnapshot}`;
  if (!progress.recentActive) out += ' inactive';
  const { count } = progress.inflights;
  if (count > 0) out += ` inflight=${count}${isFull(progress.inflights) ? '[full]' : ''}`;
  return out;
}
