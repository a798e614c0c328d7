import { roleNames } from '../../sim/trace/kinds.ts';
import type { RunModel } from '../model/run_model.ts';
import { spanAt } from '../model/roles.ts';
import { durationText } from '../scale/time_format.ts';
import { plainName } from './plain_name.ts';

/** What a member is at a moment, and for how long: "n2 is follower of n1 in term 3, for 1.2 s". */
export function spanSentence(model: RunModel, lane: number, atNs: number, name: string): string {
  const life = model.lives.get(lane);
  const gap = life?.gaps.find((candidate) => candidate.startNs <= atNs && candidate.endNs > atNs);
  if (gap !== undefined) return `${name} is ${gap.kind} for ${durationText(gap.endNs - gap.startNs)}`;
  const span = life && spanAt(life.roles, atNs);
  if (span === undefined) return `${name} has not started`;
  const role = plainName(roleNames[span.role] ?? '');
  const leader = span.leader > 0 && roleNames[span.role] !== 'leader' ? ` of n${span.leader}` : '';
  const cut = cutWords(model, lane, atNs);
  return `${name} is ${role}${leader} in term ${span.term} for ${durationText(span.endNs - span.startNs)}${cut}`;
}

function cutWords(model: RunModel, lane: number, atNs: number): string {
  const number = model.members.findIndex((member) => member.id === lane) + 1;
  const cut = model.cuts.find((candidate) => candidate.startNs <= atNs && candidate.endNs > atNs);
  return cut?.cutOff.includes(number) === true ? `; cut: ${cut.words}` : '';
}
