import type { LinkSettings } from '../network/settings.ts';
import type { InterventionAction } from '../trace/run_info.ts';
import { type NameOf, milliseconds, percent } from './words_base.ts';

export type NetworkAction = Extract<
  InterventionAction,
  { readonly kind: 'cut' | 'hold' | 'letThrough' | 'repeat' | 'mend' | 'heal' | 'links' | 'link' | 'clog' }
>;

/** What was done to links. */
export function networkWords(action: NetworkAction, nameOf: NameOf): string {
  if (action.kind === 'heal') return 'heal every link';
  if (action.kind === 'links') return linksWords(action);
  const names = (ends: readonly number[]): string => ends.map(nameOf).join(', ');
  const where = `from ${names(action.from)} to ${names(action.to)}`;
  switch (action.kind) {
    case 'cut':
      return action.only === undefined
        ? `cut the links ${where}`
        : `cut off ${action.only.join(', ')} ${where}`;
    case 'hold':
      return `hold back ${action.only?.join(', ') ?? 'what goes'} ${where}`;
    case 'letThrough': {
      const what = action.first === undefined ? 'what' : `the first ${action.first} that`;
      const only = action.only === undefined ? '' : ` (${action.only.join(', ')})`;
      return `${releaseWords[action.how]} ${what} is held ${where}${only}`;
    }
    case 'repeat':
      return `deliver again the last ${action.last === 1 ? '' : `${action.last} `}${action.type} ${where}`;
    case 'mend':
      return `mend the links ${where}`;
    case 'link': {
      const words = settingsWords(action.settings);
      return `links ${where}: ${words.length === 0 ? 'as all others' : words.join(', ')}`;
    }
    case 'clog':
      return action.forNs === 0
        ? `unclog the links ${where}`
        : `clog the links ${where}: nothing arrives for ${milliseconds(action.forNs)}`;
  }
}

const releaseWords = {
  inOrder: 'let through',
  reversed: 'let through, the last first,',
  lost: 'lose',
} as const;

function linksWords(action: Extract<InterventionAction, { readonly kind: 'links' }>): string {
  const { lossPer10k, duplicatePer10k, reorderPer10k, delayMinNs, delayMeanNs } = action;
  const parts = [
    ...chance(lossPer10k, 'lose'),
    ...chance(duplicatePer10k, 'double'),
    ...chance(reorderPer10k, 'reorder'),
    `delay from ${milliseconds(delayMinNs)}, on average ${milliseconds(delayMinNs + delayMeanNs)}`,
  ];
  return `links: ${parts.join(', ')}`;
}

function settingsWords(settings: LinkSettings): string[] {
  const { lossPer10k = 0, duplicatePer10k = 0, reorderPer10k = 0, corruptPer10k = 0 } = settings;
  const { delayMinNs, delayMeanNs, bytesPerSecond, queueBytes } = settings;
  return [
    ...chance(lossPer10k, 'lose'),
    ...chance(duplicatePer10k, 'double'),
    ...chance(reorderPer10k, 'reorder'),
    ...chance(corruptPer10k, 'corrupt'),
    ...(delayMinNs === undefined ? [] : [`delay from ${milliseconds(delayMinNs)}`]),
    ...(delayMeanNs === undefined ? [] : [`${milliseconds(delayMeanNs)} more on average`]),
    ...(bytesPerSecond === undefined ? [] : [`${bytesPerSecond} bytes per second`]),
    ...(queueBytes === undefined ? [] : [`a queue of ${queueBytes} bytes`]),
  ];
}

function chance(per10k: number, what: string): string[] {
  return per10k === 0 ? [] : [`${what} ${percent(per10k)}`];
}
