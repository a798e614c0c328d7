import { Kind, argument } from '../../sim/trace/kinds.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import type { Trace } from '../../sim/trace/trace.ts';
import { linearizationPlaces } from './linearization.ts';
import { callWords, keyOf, resultWords } from './operation_words.ts';

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

/** All operations in the order of their invocation. */
export function operationsOf(trace: Trace, info: RunInfo, endOfRunNs: number): readonly Operation[] {
  const returns = new Map<number, number>();
  const invokes: number[] = [];
  for (let i = 0; i < trace.length; i++) {
    if (trace.kinds[i] === Kind.invoke) invokes.push(i);
    else if (trace.kinds[i] === Kind.return) returns.set(trace.arg(i, returnOperation), i);
  }
  const drafts = invokes.map((event) =>
    draft(trace, event, returns.get(trace.arg(event, invokeOperation)) ?? -1, endOfRunNs),
  );
  const places = linearizationPlaces(drafts, info.linearizations);
  const illegal = new Map<number, string>();
  for (const violation of info.verdict.violations) {
    const [first] = violation.operations;
    if (first !== undefined && !illegal.has(first)) illegal.set(first, violation.sentence);
  }
  return drafts.map((operation) => ({
    ...operation,
    illegal: illegal.get(operation.id) ?? '',
    placeNs: places.get(operation.id)?.atNs ?? -1,
    order: places.get(operation.id)?.order ?? 0,
    orderOf: places.get(operation.id)?.of ?? 0,
  }));
}

type Draft = Omit<Operation, 'illegal' | 'placeNs' | 'order' | 'orderOf'>;

function draft(trace: Trace, event: number, end: number, endOfRunNs: number): Draft {
  const text = trace.text(event, invokeText);
  const kind = trace.arg(event, invokeKind);
  const status = end < 0 ? Status.unknown : trace.arg(end, returnStatus);
  return {
    id: trace.arg(event, invokeOperation),
    lane: trace.lanes[event] as number,
    process: trace.arg(event, invokeProcess),
    kind,
    key: keyOf(text),
    words: callWords(kind, text),
    result: end < 0 ? '' : resultWords(kind, status, trace.text(end, returnText)),
    invokeEvent: event,
    returnEvent: end,
    startNs: trace.timesNs[event] as number,
    endNs: end < 0 ? endOfRunNs : (trace.timesNs[end] as number),
    status,
  };
}

export function isWrite(operation: Pick<Operation, 'kind'>): boolean {
  return operation.kind !== 1;
}
