import { Kind, argument } from '../../sim/trace/kinds.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import type { TraceView } from './trace_view.ts';
import { type Places, linearizationPlaces } from './linearization.ts';
import { callWords, keyOf, resultWords } from './operation_words.ts';
import { lowerBound } from './time_index.ts';

export const Status = { ok: 0, fail: 1, unknown: 2 } as const;

/** A client's operation from its invocation to its return. */
export interface Operation {
  readonly id: number;
  readonly lane: number;
  readonly process: number;
  readonly kind: number;
  readonly key: string;
  /** "put x = 3". */
  readonly words: string;
  /** "= 3", "done", "unknown: timed out"; '' while open. */
  readonly result: string;
  readonly invokeEvent: number;
  /** -1 when it never returned. */
  readonly returnEvent: number;
  readonly startNs: number;
  /** When it returned or its client gave up; the end of the run when neither. */
  readonly endNs: number;
  readonly status: number;
  /** The sentence of the violation that says it can't be placed, '' for none. */
  readonly illegal: string;
  /** Where the checker's order places it, -1 where it has no place. */
  readonly placeNs: number;
  /** Its number in that order per key, from 1; 0 for none. */
  readonly order: number;
  readonly orderOf: number;
}

const invokeOperation = argument('invoke', 'operation');
const invokeProcess = argument('invoke', 'process');
const invokeKind = argument('invoke', 'operationKind');
const invokeText = argument('invoke', 'text');
const returnOperation = argument('return', 'operation');
const returnStatus = argument('return', 'status');
const returnText = argument('return', 'text');

/** All operations in the order of their invocation, by row. */
export interface OperationColumns {
  readonly ids: Int32Array;
  readonly lanes: Uint16Array;
  readonly invokeEvents: Int32Array;
  readonly returnEvents: Int32Array;
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
  readonly statuses: Uint8Array;
  readonly places: Places;
  /** Ids ascending, and the row of each. */
  readonly sortedIds: Int32Array;
  readonly rowsById: Int32Array;
  readonly rowsByLane: ReadonlyMap<number, Int32Array>;
}

export function operationColumns(trace: TraceView, info: RunInfo, endOfRunNs: number): OperationColumns {
  const { kinds, length } = trace;
  const invokes: number[] = [];
  for (let i = 0; i < length; i++) if (kinds[i] === Kind.invoke) invokes.push(i);
  const invokeEvents = Int32Array.from(invokes);
  const ids = Int32Array.from(invokes, (event) => trace.arg(event, invokeOperation));
  const rowsById = Int32Array.from(ids.keys()).sort(
    (a, b) => (ids[a] as number) - (ids[b] as number) || a - b,
  );
  const sortedIds = Int32Array.from(rowsById, (row) => ids[row] as number);
  const rowOf = (id: number): number => rowOfId(sortedIds, rowsById, id);
  const returnEvents = new Int32Array(invokes.length).fill(-1);
  for (let i = 0; i < length; i++) {
    if (kinds[i] !== Kind.return) continue;
    const row = rowOf(trace.arg(i, returnOperation));
    if (row >= 0) returnEvents[row] = i;
  }
  const columns = {
    ids,
    lanes: Uint16Array.from(invokeEvents, (event) => trace.lanes[event] as number),
    invokeEvents,
    returnEvents,
    startNs: Float64Array.from(invokeEvents, (event) => trace.timesNs[event] as number),
    endNs: Float64Array.from(returnEvents, (event) =>
      event < 0 ? endOfRunNs : (trace.timesNs[event] as number),
    ),
    statuses: Uint8Array.from(returnEvents, (event) =>
      event < 0 ? Status.unknown : trace.arg(event, returnStatus),
    ),
    sortedIds,
    rowsById,
  };
  return {
    ...columns,
    places: linearizationPlaces(columns, info.linearizations, rowOf),
    rowsByLane: rowsByLane(columns.lanes),
  };
}

function rowOfId(sortedIds: Int32Array, rowsById: Int32Array, id: number): number {
  const at = lowerBound(sortedIds, id);
  return sortedIds[at] === id ? (rowsById[at] as number) : -1;
}

function rowsByLane(lanes: Uint16Array): ReadonlyMap<number, Int32Array> {
  const lists = new Map<number, number[]>();
  lanes.forEach((lane, row) => {
    const rows = lists.get(lane) ?? [];
    lists.set(lane, rows);
    rows.push(row);
  });
  return new Map([...lists].map(([lane, rows]) => [lane, Int32Array.from(rows)]));
}

const noRows = new Int32Array(0);

/** Operations by row; what is shown of one is made when it is first asked for. */
export class OperationTable {
  readonly length: number;
  readonly columns: OperationColumns;
  private readonly trace: TraceView;
  private readonly made = new Map<number, Operation>();
  private readonly illegal = new Map<number, string>();

  constructor(columns: OperationColumns, trace: TraceView, info: RunInfo) {
    this.columns = columns;
    this.trace = trace;
    this.length = columns.ids.length;
    for (const violation of info.verdict.violations) {
      const [first] = violation.operations;
      if (first !== undefined && !this.illegal.has(first)) this.illegal.set(first, violation.sentence);
    }
  }

  /** Rows of a client's operations in the order of their invocation. */
  rowsOf(lane: number): Int32Array {
    return this.columns.rowsByLane.get(lane) ?? noRows;
  }

  isIllegal(row: number): boolean {
    return this.illegal.has(this.columns.ids[row] as number);
  }

  /** -1 for none. */
  invokeEventOf(id: number): number {
    const row = rowOfId(this.columns.sortedIds, this.columns.rowsById, id);
    return row < 0 ? -1 : (this.columns.invokeEvents[row] as number);
  }

  byId(id: number): Operation | undefined {
    const row = rowOfId(this.columns.sortedIds, this.columns.rowsById, id);
    return row < 0 ? undefined : this.at(row);
  }

  at(row: number): Operation {
    const known = this.made.get(row);
    if (known !== undefined) return known;
    const fresh = this.make(row);
    this.made.set(row, fresh);
    return fresh;
  }

  private make(row: number): Operation {
    const { columns, trace } = this;
    const invokeEvent = columns.invokeEvents[row] as number;
    const returnEvent = columns.returnEvents[row] as number;
    const text = trace.text(invokeEvent, invokeText);
    const kind = trace.arg(invokeEvent, invokeKind);
    const status = columns.statuses[row] as number;
    const id = columns.ids[row] as number;
    return {
      id,
      lane: columns.lanes[row] as number,
      process: trace.arg(invokeEvent, invokeProcess),
      kind,
      key: keyOf(text),
      words: callWords(kind, text),
      result: returnEvent < 0 ? '' : resultWords(kind, status, trace.text(returnEvent, returnText)),
      invokeEvent,
      returnEvent,
      startNs: columns.startNs[row] as number,
      endNs: columns.endNs[row] as number,
      status,
      illegal: this.illegal.get(id) ?? '',
      placeNs: columns.places.atNs[row] as number,
      order: columns.places.order[row] as number,
      orderOf: columns.places.of[row] as number,
    };
  }
}

/** Position of the first of a client's operations that ends after `atNs`; a client does one at a time. */
export function firstEndingAfter(rows: Int32Array, endNs: Float64Array, atNs: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((endNs[rows[middle] as number] as number) <= atNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function isWrite(operation: Pick<Operation, 'kind'>): boolean {
  return operation.kind !== 1;
}
