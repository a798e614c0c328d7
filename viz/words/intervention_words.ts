import type { Intervention, InterventionAction } from '../../sim/trace/run_info.ts';
import { durationText } from '../scale/time_format.ts';
import { askedWords } from './asked_words.ts';
import { clockWords } from './clock_words.ts';
import { diskWords } from './disk_words.ts';
import type { FlagWords } from './flag_words.ts';
import { scriptedWords } from './scripted_words.ts';

export type { FlagWords };

function names(members: readonly number[]): string {
  return members.map((member) => `n${member}`).join(' ');
}

function percent(per10k: number): string {
  return `${per10k / 100} %`;
}

const crashWords = {
  keep: 'unsynced writes survive',
  drop: 'unsynced writes are lost',
  tear: 'unsynced writes are torn',
  random: 'some unsynced writes survive',
} as const;

const plain = (text: string): FlagWords => ({ long: text, short: text });

/**
 * Interventions of one moment and one kind in a few words: "crash n3 n4: unsynced writes are lost", "cut n1 | n2 n3".
 * `actions` is not empty.
 */
export function interventionWords(actions: readonly InterventionAction[]): FlagWords {
  const [first] = actions as [InterventionAction];
  const members = names(actions.flatMap((action) => ('member' in action ? [action.member] : [])));
  switch (first.kind) {
    case 'crash':
      return { long: `crash ${members}: ${crashWords[first.mode]}`, short: `crash ${members}` };
    case 'restart':
    case 'pause':
    case 'resume':
    case 'stop':
      return plain(`${first.kind} ${members}`);
    case 'clockDrift':
    case 'clockFreeze':
    case 'clockThaw':
    case 'clockStep':
      return clockWords(first, members);
    case 'cut':
    case 'hold':
    case 'mend':
      return linkGroupWords(doneTo(first), actions as readonly LinkAction[]);
    case 'letThrough':
    case 'repeat':
    case 'link':
    case 'clog':
    case 'slowClient':
    case 'switchBug':
      return scriptedWords(first);
    case 'call':
      return askedWords(actions as readonly (typeof first)[]);
    case 'heal':
      return { long: 'heal every link', short: 'heal' };
    case 'links':
      return {
        long: linkWords(first),
        short: first.lossPer10k > 0 ? `lose ${percent(first.lossPer10k)}` : 'links',
      };
    case 'disk':
      return {
        long: first.lyingSync
          ? `disks of ${members} lie about fsync`
          : `fsync takes ${durationText(first.syncMeanNs)} on ${members}`,
        short: first.lyingSync ? 'lying disks' : `fsync ${durationText(first.syncMeanNs)}`,
      };
    case 'diskFaults':
    case 'diskStall':
    case 'diskRelease':
    case 'diskRot':
    case 'diskSwap':
    case 'diskWipe':
    case 'atlas':
      return diskWords(first, members);
    case 'note':
      return plain(first.text);
    case 'goal':
      return plain(first.goal);
    case 'failpoint':
      return {
        long: `power of ${members} fails at ${first.site}${first.skip > 0 ? ` after passing it ${first.skip} times` : ''}`,
        short: `failpoint ${members}`,
      };
    case 'disarm':
      return { long: `failpoints of ${members} are armed no more`, short: `disarm ${members}` };
    case 'admin':
      return adminWords(first);
    default:
      return plain(otherWords(first));
  }
}

type LinkAction = Extract<InterventionAction, { kind: 'cut' | 'hold' | 'mend' }>;

/** "cut", or "cut MsgApp". */
function doneTo(action: LinkAction): string {
  return 'only' in action && action.only !== undefined
    ? `${action.kind} ${action.only.join(' ')}`
    : action.kind;
}

/** Both directions between two groups read as one cut between them. */
function linkGroupWords(kind: string, actions: readonly LinkAction[]): FlagWords {
  const [first, second, ...rest] = actions as [LinkAction, ...LinkAction[]];
  const from = names(first.from);
  const to = names(first.to);
  const bothWays = second !== undefined && names(second.from) === to && names(second.to) === from;
  if (bothWays && rest.length === 0) {
    const alone = first.from.length <= first.to.length ? from : to;
    return { long: `${kind} ${from} | ${to}`, short: `${kind} ${alone}` };
  }
  if (second === undefined) return { long: `${kind} ${from} \u2192 ${to}`, short: `${kind} ${from} \u2192` };
  const groups = [...new Set(actions.map((action) => names(action.from)))];
  return { long: `${kind} ${groups.join(' | ')}`, short: `${kind} in ${groups.length}` };
}

function linkWords(action: Extract<InterventionAction, { kind: 'links' }>): string {
  const parts: string[] = [];
  if (action.lossPer10k > 0) parts.push(`lose ${percent(action.lossPer10k)}`);
  if (action.duplicatePer10k > 0) parts.push(`duplicate ${percent(action.duplicatePer10k)}`);
  parts.push(`delay ${durationText(action.delayMeanNs)}`);
  return `links: ${parts.join(', ')}`;
}

const requestWords = {
  addMember: 'add',
  addLearner: 'add as a learner',
  removeMember: 'remove',
  promoteMember: 'promote',
  moveLeader: 'make leader',
} as const;

function adminWords({ via, request, member }: Extract<InterventionAction, { kind: 'admin' }>): FlagWords {
  const words = `${requestWords[request]} n${member}`;
  return {
    long: `n${via} is asked to ${words.replace(/^add as a learner (.*)/, 'add $1 as a learner')}`,
    short: words,
  };
}

/** Kinds that a newer build may add. */
function otherWords(action: { readonly kind: string }): string {
  return action.kind;
}

const repairs: readonly Intervention['kind'][] = [
  'restart',
  'resume',
  'mend',
  'heal',
  'diskRelease',
  'clockThaw',
  'disarm',
];

export function isRepair(action: InterventionAction): boolean {
  if (action.kind === 'links') return action.lossPer10k === 0 && action.duplicatePer10k === 0;
  if (action.kind === 'letThrough') return action.how !== 'lost';
  if (action.kind === 'link') return Object.keys(action.settings).length === 0;
  if (action.kind === 'clog') return action.forNs === 0;
  if (action.kind === 'clockDrift') return action.ppm === 0;
  if (action.kind === 'slowClient') return action.takeEveryMs === 0;
  if (action.kind === 'diskFaults') return Object.keys(action.faults).length === 0;
  return repairs.includes(action.kind);
}
