import { compareNumbers } from '../../base/bytes.ts';
import type { NodeId } from '../../base/ids.ts';
import { ConfChangeType, type ConfChangeSingle } from '../conf_change.ts';
import { cloneInflights } from '../inflights.ts';
import { makeProgress, type Progress } from '../progress.ts';
import { emptyConfiguration, type Configuration, type Membership } from './config.ts';

/** What a new member's progress starts from. */
export interface ProgressLimits {
  readonly lastIndex: number;
  readonly inflightMessagesMax: number;
  readonly inflightBytesMax: number;
}

/** A membership while it is being changed. `finish` sorts it into an immutable one. */
export interface Draft {
  readonly voters: Set<NodeId>;
  readonly outgoing: Set<NodeId>;
  readonly learners: Set<NodeId>;
  readonly learnersNext: Set<NodeId>;
  autoLeave: boolean;
  readonly progress: Map<NodeId, Progress>;
  readonly limits: ProgressLimits;
}

/** A copy: a change that fails half-way leaves no trace. */
export function draftOf(membership: Membership, limits: ProgressLimits): Draft {
  const { config, progress } = membership;
  const copies = new Map<NodeId, Progress>();
  for (const [id, one] of progress) copies.set(id, { ...one, inflights: cloneInflights(one.inflights) });
  return {
    voters: new Set(config.voters),
    outgoing: new Set(config.outgoing),
    learners: new Set(config.learners),
    learnersNext: new Set(config.learnersNext),
    autoLeave: config.autoLeave,
    progress: copies,
    limits,
  };
}

function sortedIds(ids: Iterable<NodeId>): NodeId[] {
  return [...ids].sort(compareNumbers);
}

export function finish(draft: Draft): Membership {
  const config: Configuration = {
    voters: sortedIds(draft.voters),
    outgoing: sortedIds(draft.outgoing),
    learners: sortedIds(draft.learners),
    learnersNext: sortedIds(draft.learnersNext),
    autoLeave: draft.autoLeave,
  };
  const progress = new Map<NodeId, Progress>();
  for (const id of sortedIds(draft.progress.keys())) progress.set(id, draft.progress.get(id) as Progress);
  const isEmpty = progress.size === 0 && !draft.autoLeave;
  return { config: isEmpty ? emptyConfiguration : config, progress };
}

/**
 * Applies the changes in order to the incoming half. Node 0 is ignored; it stands for a change that was
 * voided.
 */
export function applyChanges(draft: Draft, changes: readonly ConfChangeSingle[]): void {
  for (const { type, nodeId } of changes) {
    if (nodeId === 0) continue;
    if (type === ConfChangeType.addNode) makeVoter(draft, nodeId);
    else if (type === ConfChangeType.addLearnerNode) makeLearner(draft, nodeId);
    else if (type === ConfChangeType.removeNode) removeNode(draft, nodeId);
  }
}

function makeVoter(draft: Draft, id: NodeId): void {
  const progress = draft.progress.get(id);
  draft.voters.add(id);
  if (progress === undefined) return addProgress(draft, id, false);
  progress.isLearner = false;
  draft.learners.delete(id);
  draft.learnersNext.delete(id);
}

/**
 * A voter of the outgoing half can't become a learner at once, since it still votes there: it waits in
 * learnersNext until the joint configuration is left.
 */
function makeLearner(draft: Draft, id: NodeId): void {
  const progress = draft.progress.get(id);
  if (progress === undefined) {
    draft.learners.add(id);
    return addProgress(draft, id, true);
  }
  if (progress.isLearner) return;
  removeNode(draft, id);
  draft.progress.set(id, progress);
  if (draft.outgoing.has(id)) {
    draft.learnersNext.add(id);
  } else {
    progress.isLearner = true;
    draft.learners.add(id);
  }
}

function removeNode(draft: Draft, id: NodeId): void {
  draft.voters.delete(id);
  draft.learners.delete(id);
  draft.learnersNext.delete(id);
  if (!draft.outgoing.has(id)) draft.progress.delete(id);
}

export function addProgress(draft: Draft, id: NodeId, isLearner: boolean): void {
  const { lastIndex, inflightMessagesMax, inflightBytesMax } = draft.limits;
  const next = Math.max(lastIndex, 1);
  const progress = makeProgress(id, next, isLearner, inflightMessagesMax, inflightBytesMax);
  // A new member counts as alive, or the leader might step down before it had a chance to answer.
  progress.recentActive = true;
  draft.progress.set(id, progress);
}
