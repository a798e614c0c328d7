import { finalKey } from '../finale.ts';
import { argument } from '../trace/kinds.ts';
import { eventsOfKind } from '../trace/trace.ts';
import type { RunFile } from '../trace/codec.ts';
import type { DiskFaultSettings, Intervention, InterventionAction } from '../trace/run_info.ts';
import { type ShrinkCase, activeClients, isWord } from './case.ts';

/** Names of endpoints: n1 for members, c1 for clients. */
type NameOf = (endpoint: number) => string;

/** What an intervention does, as one would say it: `crash n2, unsynced writes are lost`. */
export function actionWords(action: InterventionAction, nameOf: NameOf): string {
  const names = (ends: readonly number[]): string => ends.map(nameOf).join(', ');
  switch (action.kind) {
    case 'crash':
      return `crash ${nameOf(action.member)}, ${crashWords[action.mode]}`;
    case 'restart':
    case 'pause':
    case 'resume':
      return `${action.kind} ${nameOf(action.member)}`;
    case 'cut':
      return `cut the links from ${names(action.from)} to ${names(action.to)}`;
    case 'hold':
      return `hold back what goes from ${names(action.from)} to ${names(action.to)}`;
    case 'mend':
      return `mend the links from ${names(action.from)} to ${names(action.to)}`;
    case 'heal':
      return 'heal every link';
    case 'links':
      return linkWords(action);
    case 'disk':
      return `fsync of ${nameOf(action.member)} takes from ${milliseconds(action.syncMinNs)}, on average ${milliseconds(
        action.syncMinNs + action.syncMeanNs,
      )}${action.lyingSync ? ', and lies' : ''}`;
    case 'failpoint':
      return `crash ${nameOf(action.member)} at ${action.site}, ${action.skip === 0 ? 'the next time' : `after passing it ${action.skip} times`}`;
    case 'admin':
      return `ask ${nameOf(action.via)} for ${action.request} of ${nameOf(action.member)}`;
    case 'note':
      return `note: ${action.text}`;
    case 'goal':
      return `goal: ${action.goal}`;
    default:
      return diskWords(action, nameOf);
  }
}

const crashWords = {
  keep: 'unsynced writes survive',
  drop: 'unsynced writes are lost',
  tear: 'unsynced writes are torn',
  random: 'unsynced writes are kept, lost or torn',
} as const;

type DiskAction = Extract<
  InterventionAction,
  {
    readonly kind: 'diskFaults' | 'diskStall' | 'diskRelease' | 'diskRot' | 'diskSwap' | 'diskWipe' | 'atlas';
  }
>;

function diskWords(action: DiskAction, nameOf: NameOf): string {
  switch (action.kind) {
    case 'diskFaults': {
      const words = switchWords(action.faults);
      return `disk of ${nameOf(action.member)}: ${words === '' ? 'no faults' : words}`;
    }
    case 'diskStall':
      return `disk of ${nameOf(action.member)} stands still`;
    case 'diskRelease':
      return `disk of ${nameOf(action.member)} goes on`;
    case 'diskRot':
      return `flip ${action.bits.length === 1 ? `bit ${action.bits.join('')}` : `bits ${action.bits.join(', ')}`} of ${action.file} on ${nameOf(action.member)}`;
    case 'diskSwap':
      return `swap the disks of ${action.members.map(nameOf).join(' and ')}`;
    case 'diskWipe':
      return `wipe the disk of ${nameOf(action.member)}`;
    case 'atlas':
      return action.mode === 'unrestricted'
        ? 'let any disk fault through from now on'
        : 'let only disk faults through that can be recovered from';
  }
}

function switchWords(faults: DiskFaultSettings): string {
  return Object.entries(faults)
    .map(([name, setting]) => (setting === true ? name : `${name} ${String(setting)}`))
    .join(', ');
}

function linkWords(action: Extract<InterventionAction, { readonly kind: 'links' }>): string {
  const chance = (per10k: number, what: string): string[] =>
    per10k === 0 ? [] : [`${what} ${per10k / 100} %`];
  const parts = [
    ...chance(action.lossPer10k, 'lose'),
    ...chance(action.duplicatePer10k, 'double'),
    ...chance(action.reorderPer10k, 'reorder'),
    `delay from ${milliseconds(action.delayMinNs)}, on average ${milliseconds(action.delayMinNs + action.delayMeanNs)}`,
  ];
  return `links: ${parts.join(', ')}`;
}

function milliseconds(ns: number): string {
  return `${ns / 1_000_000} ms`;
}

export function interventionLine({ atNs, ...action }: Intervention, nameOf: NameOf): string {
  return `at ${seconds(atNs)}  ${actionWords(action, nameOf)}`;
}

/** Of more operations than this, only the count is told. */
const operationsToldMax = 12;

/** What is left of a shrunk run, a line each, in the order of time: its faults, and what its clients do if that is little. */
export function leftInWords(file: RunFile, { interventions, ...sizes }: ShrinkCase): string[] {
  const { lanes } = file.info;
  const nameOf: NameOf = (endpoint) => lanes[endpoint]?.name ?? `endpoint ${endpoint}`;
  const faults = interventions
    .filter((each) => !isWord(each))
    .map((each) => ({ atNs: each.atNs, line: interventionLine(each, nameOf) }));
  const operations = loadCalls(file);
  const told = operations.length <= operationsToldMax ? operations : [];
  const lines = [...faults, ...told].sort((a, b) => a.atNs - b.atNs).map(({ line }) => line);
  if (told.length > 0 || operations.length === 0) return lines;
  const clients = activeClients({ interventions, ...sizes }).map((client) => `c${client}`);
  return [...lines, `all the time  ${operations.length} operations of ${clients.join(', ')}`];
}

/** The calls that clients made under load: until the end of the run writes a key of its own to see whether the cluster works. */
export function loadCalls({
  trace,
  info,
}: RunFile): readonly { readonly atNs: number; readonly line: string }[] {
  const text = argument('invoke', 'text');
  const calls: { atNs: number; line: string }[] = [];
  for (const index of eventsOfKind(trace, 'invoke')) {
    const json = trace.text(index, text);
    if (json.includes(`"${finalKey}"`)) break;
    const atNs = trace.timesNs[index] as number;
    const lane = info.lanes[trace.lanes[index] as number]?.name ?? '';
    calls.push({ atNs, line: `at ${seconds(atNs)}  ${lane}: ${callWords(json)}` });
  }
  return calls;
}

/** An invocation's text is JSON: with words of its own, or the parts of a call on one key. */
function callWords(json: string): string {
  const { words, kind, key, value, expected } = JSON.parse(json) as {
    readonly words?: string;
    readonly kind?: string;
    readonly key?: string;
    readonly value?: string;
    readonly expected?: string | null;
  };
  if (words !== undefined) return words;
  const what = value === undefined ? '' : ` = ${value}`;
  return `${kind} ${key}${what}${expected === undefined ? '' : `, if it is ${expected ?? 'absent'}`}`;
}

function seconds(ns: number): string {
  return `${(ns / 1e9).toFixed(3)} s`;
}
