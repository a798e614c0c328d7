import { kindSchemas } from '../../sim/trace/kinds.ts';
import { argumentRows } from '../inspector/argument_rows.ts';
import type { RunModel } from '../model/run_model.ts';
import { momentText } from '../scale/time_format.ts';
import { eventSentence, laneName } from '../words/event_words.ts';
import { plainName } from '../words/plain_name.ts';

/** What the table is narrowed to; -1 for all. */
export interface TableFilter {
  readonly lane: number;
  readonly kind: number;
  /** Only these events, ascending; null for all. */
  readonly among: Int32Array | null;
}

/** The events that the table shows, ascending. */
export function tableEvents(model: RunModel, filter: TableFilter): Int32Array {
  const { kinds, lanes, length } = model.trace;
  const { lane, kind, among } = filter;
  const count = among?.length ?? length;
  const kept = new Int32Array(count);
  let filled = 0;
  for (let i = 0; i < count; i++) {
    const event = among === null ? i : (among[i] as number);
    if ((lane >= 0 && lanes[event] !== lane) || (kind >= 0 && kinds[event] !== kind)) continue;
    kept[filled++] = event;
  }
  return kept.slice(0, filled);
}

/** Names of the columns: one kind alone has a column for each of its arguments. */
export function tableColumns(kind: number): readonly string[] {
  const schema = kindSchemas[kind];
  const args = schema === undefined ? [] : (schema.args as readonly string[]);
  if (args.length === 0 || args.includes('text')) return ['event', 'time', 'lane', 'kind', 'what happened'];
  return ['event', 'time', 'lane', ...args.map(plainName)];
}

export function tableCells(model: RunModel, event: number, kind: number): readonly string[] {
  const { trace } = model;
  const own = trace.kinds[event] as number;
  const head = [
    String(event),
    momentText(trace.timesNs[event] as number),
    laneName(model, trace.lanes[event] as number),
  ];
  if (tableColumns(kind).at(-1) === 'what happened')
    return [...head, plainName(kindSchemas[own]?.name ?? 'event'), eventSentence(model, event)];
  return [...head, ...argumentRows(model, event).map(([, value]) => value)];
}
