import { Kind } from '../../sim/trace/kinds.ts';
import type { Intervention } from '../../sim/trace/run_info.ts';
import type { Trace } from '../../sim/trace/trace.ts';
import { interventionWords } from '../words/intervention_words.ts';

/** A flag on the world's lane. */
export interface Flag {
  readonly atNs: number;
  readonly event: number;
  readonly kind: 'fault' | 'repair' | 'violation' | 'goal' | 'note';
  readonly words: string;
}

const flagKinds = ['intervene', 'sometimes', 'violation', 'note'] as const;

/** What the world's lane shows, in time order: faults, goals reached, violations, notes. */
export function flagsOf(trace: Trace): readonly Flag[] {
  const flags: Flag[] = [];
  const numbers: readonly number[] = flagKinds.map((kind) => Kind[kind]);
  for (let i = 0; i < trace.length; i++) {
    const found = flagKinds[numbers.indexOf(trace.kinds[i] as number)];
    if (found !== undefined) flags.push(flag(trace, i, found));
  }
  return flags;
}

function flag(trace: Trace, event: number, kind: (typeof flagKinds)[number]): Flag {
  const atNs = trace.timesNs[event] as number;
  const text = trace.text(event, 0);
  if (kind === 'intervene') {
    const action = parsed(text) as Intervention | null;
    const repair = action !== null && isRepair(action);
    return {
      atNs,
      event,
      kind: repair ? 'repair' : 'fault',
      words: action === null ? text : interventionWords(action),
    };
  }
  if (kind === 'violation') {
    const violation = parsed(text) as { sentence?: unknown; check?: unknown } | null;
    const sentence = typeof violation?.sentence === 'string' ? violation.sentence : text;
    return { atNs, event, kind: 'violation', words: sentence };
  }
  return { atNs, event, kind: kind === 'sometimes' ? 'goal' : 'note', words: text };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function isRepair(action: Intervention): boolean {
  return ['restart', 'resume', 'mend', 'heal'].includes(action.kind);
}
