import type { EtcdHistory } from '../history/etcd_history.ts';
import {
  type EtcdOperation,
  type EtcdRequest,
  type EtcdResponse,
  type TxnOperation,
  grantedLease,
} from '../history/etcd_operation.ts';
import { Columns, revisionMax } from './columns.ts';
import { plainOperation } from './plain_operation.ts';
import { addAnsweredPlainly, addUnansweredPlainly } from './plain_packing.ts';
import { KeyTable } from './key_table.ts';
import { LeaseTable } from './lease_table.ts';
import { type PastRead, addPastReads, comparePastReads } from './past_reads.ts';
import { Plain, Role, expiryOf, hasWritten, isSerializable, mayWrite } from './roles.ts';

/**
 * A history in columns of numbers, filled one operation after the other, so that a million operations need neither a million
 * objects nor a look at them: plain ones, answered or not, keep only numbers and their value; the others keep their object.
 */
export class PackedHistory {
  readonly table = new KeyTable();
  readonly leases = new LeaseTable();
  readonly columns: Columns;
  /** Operations with roles `open` and `revoke`: they can have made a revision that nobody said they made. */
  readonly open: number[] = [];
  readonly beside: number[] = [];
  /** Writes of which only the effect is known (`addEffect`). */
  readonly effects = new Set<number>();
  /** Reads of certain revisions, by those once the history is complete. */
  readonly past: PastRead[] = [];
  /** Number of operations of role `write`. */
  writes = 0;
  /** An operation whose answer lacks the revision that this check lives on; -1 if none. */
  withoutRevision = -1;
  lastRevision = 0;
  /** The operation that saw `lastRevision`; -1 for a watcher. */
  lastSeenBy = -1;
  /** Operations that keep their object: all that are not plain. */
  private readonly kept = new Map<number, EtcdOperation>();
  private expiries: EtcdOperation[] = [];
  private complete = false;

  constructor(capacity = 1024) {
    this.columns = new Columns(capacity);
  }

  /** Operations, and an open revoke behind them for each lease that may have run out. */
  get count(): number {
    return this.columns.count;
  }

  add(operation: EtcdOperation): void {
    const { input, outcome } = operation;
    const i = this.columns.add(operation);
    if (outcome.status === 'ok') {
      const role = addAnsweredPlainly(this.columns, this.table, i, input, outcome.output);
      if (role !== Role.none) return this.answeredPlainly(i, role);
    } else if (outcome.status === 'unknown' && addUnansweredPlainly(this.columns, this.table, i, input)) {
      if (this.columns.role[i] === Role.open) this.open.push(i);
      return;
    }
    this.kept.set(i, operation);
    if (outcome.status === 'fail') return;
    if (input.kind === 'leaseGrant') {
      const expiry = expiryOf(operation, this.expiries.length);
      if (expiry !== null) this.expiries.push(expiry);
    }
    this.mention(i, input);
    if (outcome.status === 'unknown') this.unanswered(i, input);
    else this.answered(i, input, outcome.output);
  }

  /** Adds only what a write did at its revision: nobody is held to the rest of its answer. */
  addEffect(operation: EtcdOperation, output: EtcdResponse): void {
    const { revision } = output;
    if (revision === undefined || revision > revisionMax) return;
    const input = takenBranch(operation.input, output);
    const i = this.columns.add(operation);
    this.kept.set(i, { ...operation, input, outcome: { status: 'unknown' } });
    this.mention(i, input);
    this.columns.role[i] = Role.write;
    this.columns.revision[i] = revision;
    this.writes++;
    this.effects.add(i);
    if (revision > this.lastRevision) [this.lastRevision, this.lastSeenBy] = [revision, i];
  }

  /** To be called once behind the last operation. */
  finish(watches: EtcdHistory['watches']): void {
    if (this.complete) return;
    this.complete = true;
    const { expiries } = this;
    this.expiries = [];
    for (const expiry of expiries) this.add(expiry);
    this.past.sort(comparePastReads);
    for (const { responses } of watches) {
      for (const { events } of responses) {
        for (const { key, modRevision } of events ?? []) {
          this.table.intern(key);
          if (modRevision > this.lastRevision) [this.lastRevision, this.lastSeenBy] = [modRevision, -1];
        }
      }
    }
  }

  /** The operation as it was added; a plain one is put together again. */
  at(i: number): EtcdOperation {
    return this.isPlain(i)
      ? plainOperation(this.columns, i, this.table.keys[this.columns.key[i] as number] as string)
      : (this.kept.get(i) as EtcdOperation);
  }

  /** Those that are not plain, in order, with their positions. */
  keptOperations(): Iterable<readonly [number, EtcdOperation]> {
    return this.kept;
  }

  isPlain(i: number): boolean {
    return this.columns.plain[i] !== Plain.no;
  }

  /** The short way for what histories are full of. */
  private answeredPlainly(i: number, role: number): void {
    if (role === Role.write) this.writes++;
    const revision = this.columns.revision[i] as number;
    if (revision <= this.lastRevision) return;
    this.lastRevision = revision;
    this.lastSeenBy = i;
  }

  private mention(i: number, input: EtcdRequest | TxnOperation): void {
    switch (input.kind) {
      case 'put':
        if (i >= 0) this.columns.key[i] = this.table.intern(input.key);
        else this.table.intern(input.key);
        if (input.lease !== undefined && input.lease !== '0') this.leases.intern(input.lease);
        return;
      case 'range':
        if (input.rangeEnd === undefined || input.rangeEnd === '') {
          const key = this.table.intern(input.key);
          if (i >= 0) this.columns.key[i] = key;
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
      const lease = grantedLease(this.at(i));
      if (lease !== null && output.kind !== 'error') {
        this.leases.granted(this.leases.intern(lease), output.revision ?? 0);
      }
    }
    if (output.kind === 'error' || kind === 'compact' || kind === 'leaseKeepAlive') {
      this.columns.role[i] = Role.beside;
      this.beside.push(i);
      // What was compacted had been there.
      if (input.kind === 'compact' && output.kind === 'compact' && input.revision > this.lastRevision) {
        [this.lastRevision, this.lastSeenBy] = [input.revision, i];
      }
      return;
    }
    const { revision } = output;
    if (revision === undefined || revision > revisionMax) {
      if (kind === 'leaseGrant' && revision === undefined) this.columns.role[i] = Role.none;
      else this.withoutRevision = i;
      return;
    }
    this.columns.revision[i] = revision;
    if (revision > this.lastRevision) [this.lastRevision, this.lastSeenBy] = [revision, i];
    this.columns.role[i] = this.roleOf(input, output);
    if (this.columns.role[i] === Role.write) this.writes++;
    if (this.columns.role[i] === Role.revoke) this.open.push(i);
    addPastReads(i, input, output, this.past);
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
        this.columns.role[i] = Role.beside;
        this.beside.push(i);
      }
      return;
    }
    this.columns.role[i] = Role.open;
    this.open.push(i);
  }
}

/** What a request did, with the branches that its answer says it took. */
function takenBranch(input: EtcdRequest, output: EtcdResponse): EtcdRequest {
  if (input.kind !== 'txn' || output.kind !== 'txn') return input;
  const operations = output.succeeded ? input.success : input.failure;
  const success = operations.map((each, n): TxnOperation => {
    const result = output.results[n];
    return result === undefined ? each : (takenBranch(each, result) as TxnOperation);
  });
  return { kind: 'txn', compares: [], success, failure: [] };
}
