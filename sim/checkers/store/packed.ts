import type { EtcdHistory } from '../history/etcd_history.ts';
import {
  type Compare,
  type EtcdOperation,
  type EtcdRequest,
  type EtcdResponse,
  type TxnOperation,
  type TxnRequest,
  type TxnResponse,
  grantedLease,
} from '../history/etcd_operation.ts';
import { Columns } from './columns.ts';
import { KeyTable } from './key_table.ts';
import { LeaseTable } from './lease_table.ts';
import {
  Plain,
  Role,
  expiryOf,
  hasWritten,
  isPlainDelete,
  isPlainGet,
  isPlainSwap,
  isSerializable,
  mayWrite,
  pastRevision,
} from './roles.ts';

/** Revisions above this are not etcd's: columns are 32 bits wide. */
const revisionMax = 2 ** 31 - 2;

/**
 * A history in columns of numbers, filled one operation after the other, so that a million operations need neither a million
 * objects nor a look at them: plain puts and gets keep only numbers and their value; the others keep their object.
 */
export class PackedHistory {
  readonly table = new KeyTable();
  readonly leases = new LeaseTable();
  readonly columns: Columns;
  /** Operations with roles `open` and `revoke`: they can have made a revision that nobody said they made. */
  readonly open: number[] = [];
  readonly beside: number[] = [];
  /** Reads at older revisions than their answers', by the revision they read once the history is complete. */
  readonly past: number[] = [];
  /** Number of operations of role `write`. */
  writes = 0;
  /** An operation whose answer lacks the revision that this check lives on; -1 if none. */
  withoutRevision = -1;
  lastRevision = 0;
  /** The operation that saw `lastRevision`; -1 for a watcher. */
  lastSeenBy = -1;
  /** Operations that keep their object: all that are not plain. */
  private readonly kept: (EtcdOperation | null)[] = [];
  /** Equal values are the same text object, which makes comparing them free. */
  private readonly values = new Map<string, string>();
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
    const { columns } = this;
    const i = columns.add(operation);
    if (outcome.status === 'ok' && this.answeredPlainly(i, input, outcome.output)) {
      const isWhole = columns.plain[i] === Plain.put || columns.plain[i] === Plain.get;
      this.kept.push(isWhole ? null : operation);
      return;
    }
    this.kept.push(operation);
    if (outcome.status === 'fail') return;
    if (input.kind === 'leaseGrant') {
      const expiry = expiryOf(operation, this.expiries.length);
      if (expiry !== null) this.expiries.push(expiry);
    }
    this.mention(i, input);
    if (outcome.status === 'unknown') this.unanswered(i, input);
    else this.answered(i, input, outcome.output);
  }

  /** To be called once behind the last operation. */
  finish(watches: EtcdHistory['watches']): void {
    if (this.complete) return;
    this.complete = true;
    const { expiries } = this;
    this.expiries = [];
    for (const expiry of expiries) this.add(expiry);
    const asked = (i: number): number => pastRevision(this.at(i));
    this.past.sort((a, b) => asked(a) - asked(b) || a - b);
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
    const kept = this.kept[i];
    if (kept) return kept;
    const { columns, table } = this;
    const key = table.keys[columns.key[i] as number] as string;
    const revision = columns.revision[i] as number;
    const common = columns.common(i);
    if (columns.plain[i] === Plain.put) {
      const value = columns.value[i] as string;
      const output = { kind: 'put', revision } as const;
      return { ...common, input: { kind: 'put', key, value }, outcome: { status: 'ok', output } };
    }
    const pair = columns.pair(i, key);
    const output = {
      kind: 'range',
      revision,
      kvs: pair === null ? [] : [pair],
      count: pair === null ? 0 : 1,
    } as const;
    return { ...common, input: { kind: 'range', key }, outcome: { status: 'ok', output } };
  }

  isPlain(i: number): boolean {
    return this.columns.plain[i] !== Plain.no;
  }

  private canonical(value: string): string {
    const known = this.values.get(value);
    if (known !== undefined) return known;
    this.values.set(value, value);
    return value;
  }

  /** The short way for what histories are full of. */
  private answeredPlainly(i: number, input: EtcdRequest, output: EtcdResponse): boolean {
    const { revision } = output;
    const { columns } = this;
    if (revision === undefined || revision > revisionMax) return false;
    if (input.kind === 'put' && output.kind === 'put') {
      if (input.lease !== undefined || output.prevKv !== undefined) return false;
      columns.plain[i] = Plain.put;
      columns.value[i] = this.canonical(input.value);
      columns.role[i] = Role.write;
      this.writes++;
    } else if (input.kind === 'range' && output.kind === 'range' && isPlainGet(input, output)) {
      columns.plain[i] = Plain.get;
      columns.role[i] = Role.observe;
      const [pair] = output.kvs;
      if (pair !== undefined) columns.setPair(i, pair, this.canonical(pair.value));
    } else if (input.kind === 'deleteRange' && isPlainDelete(input, output)) {
      columns.plain[i] = Plain.delete;
      columns.told[i] = output.kind === 'deleteRange' ? output.deleted : 0;
      columns.role[i] = columns.told[i] === 1 ? Role.write : Role.observe;
      if (columns.told[i] === 1) this.writes++;
    } else if (input.kind !== 'txn' || output.kind !== 'txn' || !this.swappedPlainly(i, input, output)) {
      return false;
    }
    columns.key[i] = this.table.intern(input.kind === 'txn' ? (input.compares[0] as Compare).key : input.key);
    columns.revision[i] = revision;
    if (revision > this.lastRevision) {
      this.lastRevision = revision;
      this.lastSeenBy = i;
    }
    return true;
  }

  private swappedPlainly(i: number, input: TxnRequest, { succeeded, results }: TxnResponse): boolean {
    const [compare, put, read] = [input.compares[0], input.success[0], input.failure[0]];
    if (!isPlainSwap(input) || compare === undefined || put?.kind !== 'put') return false;
    const { columns } = this;
    const [result] = results;
    if (succeeded) {
      if (results.length !== 1 || result?.kind !== 'put' || result.prevKv !== undefined) return false;
      columns.value[i] = this.canonical(put.value);
      columns.role[i] = Role.write;
      this.writes++;
    } else {
      if (results.length !== input.failure.length) return false;
      if (result !== undefined) {
        if (read?.kind !== 'range' || result.kind !== 'range' || !isPlainGet(read, result)) return false;
        const [pair] = result.kvs;
        columns.told[i] = 1;
        if (pair !== undefined) columns.setPair(i, pair, this.canonical(pair.value));
      }
      columns.role[i] = Role.observe;
    }
    columns.plain[i] = Plain.swap;
    columns.operand[i] = Number(compare.operand);
    return true;
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
        this.columns.role[i] = Role.beside;
        this.beside.push(i);
      }
      return;
    }
    this.columns.role[i] = Role.open;
    this.open.push(i);
  }
}
