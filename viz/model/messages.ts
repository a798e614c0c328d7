import { Kind, argument } from '../../sim/trace/kinds.ts';
import type { TraceView } from './trace_view.ts';
import { requestType, responseType, typeOf } from './message_groups.ts';
import { lowerBound } from './time_index.ts';

export const Outcome = { delivered: 0, dropped: 1, inFlight: 2 } as const;

/** Every flight of a message, in the order of sending; a duplicate is a row of its own after the first. */
export interface MessageTable {
  readonly length: number;
  readonly sentNs: Float64Array;
  /** When it arrived or was lost; the end of the run while in flight. */
  readonly endNs: Float64Array;
  /** Largest `endNs` up to and including a row: where a search for flights that are still under way may begin. */
  readonly latestEndNs: Float64Array;
  readonly sendEvents: Int32Array;
  /** -1 while in flight. */
  readonly endEvents: Int32Array;
  readonly from: Uint16Array;
  readonly to: Uint16Array;
  readonly types: Uint8Array;
  readonly groups: Uint8Array;
  readonly outcomes: Uint8Array;
  readonly copies: Uint8Array;
  /** Row of the message an event begins or ends, -1 for other events. */
  readonly rowOfEvent: Int32Array;
  /** What a lost message's flight would usually have taken; messages lost on departure are drawn half that far. */
  readonly typicalFlightNs: number;
}

interface Ends {
  /** Last ending event by send event, 0 for none yet (event 0 never ends a message). */
  readonly first: Int32Array;
  readonly more: Map<number, number[]>;
  extra: number;
}

const sendTo = argument('send', 'to');
const sendType = argument('send', 'type');

export function messageTable(trace: TraceView, endOfRunNs: number): MessageTable {
  const ends = findEnds(trace);
  let sends = 0;
  for (let i = 0; i < trace.length; i++) if (isSend(trace.kinds[i] as number)) sends += 1;
  const rows = sends + ends.extra;
  const table = {
    length: rows,
    sentNs: new Float64Array(rows),
    endNs: new Float64Array(rows),
    latestEndNs: new Float64Array(rows),
    sendEvents: new Int32Array(rows),
    endEvents: new Int32Array(rows),
    from: new Uint16Array(rows),
    to: new Uint16Array(rows),
    types: new Uint8Array(rows),
    groups: new Uint8Array(rows),
    outcomes: new Uint8Array(rows),
    copies: new Uint8Array(rows),
    rowOfEvent: new Int32Array(trace.length).fill(-1),
    typicalFlightNs: 0,
  };
  let row = 0;
  for (let i = 0; i < trace.length; i++) {
    if (!isSend(trace.kinds[i] as number)) continue;
    const end = ends.first[i] as number;
    fillRow(trace, table, row++, i, end === 0 ? -1 : end, endOfRunNs);
    for (const other of ends.more.get(i) ?? []) fillRow(trace, table, row++, i, other, endOfRunNs);
  }
  let latest = 0;
  for (let i = 0; i < rows; i++) {
    latest = Math.max(latest, table.endNs[i] as number);
    table.latestEndNs[i] = latest;
  }
  return { ...table, typicalFlightNs: typicalFlight(table) };
}

function isSend(kind: number): boolean {
  return kind === Kind.send || kind === Kind.requestSend || kind === Kind.responseSend;
}

function isEnd(kind: number): boolean {
  return (
    kind === Kind.deliver ||
    kind === Kind.drop ||
    kind === Kind.duplicate ||
    kind === Kind.requestDeliver ||
    kind === Kind.responseDeliver ||
    kind === Kind.requestDrop
  );
}

function findEnds(trace: TraceView): Ends {
  const ends: Ends = { first: new Int32Array(trace.length), more: new Map(), extra: 0 };
  for (let i = 0; i < trace.length; i++) {
    if (!isEnd(trace.kinds[i] as number)) continue;
    const send = trace.causes[i] as number;
    if (send < 0) continue;
    if (ends.first[send] === 0) {
      ends.first[send] = i;
      continue;
    }
    const more = ends.more.get(send) ?? [];
    more.push(i);
    ends.more.set(send, more);
    ends.extra += 1;
  }
  return ends;
}

type Filling = Omit<MessageTable, 'typicalFlightNs'>;

function fillRow(
  trace: TraceView,
  table: Filling,
  row: number,
  send: number,
  end: number,
  endOfRunNs: number,
): void {
  const kind = trace.kinds[send] as number;
  const endKind = end < 0 ? -1 : (trace.kinds[end] as number);
  const type =
    kind === Kind.send ? trace.arg(send, sendType) : kind === Kind.requestSend ? requestType : responseType;
  const dropped = endKind === Kind.drop || endKind === Kind.requestDrop;
  table.sentNs[row] = trace.timesNs[send] as number;
  table.endNs[row] = end < 0 ? endOfRunNs : (trace.timesNs[end] as number);
  table.sendEvents[row] = send;
  table.endEvents[row] = end;
  table.from[row] = trace.lanes[send] as number;
  // Members' and clients' lanes bear their numbers on the network.
  table.to[row] = end < 0 ? trace.arg(send, sendTo) : (trace.lanes[end] as number);
  table.types[row] = type;
  table.groups[row] = typeOf(type).group;
  table.outcomes[row] = end < 0 ? Outcome.inFlight : dropped ? Outcome.dropped : Outcome.delivered;
  table.copies[row] = endKind === Kind.duplicate ? 1 : 0;
  if (table.rowOfEvent[send] === -1) table.rowOfEvent[send] = row;
  if (end >= 0) table.rowOfEvent[end] = row;
}

const flightSamplesMax = 2000;

function typicalFlight(table: Filling): number {
  const flights: number[] = [];
  const stride = Math.max(1, Math.floor(table.length / flightSamplesMax));
  for (let i = 0; i < table.length; i += stride) {
    if (table.outcomes[i] === Outcome.delivered)
      flights.push((table.endNs[i] as number) - (table.sentNs[i] as number));
  }
  flights.sort((a, b) => a - b);
  return Math.max(1, flights[flights.length >> 1] ?? 1_000_000);
}

/** Where a flight visibly ends: a message lost at once still leaves its sender, or nobody would see it. */
export function visibleEndNs(table: MessageTable, row: number): number {
  const endNs = table.endNs[row] as number;
  if (table.outcomes[row] !== Outcome.dropped) return endNs;
  return Math.max(endNs, (table.sentNs[row] as number) + table.typicalFlightNs / 2);
}

/** Rows [first, end) that hold every flight which touches the stretch of time (and some that do not). */
export function rowsTouching(table: MessageTable, startNs: number, endNs: number): readonly [number, number] {
  const first = lowerBound(table.latestEndNs, startNs - table.typicalFlightNs);
  return [first, Math.max(first, lowerBound(table.sentNs, endNs))];
}

/** The rows that do touch it, up to `limit`; callers learn from the length whether there were more. */
export function messagesTouching(
  table: MessageTable,
  startNs: number,
  endNs: number,
  limit: number,
): number[] {
  const rows: number[] = [];
  const [first, end] = rowsTouching(table, startNs, endNs);
  for (let row = first; row < end && rows.length < limit; row++) {
    if (visibleEndNs(table, row) >= startNs) rows.push(row);
  }
  return rows;
}
