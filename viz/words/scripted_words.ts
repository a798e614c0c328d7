import type { InterventionAction } from '../../sim/trace/run_info.ts';
import { durationText } from '../scale/time_format.ts';
import type { FlagWords } from './flag_words.ts';

type ScriptedAction = Extract<
  InterventionAction,
  { kind: 'letThrough' | 'repeat' | 'link' | 'clog' | 'slowClient' | 'switchBug' }
>;

const names = (members: readonly number[]): string => members.map((member) => `n${member}`).join(' ');

/** What is done to single messages, links and clients, and which version of the program a member runs. */
export function scriptedWords(action: ScriptedAction): FlagWords {
  switch (action.kind) {
    case 'letThrough': {
      const done = { inOrder: 'let through', reversed: 'let through, last first', lost: 'lose' } as const;
      const what = `${action.only?.join(' ') ?? 'what is'} held ${linkNames(action)}`;
      return { long: `${done[action.how]}: ${what}`, short: done[action.how] };
    }
    case 'repeat':
      return {
        long: `deliver again: last ${action.last} ${action.type} ${linkNames(action)}`,
        short: `repeat ${action.type}`,
      };
    case 'link': {
      const words = settingWords(action.settings);
      return words.length === 0
        ? { long: `links ${linkNames(action)} are as all others`, short: 'usual links' }
        : { long: `links ${linkNames(action)}: ${words.join(', ')}`, short: words[0] ?? '' };
    }
    case 'clog':
      return action.forNs === 0
        ? { long: `links ${linkNames(action)} are clogged no more`, short: 'unclog' }
        : { long: `links ${linkNames(action)} are clogged for ${durationText(action.forNs)}`, short: 'clog' };
    case 'slowClient':
      return action.takeEveryMs === 0
        ? { long: `c${action.client} reads its watches again`, short: `c${action.client} reads` }
        : { long: `c${action.client} does not read its watches`, short: `slow c${action.client}` };
    case 'switchBug': {
      const words = `${action.on ? 'with' : 'without'} ${action.bug}`;
      return {
        long: `n${action.member} runs ${words} from its next start on`,
        short: `n${action.member} ${words}`,
      };
    }
  }
}

function linkNames({
  from,
  to,
}: {
  readonly from: readonly number[];
  readonly to: readonly number[];
}): string {
  return `${names(from)} \u2192 ${names(to)}`;
}

type LinkAction = Extract<InterventionAction, { kind: 'link' }>;

function settingWords(settings: LinkAction['settings']): string[] {
  const { bytesPerSecond, queueBytes, delayMinNs, delayMeanNs } = settings;
  const percent = (per10k: number | undefined, what: string): string[] =>
    per10k === undefined ? [] : [`${what} ${per10k / 100} %`];
  return [
    ...percent(settings.lossPer10k, 'lose'),
    ...percent(settings.duplicatePer10k, 'duplicate'),
    ...percent(settings.reorderPer10k, 'reorder'),
    ...percent(settings.corruptPer10k, 'corrupt'),
    ...(delayMinNs === undefined ? [] : [`delay from ${durationText(delayMinNs)}`]),
    ...(delayMeanNs === undefined ? [] : [`delay ${durationText(delayMeanNs)}`]),
    ...(bytesPerSecond === undefined ? [] : [`${bytesPerSecond} bytes/s`]),
    ...(queueBytes === undefined ? [] : [`queue ${queueBytes} bytes`]),
  ];
}
