import type { RunModel } from '../model/run_model.ts';
import { Role } from '../model/roles.ts';

/** Who leads at the end of a run, and in which term; null when nobody does. */
export function leaderOf({
  lives,
  durationNs,
}: RunModel): { readonly member: number; readonly term: number } | null {
  let found: { readonly member: number; readonly term: number } | null = null;
  for (const [member, { roles, gaps }] of lives) {
    const last = roles.at(-1);
    const down = gaps.some(({ kind, endNs }) => kind === 'down' && endNs >= durationNs);
    if (last?.role !== Role.leader || down) continue;
    if (found === null || last.term > found.term) found = { member, term: last.term };
  }
  return found;
}

/** What somebody who does not see the lanes should hear of a live run that has gone on; '' for nothing. */
export function liveNews(before: RunModel, after: RunModel): string {
  const [broken] = after.info.verdict.violations.slice(before.info.verdict.violations.length);
  if (broken !== undefined) return `${broken.check} broke: ${broken.sentence}`;
  const [old, now] = [leaderOf(before), leaderOf(after)];
  if (now === null) return old === null ? '' : 'Nobody leads';
  if (now.member === old?.member && now.term === old.term) return '';
  return `n${now.member} leads in term ${now.term}`;
}
