import { Kind } from '../../sim/trace/kinds.ts';
import type { TraceView } from './trace_view.ts';
import type { MessageTable } from './messages.ts';

/** The events that each event caused, in one flat list: those of event `i` from `starts[i]` on. */
export interface EffectColumns {
  readonly starts: Uint32Array;
  readonly flat: Int32Array;
}

export function effectColumns({ causes, length }: TraceView): EffectColumns {
  const starts = new Uint32Array(length + 1);
  for (let i = 0; i < length; i++) {
    const cause = causes[i] as number;
    if (cause >= 0) starts[cause + 1] = (starts[cause + 1] as number) + 1;
  }
  for (let i = 0; i < length; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  const flat = new Int32Array(starts[length] as number);
  const filled = starts.slice(0, length);
  for (let i = 0; i < length; i++) {
    const cause = causes[i] as number;
    if (cause < 0) continue;
    const at = filled[cause] as number;
    flat[at] = i;
    filled[cause] = at + 1;
  }
  return { starts, flat };
}

export class Effects {
  private readonly columns: EffectColumns;

  constructor(columns: EffectColumns) {
    this.columns = columns;
  }

  of(event: number): Int32Array {
    const { starts, flat } = this.columns;
    return flat.subarray(starts[event] as number, starts[event + 1] as number);
  }
}

/** The other end of what an event begins or ends: a message, a sync, an operation. -1 for none. */
export function otherEnd(trace: TraceView, messages: MessageTable, effects: Effects, event: number): number {
  const row = messages.rowOfEvent[event] ?? -1;
  if (row >= 0) {
    const send = messages.sendEvents[row] as number;
    return event === send ? (messages.endEvents[row] as number) : send;
  }
  const kind = trace.kinds[event];
  if (kind === Kind.syncDone || kind === Kind.return) return trace.causes[event] as number;
  const wanted = kind === Kind.syncStart ? Kind.syncDone : kind === Kind.invoke ? Kind.return : -1;
  if (wanted < 0) return -1;
  return effects.of(event).find((effect) => trace.kinds[effect] === wanted) ?? -1;
}
