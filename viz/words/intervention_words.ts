import type { InterventionAction } from '../../sim/trace/run_info.ts';
import { durationText } from '../scale/time_format.ts';

function names(members: readonly number[]): string {
  return members.map((member) => `n${member}`).join(' ');
}

function percent(per10k: number): string {
  return `${per10k / 100} %`;
}

const crashWords = {
  keep: 'its unsynced writes survive',
  drop: 'its unsynced writes are lost',
  tear: 'its unsynced writes are torn',
  random: 'some unsynced writes survive',
} as const;

/** An intervention in a few words: "cut n1 from n2 n3". */
export function interventionWords(action: InterventionAction): string {
  switch (action.kind) {
    case 'crash':
      return `crash n${action.member}: ${crashWords[action.mode]}`;
    case 'restart':
    case 'pause':
    case 'resume':
      return `${action.kind} n${action.member}`;
    case 'cut':
      return `cut ${names(action.from)} \u2192 ${names(action.to)}`;
    case 'hold':
      return `hold ${names(action.from)} \u2192 ${names(action.to)}`;
    case 'mend':
      return `mend ${names(action.from)} \u2192 ${names(action.to)}`;
    case 'heal':
      return 'heal every link';
    case 'links':
      return linkWords(action);
    case 'disk':
      return action.lyingSync
        ? `n${action.member}'s disk lies about fsync`
        : `n${action.member}'s fsync takes ${durationText(action.syncMeanNs)}`;
    default:
      return otherWords(action);
  }
}

function linkWords(action: Extract<InterventionAction, { kind: 'links' }>): string {
  const parts: string[] = [];
  if (action.lossPer10k > 0) parts.push(`lose ${percent(action.lossPer10k)}`);
  if (action.duplicatePer10k > 0) parts.push(`duplicate ${percent(action.duplicatePer10k)}`);
  parts.push(`delay ${durationText(action.delayMeanNs)}`);
  return `links ${parts.join(', ')}`;
}

/** Kinds that a newer build may add. */
function otherWords(action: { readonly kind: string }): string {
  return action.kind;
}
