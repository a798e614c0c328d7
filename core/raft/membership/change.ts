import type { NodeId } from '../../base/ids.ts';
import type { ConfChangeSingle } from '../conf_change.ts';
import { isJoint, type Membership } from './config.ts';
import { applyChanges, draftOf, finish, type Draft, type ProgressLimits } from './draft.ts';

/** A changed membership, or why the change is not allowed. */
export type ChangeResult = Membership | string;

/**
 * One change outside of a joint configuration. Old and new majorities overlap only if at most one voter
 * changes.
 */
export function changeSimply(
  current: Membership,
  limits: ProgressLimits,
  changes: readonly ConfChangeSingle[],
): ChangeResult {
  if (isJoint(current.config)) return "can't apply simple config change in joint config";
  const draft = draftOf(current, limits);
  applyChanges(draft, changes);
  if (draft.voters.size === 0) return 'removed all voters';
  if (symmetricDifference(current.config.voters, draft.voters) > 1) {
    return 'more than one voter changed without entering joint config';
  }
  return checked(draft);
}

/** The present voters become the outgoing half; the changes make the incoming one. */
export function enterJoint(
  current: Membership,
  limits: ProgressLimits,
  autoLeave: boolean,
  changes: readonly ConfChangeSingle[],
): ChangeResult {
  if (isJoint(current.config)) return 'config is already joint';
  if (current.config.voters.length === 0) return "can't make a zero-voter config joint";
  const draft = draftOf(current, limits);
  for (const id of current.config.voters) draft.outgoing.add(id);
  applyChanges(draft, changes);
  if (draft.voters.size === 0) return 'removed all voters';
  draft.autoLeave = autoLeave;
  return checked(draft);
}

/** Drops the outgoing half: its voters that are not in the incoming one are learners now, or gone. */
export function leaveJoint(current: Membership, limits: ProgressLimits): ChangeResult {
  if (!isJoint(current.config)) return "can't leave a non-joint config";
  const draft = draftOf(current, limits);
  for (const id of draft.learnersNext) {
    draft.learners.add(id);
    const progress = draft.progress.get(id);
    if (progress !== undefined) progress.isLearner = true;
  }
  draft.learnersNext.clear();
  for (const id of draft.outgoing) {
    if (!draft.voters.has(id) && !draft.learners.has(id)) draft.progress.delete(id);
  }
  draft.outgoing.clear();
  draft.autoLeave = false;
  return checked(draft);
}

function symmetricDifference(before: readonly NodeId[], after: ReadonlySet<NodeId>): number {
  const kept = before.filter((id) => after.has(id)).length;
  return before.length + after.size - 2 * kept;
}

function checked(draft: Draft): ChangeResult {
  return violation(draft) ?? finish(draft);
}

/** The rules that every membership keeps; the first that is broken, in words, or null. */
function violation(draft: Draft): string | null {
  const { voters, outgoing, learners, learnersNext, progress } = draft;
  for (const ids of [voters, outgoing, learners, learnersNext]) {
    for (const id of ids) if (!progress.has(id)) return `no progress for ${id}`;
  }
  for (const id of learnersNext) {
    if (!outgoing.has(id)) return `${id} is in LearnersNext, but not Voters[1]`;
    if (progress.get(id)?.isLearner === true) {
      return `${id} is in LearnersNext, but is already marked as learner`;
    }
  }
  for (const id of learners) {
    if (outgoing.has(id)) return `${id} is in Learners and Voters[1]`;
    if (voters.has(id)) return `${id} is in Learners and Voters[0]`;
    if (progress.get(id)?.isLearner !== true) return `${id} is in Learners, but is not marked as learner`;
  }
  if (outgoing.size > 0) return null;
  if (learnersNext.size > 0) return 'cfg.LearnersNext must be nil when not joint';
  return draft.autoLeave ? 'AutoLeave must be false when not joint' : null;
}
