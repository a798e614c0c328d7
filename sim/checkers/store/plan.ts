import type { EtcdHistory } from '../history/etcd_history.ts';
import {
  type EtcdOperation,
  type EtcdRequest,
  type EtcdResponse,
  type Pair,
  type RangeRequest,
  type RangeResponse,
  type TxnOperation,
  grantedLease,
} from '../history/etcd_operation.ts';
import { nsPerSecond } from '../../../core/limits.ts';
import { KeyTable } from './key_table.ts';
import { LeaseTable } from './lease_table.ts';

/** What an operation is for the check. */
export const Role = {
  /** Says nothing: refused, or a read without an answer. */
  none: 0,
  /** Made the revision of its answer. */
  write: 1,
  /** Saw the state at the revision of its answer. */
  observe: 2,
  /** Saw a state, but without a promise about real time. */
  stale: 3,
  /** May have made some revision: nobody heard. */
  open: 4,
  /** An answered revoke: it made the revision of its answer if its lease had keys, else it only saw it. */
  revoke: 5,
  grant: 6,
  /** No revision in its answer: errors, compactions, renewals. */
  beside: 7,
} as const;

/** Requests of one key with nothing to them: most of a history, and checked without a look at their objects. */
export const Plain = { no: 0, put: 1, get: 2 } as const;

/** A history sorted by the revisions that its answers carry. */
export interface Plan {
  /** Those of the history, then an open revoke for each lease that may have run out. */
  readonly operations: readonly EtcdOperation[];
  readonly table: KeyTable;
  readonly leases: LeaseTable;
  readonly role: Uint8Array;
  /** Revision of the answer, where there is one. */
  readonly revision: Int32Array;
  /** Number of the key of a put or of a range of one key, else -1. */
  readonly key: Int32Array;
  /** Calls and returns in columns: reading a million objects twice costs more than the check. No return: Infinity. */
  readonly callNs: Float64Array;
  readonly callSequence: Float64Array;
  readonly returnNs: Float64Array;
  readonly returnSequence: Float64Array;
  /** `Plain` puts and gets, for which `subject` holds the value put or the pair got (null: absent). */
  readonly plain: Uint8Array;
  readonly subject: readonly (string | Pair | null)[];
  readonly open: readonly number[];
  readonly beside: readonly number[];
  /** Reads at older revisions than their answers', by the revision they read. */
  readonly past: readonly number[];
  readonly writes: number;
  /** An operation whose answer lacks the revision that this check lives on; -1 if none. */
  readonly withoutRevision: number;
  readonly lastRevision: number;
  /** The operation that saw `lastRevision`; -1 for a watcher. */
  readonly lastSeenBy: number;
}

/** Revisions above this are not etcd's: columns are 32 bits wide. */
const revisionMax = 2 ** 31 - 2;

export function planHistory({ operations: recorded, watches }: EtcdHistory, initial: number): Plan {
  const planner = new Planner(recorded);
  planner.run(initial);
  for (const { responses } of watches)
    for (const { events } of responses) for (const event of events ?? []) planner.event(event);
  return planner.plan();
}

class Planner {
  private readonly operations: readonly EtcdOperation[];
  private readonly table = new KeyTable();
  private readonly leases = new LeaseTable();
  private readonly role: Uint8Array;
  private readonly revision: Int32Array;
  private readonly key: Int32Array;
  private readonly callNs: Float64Array;
  private readonly callSequence: Float64Array;
  private readonly returnNs: Float64Array;
  private readonly returnSequence: Float64Array;
  private readonly plain: Uint8Array;
  private readonly subject: (string | Pair | null)[];
  private readonly open: number[] = [];
  private readonly beside: number[] = [];
  private readonly past: number[] = [];
  private writes = 0;
  private withoutRevision = -1;
  private lastRevision = 0;
  private lastSeenBy = -1;

  constructor(recorded: readonly EtcdOperation[]) {
    const expiries = recorded.some(({ input }) => input.kind === 'leaseGrant') ? expiriesOf(recorded) : [];
    this.operations = expiries.length === 0 ? recorded : [...recorded, ...expiries];
    const count = this.operations.length;
    this.role = new Uint8Array(count);
    this.revision = new Int32Array(count);
    this.key = new Int32Array(count);
    this.callNs = new Float64Array(count);
    this.callSequence = new Float64Array(count);
    this.returnNs = new Float64Array(count);
    this.returnSequence = new Float64Array(count);
    this.plain = new Uint8Array(count);
    this.subject = new Array<string | Pair | null>(count).fill(null);
  }

  run(initial: number): void {
    this.lastRevision = initial;
    const { operations, callNs, callSequence, returnNs, returnSequence, key } = this;
    for (let i = 0; i < operations.length; i++) {
      const operation = operations[i] as EtcdOperation;
      const { input, outcome } = operation;
      key[i] = -1;
      if (outcome.status === 'fail') continue;
      callNs[i] = operation.callNs;
      callSequence[i] = operation.callSequence;
      returnNs[i] = operation.returnNs ?? Infinity;
      returnSequence[i] = operation.returnSequence ?? Infinity;
      if (outcome.status === 'unknown') {
        this.mention(i, input);
        this.unanswered(i, input);
      } else if (!this.answeredPlainly(i, input, outcome.output)) {
        this.mention(i, input);
        this.answered(i, input, outcome.output);
      }
    }
    const asked = (i: number): number => pastRevision(operations[i] as EtcdOperation);
    this.past.sort((a, b) => asked(a) - asked(b) || a - b);
  }

  /** The short way for what histories are full of. */
  private answeredPlainly(i: number, input: EtcdRequest, output: EtcdResponse): boolean {
    const { revision } = output;
    if (revision === undefined || revision > revisionMax) return false;
    if (input.kind === 'put' && output.kind === 'put') {
      if (input.lease !== undefined || output.prevKv !== undefined) return false;
      this.plain[i] = Plain.put;
      this.subject[i] = input.value;
      this.role[i] = Role.write;
      this.writes++;
    } else if (input.kind === 'range' && output.kind === 'range' && isPlainGet(input, output)) {
      this.plain[i] = Plain.get;
      this.subject[i] = output.kvs[0] ?? null;
      this.role[i] = Role.observe;
    } else {
      return false;
    }
    this.key[i] = this.table.intern(input.key);
    this.revision[i] = revision;
    if (revision > this.lastRevision) [this.lastRevision, this.lastSeenBy] = [revision, i];
    return true;
  }

  /** A watcher saw a revision. */
  event({ key, modRevision }: { readonly key: string; readonly modRevision: number }): void {
    this.table.intern(key);
    if (modRevision > this.lastRevision) [this.lastRevision, this.lastSeenBy] = [modRevision, -1];
  }

  plan(): Plan {
    const { operations, table, leases, role, revision, key, plain, subject } = this;
    const { callNs, callSequence, returnNs, returnSequence } = this;
    const { open, beside, past, writes, withoutRevision, lastRevision, lastSeenBy } = this;
    const times = { callNs, callSequence, returnNs, returnSequence };
    const lists = { open, beside, past, writes, withoutRevision, lastRevision, lastSeenBy };
    return { operations, table, leases, role, revision, key, plain, subject, ...times, ...lists };
  }

  private mention(i: number, input: EtcdRequest | TxnOperation): void {
    switch (input.kind) {
      case 'put':
        if (i >= 0) this.key[i] = this.table.intern(input.key);
        else this.table.intern(input.key);
        if (input.lease !== undefined && input.lease !== '0') this.leases.intern(input.lease);
        return;
      case 'range':
        if (input.rangeEnd === undefined || input.rangeEnd === '') {
          const key = this.table.intern(input.key);
          if (i >= 0) this.key[i] = key;
        }
        return;
      case 'deleteRange':
        if (input.rangeEnd === undefined || input.rangeEnd === '') this.table.intern(input.key);
        return;
      case 'txn':
        for (const { key } of input.compares) this.table.intern(key);
        for (const each of input.success) this.mention(-1, each);
        for (const each of input.failure) this.mention(-1, each);
        return;
      case 'leaseRevoke':
      case 'leaseKeepAlive':
        this.leases.intern(input.lease);
        return;
      default:
    }
  }

  private answered(i: number, input: EtcdRequest, output: EtcdResponse): void {
    const { kind } = input;
    if (kind === 'leaseGrant') {
      const lease = grantedLease(this.operations[i] as EtcdOperation);
      if (lease !== null && output.kind !== 'error') {
        this.leases.granted(this.leases.intern(lease), output.revision ?? 0);
      }
    }
    if (output.kind === 'error' || kind === 'compact' || kind === 'leaseKeepAlive') {
      this.role[i] = Role.beside;
      this.beside.push(i);
      // What was compacted had been there.
      if (input.kind === 'compact' && output.kind === 'compact' && input.revision > this.lastRevision) {
        [this.lastRevision, this.lastSeenBy] = [input.revision, i];
      }
      return;
    }
    const { revision } = output;
    if (revision === undefined || revision > revisionMax) {
      if (kind === 'leaseGrant' && revision === undefined) this.role[i] = Role.none;
      else this.withoutRevision = i;
      return;
    }
    this.revision[i] = revision;
    if (revision > this.lastRevision) [this.lastRevision, this.lastSeenBy] = [revision, i];
    this.role[i] = this.roleOf(input, output);
    if (this.role[i] === Role.write) this.writes++;
    if (this.role[i] === Role.revoke) this.open.push(i);
    if (kind === 'range' && (input.revision ?? 0) > 0) this.past.push(i);
  }

  private roleOf(input: EtcdRequest, output: EtcdResponse): number {
    if (input.kind === 'leaseRevoke') return Role.revoke;
    if (input.kind === 'leaseGrant') return Role.grant;
    if (hasWritten(input, output)) return Role.write;
    return isSerializable(input) ? Role.stale : Role.observe;
  }

  private unanswered(i: number, input: EtcdRequest): void {
    if (!mayWrite(input)) {
      if (input.kind === 'compact' || input.kind === 'leaseGrant') {
        this.role[i] = Role.beside;
        this.beside.push(i);
      }
      return;
    }
    this.role[i] = Role.open;
    this.open.push(i);
  }
}

function isPlainGet(input: RangeRequest, { kvs, count }: RangeResponse): boolean {
  const one =
    input.rangeEnd === undefined && kvs.length <= 1 && (count === undefined || count === kvs.length);
  if (!one || input.countOnly === true || input.keysOnly === true || input.serializable === true)
    return false;
  return (input.revision ?? 0) === 0 && (kvs.length === 0 || kvs[0]?.key === input.key);
}

/** Nobody calls for a lease to run out: it is an open revoke, called when its time to live is over at the earliest. */
function expiriesOf(recorded: readonly EtcdOperation[]): EtcdOperation[] {
  const expiries: EtcdOperation[] = [];
  for (const operation of recorded) {
    const { input, outcome, callNs, callSequence } = operation;
    if (input.kind !== 'leaseGrant' || outcome.status === 'fail') continue;
    const lease = grantedLease(operation);
    const ttl =
      (outcome.status === 'ok' && outcome.output.kind === 'leaseGrant' ? outcome.output.ttl : undefined) ??
      input.ttl;
    if (lease === null || ttl === undefined) continue;
    expiries.push({
      id: -1 - expiries.length,
      process: -1,
      client: 'its time to live',
      input: { kind: 'leaseRevoke', lease },
      callNs: callNs + ttl * nsPerSecond,
      callSequence,
      returnNs: null,
      returnSequence: null,
      outcome: { status: 'unknown' },
    });
  }
  return expiries;
}

/** Revision that a read asked for; 0 for the newest. */
export function pastRevision({ input }: EtcdOperation): number {
  return input.kind === 'range' ? (input.revision ?? 0) : 0;
}

function isSerializable(input: EtcdRequest | TxnOperation): boolean {
  if (input.kind === 'range') return input.serializable === true;
  if (input.kind !== 'txn') return false;
  const all = [...input.success, ...input.failure];
  return all.length > 0 && all.every(isSerializable);
}

/** Whether an answer says that the request changed the store. */
export function hasWritten(input: EtcdRequest, output: EtcdResponse): boolean {
  if (input.kind === 'put') return true;
  if (input.kind === 'deleteRange') return output.kind === 'deleteRange' && output.deleted > 0;
  if (input.kind !== 'txn' || output.kind !== 'txn') return false;
  const operations = output.succeeded ? input.success : input.failure;
  for (let i = 0; i < operations.length; i++) {
    const result = output.results[i];
    if (result !== undefined && hasWritten(operations[i] as EtcdRequest, result)) return true;
  }
  return false;
}

/** Whether a request without an answer may have changed the store. */
export function mayWrite(input: EtcdRequest | TxnOperation): boolean {
  switch (input.kind) {
    case 'put':
    case 'deleteRange':
    case 'leaseRevoke':
      return true;
    case 'txn':
      return input.success.some(mayWrite) || input.failure.some(mayWrite);
    default:
      return false;
  }
}
