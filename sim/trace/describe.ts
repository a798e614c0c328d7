import type { RunFile } from './codec.ts';
import {
  crashModeNames,
  diskErrorNames,
  dropReasons,
  kindSchemas,
  logLevelNames,
  operationKindNames,
  roleNames,
  statusNames,
} from './kinds.ts';
import { messageTypeNames } from './message_types.ts';

/** Arguments that are numbers of names. */
export const namedArguments: Readonly<Record<string, readonly string[]>> = {
  role: roleNames,
  type: messageTypeNames,
  reason: dropReasons,
  status: statusNames,
  operationKind: operationKindNames,
  mode: crashModeNames,
  level: logLevelNames,
  error: diskErrorNames,
};

/** Arguments that are indexes into the table of texts. */
export const textArguments: ReadonlySet<string> = new Set(['text', 'file', 'toFile']);

/** One event in words: `12.345678 s n1 send to=2 type=MsgApp term=3 ...`. */
export function describeEvent({ info, trace }: RunFile, index: number): string {
  const schema = kindSchemas[trace.kinds[index] as number];
  if (schema === undefined) return `event ${index} of an unknown kind`;
  const lane = info.lanes[trace.lanes[index] as number]?.name ?? String(trace.lanes[index]);
  const args = (schema.args as readonly string[]).map((name, position) => {
    const value = trace.arg(index, position);
    if (textArguments.has(name)) return `${name}=${trace.text(index, position)}`;
    return `${name}=${namedArguments[name]?.[value] ?? value}`;
  });
  return [`${timeText(trace.timesNs[index] as number)} ${lane} ${schema.name}`, ...args].join(' ');
}

/** Nanoseconds as seconds with six decimals, by integer arithmetic. */
function timeText(ns: number): string {
  const micros = Math.floor(ns / 1000);
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')} s`;
}
