import type { ConfState } from '../entry.ts';
import { emptyMembership, type Membership } from './config.ts';
import { addProgress, draftOf, finish, type ProgressLimits } from './draft.ts';

/** The membership that a snapshot or the storage records; nothing is known yet of how far its members are. */
export function restoreMembership(state: ConfState, limits: ProgressLimits): Membership {
  const draft = draftOf(emptyMembership, limits);
  for (const id of state.voters) draft.voters.add(id);
  for (const id of state.votersOutgoing) draft.outgoing.add(id);
  for (const id of state.learners) draft.learners.add(id);
  for (const id of state.learnersNext) draft.learnersNext.add(id);
  draft.autoLeave = state.autoLeave;
  for (const ids of [state.voters, state.votersOutgoing, state.learnersNext]) {
    for (const id of ids) if (!draft.progress.has(id)) addProgress(draft, id, false);
  }
  for (const id of state.learners) addProgress(draft, id, true);
  return finish(draft);
}
