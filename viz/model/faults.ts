import { Kind } from '../../sim/trace/kinds.ts';
import type { InterventionAction } from '../../sim/trace/run_info.ts';
import type { TraceView } from './trace_view.ts';
import { interventionWords, isRepair } from '../words/intervention_words.ts';

/** A flag on the world's lane. */
export interface Flag {
  readonly atNs: number;
  readonly event: number;
  /** Interventions of one kind and moment share a flag. */
  readonly events: readonly number[];
  readonly kind: 'fault' | 'repair' | 'violation' | 'goal' | 'note';
  readonly words: string;
  readonly short: string;
}

/** What the world's lane shows, in time order: faults, goals reached, violations, notes. */
export function flagsOf(trace: TraceView): readonly Flag[] {
  const flags: Flag[] = [];
  let pending: { readonly event: number; readonly action: InterventionAction }[] = [];
  const flush = (): void => {
    const [first] = pending;
    if (first !== undefined) flags.push(interventionFlag(trace, pending));
    pending = [];
  };
  for (let i = 0; i < trace.length; i++) {
    const kind = trace.kinds[i];
    if (kind === Kind.intervene) {
      const action = actionOf(trace.text(i, 0));
      const [first] = pending;
      const joins =
        first !== undefined &&
        first.action.kind === action.kind &&
        trace.timesNs[first.event] === trace.timesNs[i];
      if (!joins) flush();
      pending.push({ event: i, action });
    } else if (kind === Kind.violation || kind === Kind.sometimes || kind === Kind.note) {
      flush();
      flags.push(saidFlag(trace, i, kind));
    }
  }
  flush();
  return flags;
}

function interventionFlag(
  trace: TraceView,
  group: readonly { readonly event: number; readonly action: InterventionAction }[],
): Flag {
  const actions = group.map(({ action }) => action);
  const { long, short } = interventionWords(actions);
  const event = group[0]?.event ?? 0;
  return {
    atNs: trace.timesNs[event] as number,
    event,
    events: group.map((member) => member.event),
    // What a client is asked for breaks nothing.
    kind: actions[0]?.kind === 'call' ? 'note' : actions.every(isRepair) ? 'repair' : 'fault',
    words: long,
    short,
  };
}

function saidFlag(trace: TraceView, event: number, kind: number): Flag {
  const said = violationSentence(trace.text(event, 0));
  const words = kind === Kind.violation ? said : trace.text(event, 0);
  const shown = kind === Kind.violation ? 'violation' : kind === Kind.sometimes ? 'goal' : 'note';
  return {
    atNs: trace.timesNs[event] as number,
    event,
    events: [event],
    kind: shown,
    words,
    short: shown === 'violation' ? 'violation' : '',
  };
}

/** A violation's text is its sentence, or JSON with a sentence in it. */
function violationSentence(text: string): string {
  const value = parsed(text) as { sentence?: unknown } | null;
  return typeof value?.sentence === 'string' ? value.sentence : text;
}

function actionOf(text: string): InterventionAction {
  const value = parsed(text) as { kind?: unknown } | null;
  return typeof value?.kind === 'string' ? (value as InterventionAction) : { kind: 'note', text };
}

function parsed(text: string): unknown {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
