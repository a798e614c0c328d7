import { finalKey } from '../finale.ts';
import { argument } from '../trace/kinds.ts';
import { eventsOfKind } from '../trace/trace.ts';
import type { RunFile } from '../trace/codec.ts';
import { clientCallWords } from '../trace/client_call.ts';
import type { Intervention, InterventionAction } from '../trace/run_info.ts';
import { diskWords } from './disk_words.ts';
import { networkWords } from './network_words.ts';
import { type NameOf, milliseconds } from './words_base.ts';
import { type ShrinkCase, activeClients, isWord } from './case.ts';

/** What an intervention does, as one would say it: `crash n2, unsynced writes are lost`. */
export function actionWords(action: InterventionAction, nameOf: NameOf): string {
  switch (action.kind) {
    case 'crash':
      return `crash ${nameOf(action.member)}, ${crashWords[action.mode]}`;
    case 'restart':
    case 'pause':
    case 'resume':
      return `${action.kind} ${nameOf(action.member)}`;
    case 'stop':
      return `ask ${nameOf(action.member)} to end`;
    case 'cut':
    case 'hold':
    case 'letThrough':
    case 'repeat':
    case 'mend':
    case 'heal':
    case 'links':
    case 'link':
    case 'clog':
      return networkWords(action, nameOf);
    case 'clockDrift':
    case 'clockFreeze':
    case 'clockThaw':
    case 'clockStep':
      return clockWords(action, nameOf(action.member));
    case 'slowClient':
      return action.takeEveryMs === 0
        ? `c${action.client} reads its watch streams again`
        : `c${action.client} reads its watch streams ${action.takeEveryMs >= neverMs ? 'no more' : `only every ${action.takeEveryMs} ms`}`;
    case 'call':
      return `c${action.client} is asked to ${clientCallWords(action.request, nameOf)}`;
    case 'switchBug':
      return `${nameOf(action.member)} runs ${action.on ? 'with' : 'without'} the planted bug ${action.bug} from its next start on`;
    case 'failpoint':
      return `crash ${nameOf(action.member)} at ${action.site}, ${action.skip === 0 ? 'the next time' : `after passing it ${action.skip} times`}`;
    case 'disarm':
      return `let ${nameOf(action.member)} pass every failpoint again`;
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

/** Longer than any run. */
const neverMs = 86_400_000;

const crashWords = {
  keep: 'unsynced writes survive',
  drop: 'unsynced writes are lost',
  tear: 'unsynced writes are torn',
  random: 'unsynced writes are kept, lost or torn',
} as const;

type ClockAction = Extract<
  InterventionAction,
  { readonly kind: 'clockDrift' | 'clockFreeze' | 'clockThaw' | 'clockStep' }
>;

function clockWords(action: ClockAction, name: string): string {
  switch (action.kind) {
    case 'clockDrift': {
      if (action.ppm === 0) return `the clock of ${name} runs as it should`;
      return `the clock of ${name} runs ${Math.abs(action.ppm)} ppm too ${action.ppm > 0 ? 'fast' : 'slow'}`;
    }
    case 'clockFreeze':
      return `the clock of ${name} stands still`;
    case 'clockThaw':
      return `the clock of ${name} goes on`;
    case 'clockStep':
      return `set the time of day of ${name} ${milliseconds(Math.abs(action.byNs))} ${action.byNs > 0 ? 'forward' : 'back'}`;
  }
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
