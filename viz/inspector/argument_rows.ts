import {
  crashModeNames,
  diskErrorNames,
  dropReasons,
  kindSchemas,
  logLevelNames,
  operationKindNames,
  roleNames,
  statusNames,
} from '../../sim/trace/kinds.ts';
import { typeOf } from '../model/message_groups.ts';
import type { RunModel } from '../model/run_model.ts';
import { fieldsOf } from '../model/operation_words.ts';
import { laneName } from '../words/event_words.ts';
import { plainName } from '../words/plain_name.ts';

/** Arguments whose number stands for a name. */
const named: Readonly<Record<string, readonly string[]>> = {
  role: roleNames,
  reason: dropReasons,
  status: statusNames,
  operationKind: operationKindNames,
  mode: crashModeNames,
  level: logLevelNames,
  error: diskErrorNames,
};

const texts = new Set(['text', 'file', 'toFile']);
const lanes = new Set(['from', 'to']);
const members = new Set(['leader', 'votedFor']);

/** Every argument of an event by its name in the trace format, its value in words where the number means a name. */
export function argumentRows(model: RunModel, event: number): (readonly [string, string])[] {
  const { trace } = model;
  const schema = kindSchemas[trace.kinds[event] as number];
  if (schema === undefined) return [];
  return schema.args.flatMap((name: string, position: number) => {
    const text = (): string => trace.text(event, position);
    const fields = name === 'text' && text().startsWith('{') ? Object.entries(fieldsOf(text())) : [];
    if (fields.length > 0)
      return fields.map(([field, value]) => [plainName(field), fieldText(value)] as const);
    return [[plainName(name), valueText(model, name, trace.arg(event, position), text)] as const];
  });
}

function fieldText(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en-US');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function valueText(model: RunModel, name: string, value: number, text: () => string): string {
  if (texts.has(name)) return text() === '' ? 'none' : text();
  if (name === 'type') return typeOf(value).name;
  if (lanes.has(name)) return laneName(model, value);
  if (members.has(name)) return value === 0 ? 'none' : `n${value}`;
  if (name === 'reject') return value === 1 ? 'yes' : 'no';
  return named[name]?.[value] ?? value.toLocaleString('en-US');
}
