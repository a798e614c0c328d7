import { compareStrings } from '../../core/base/bytes.ts';
import type { WatchRequest, WatchResponse } from '../checkers/history/etcd_history.ts';
import type { EtcdRequest, EtcdResponse } from '../checkers/history/etcd_operation.ts';
import type { Outcome } from '../checkers/history/operation.ts';
import type { OperationStatus } from '../trace/kinds.ts';
import type { KvAnswer, KvCall } from './kv_calls.ts';

interface Recorded {
  /** Unique among all calls of a run, counting up from 1 in their order. */
  readonly id: number;
  /** Who asked. After an unknown outcome a client goes on under a new number, for its old one may still be at it. */
  readonly process: number;
  /** The client's name on the timeline. */
  readonly client: string;
  /** Times tie, so events are ordered by (ns, sequence). */
  readonly callNs: number;
  readonly callSequence: number;
  returnNs: number;
  returnSequence: number;
}

/** An operation that a workload asked for by the text methods of its client. */
export interface RecordedCall extends Recorded {
  readonly call: KvCall;
  status: OperationStatus;
  answer: KvAnswer | null;
}

/** A request of etcd's API that changes or shows keys or leases. */
export interface RecordedRequest extends Recorded {
  readonly request: EtcdRequest;
  outcome: Outcome<EtcdResponse>;
}

/** A watch of a script, across all streams that carried it. */
export interface RecordedWatch {
  readonly id: number;
  readonly client: string;
  readonly request: WatchRequest;
  readonly callNs: number;
  readonly callSequence: number;
  readonly responses: WatchResponse[];
}

/** What the clients of a run asked and heard, and the counters that number it. */
export class CallHistory {
  readonly calls: RecordedCall[] = [];
  readonly requests: RecordedRequest[] = [];
  readonly watches: RecordedWatch[] = [];
  private ids = 0;
  private sequence = 0;
  private processes: number;

  constructor(clients: number) {
    this.processes = clients;
  }

  nextId(): number {
    return ++this.ids;
  }

  nextSequence(): number {
    return this.sequence++;
  }

  newProcess(): number {
    return ++this.processes;
  }

  /** Every key that was asked for by itself, in byte order. */
  keys(): string[] {
    const keys = new Set(this.calls.map(({ call }) => call.key));
    for (const { request } of this.requests) addKeys(request, keys);
    return [...keys].sort(compareStrings);
  }
}

function addKeys(request: EtcdRequest, keys: Set<string>): void {
  if (request.kind === 'put') keys.add(request.key);
  else if (request.kind === 'range' || request.kind === 'deleteRange') {
    if (request.rangeEnd === undefined) keys.add(request.key);
  } else if (request.kind === 'txn') {
    for (const each of request.success) addKeys(each, keys);
    for (const each of request.failure) addKeys(each, keys);
  }
}
