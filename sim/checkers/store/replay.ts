import { compareKeys } from '../history/key_order.ts';
import { holdsFor } from './compare.ts';
import type {
  Compare,
  DeleteRangeRequest,
  EtcdRequest,
  EtcdResponse,
  PutRequest,
  RangeRequest,
  RangeResponse,
  TxnRequest,
} from '../history/etcd_operation.ts';
import type { Columns } from './columns.ts';
import { keepsLease, keepsSomething, keepsValue } from './keeping_put.ts';
import type { KeyTable } from './key_table.ts';
import type { LeaseTable } from './lease_table.ts';
import type { ReplayStore } from './replay_store.ts';
import { Reads, keys } from './reads.ts';
import { Plain, Role } from './roles.ts';

/** Applies requests to a store and compares their answers, which may be null where nobody heard one. */
export class Replay {
  readonly store: ReplayStore;
  readonly reads: Reads;
  /** Whether the last `run` changed the store. */
  changed = false;
  private readonly table: KeyTable;
  private readonly leases: LeaseTable;
  /** The oldest revision that the last `run` read, without a look at what it found there; Infinity: none but its own. */
  oldestRead = Infinity;
  private revision = 0;
  private sure = true;
  /** Branches of a txn and of those nested in it, in the order they are met: all are decided before anything changes. */
  private branches: boolean[] = [];
  private nextBranch = 0;

  constructor(store: ReplayStore, table: KeyTable, leases: LeaseTable) {
    this.store = store;
    this.reads = new Reads(store, table, leases);
    this.table = table;
    this.leases = leases;
  }

  /**
   * Applies a request as the change at `revision`, or reads at it. False with `clash` if the answer is wrong. `key` is the
   * number of the request's key, -1 to look it up.
   */
  run(
    request: EtcdRequest,
    response: EtcdResponse | null,
    revision: number,
    sure: boolean,
    key: number,
  ): boolean {
    this.revision = revision;
    this.reads.revision = revision;
    this.sure = sure;
    this.changed = false;
    this.oldestRead = Infinity;
    return this.step(request, response, key);
  }

  /** Compares what somebody told of the state at this revision. */
  runPast(request: RangeRequest, response: RangeResponse, revision: number): boolean {
    this.reads.revision = revision;
    return this.reads.range(request, response, -1);
  }

  /** The short way for a put without a lease. */
  runPut(key: number, value: string, revision: number): void {
    this.store.put(key, value, -1, revision, true);
  }

  /** The short way for a plain delete; false if the answer is wrong, without saying why. */
  runDelete(columns: Columns, i: number, key: number, revision: number): boolean {
    const exists = this.store.mod[key] !== 0;
    if (exists !== (columns.told[i] === 1)) return false;
    if (exists) this.store.remove(key, revision, true);
    return true;
  }

  /** The short way for a plain swap; false if the answer is wrong, without saying why. */
  runSwap(columns: Columns, i: number, key: number, revision: number): boolean {
    const holds = this.store.mod[key] === columns.operand[i];
    if (holds !== (columns.role[i] === Role.write)) return false;
    if (holds) this.store.put(key, columns.value[i] as string, -1, revision, true);
    else if (columns.told[i] === 1) return this.reads.plainGet(columns, i, key, revision);
    return true;
  }

  /** The short way for a plain operation without an answer; false if it changes nothing. */
  runOpen(columns: Columns, i: number, revision: number): boolean {
    const { store } = this;
    const key = columns.key[i] as number;
    const kind = columns.plain[i];
    const mod = store.mod[key] as number;
    if (kind === Plain.delete) {
      if (mod !== 0) store.remove(key, revision, false);
      return mod !== 0;
    }
    if (kind === Plain.swap && mod !== columns.operand[i]) return false;
    store.put(key, columns.value[i] as string, -1, revision, false);
    return true;
  }

  private step(request: EtcdRequest, response: EtcdResponse | null, key: number): boolean {
    if (response !== null && response.kind !== request.kind) {
      return this.answeredAs(request, response);
    }
    switch (request.kind) {
      case 'put':
        return this.put(request, response, key);
      case 'range':
        if ((request.revision ?? 0) > 0) return this.past(request.revision as number, response === null);
        return response === null || this.reads.range(request, response as RangeResponse, key);
      case 'deleteRange':
        return this.deleteRange(request, response);
      case 'txn':
        this.branches = [];
        this.nextBranch = 0;
        this.decide(request);
        return this.txn(request, response);
      case 'leaseRevoke':
        return this.revoke(this.leases.find(request.lease));
      default:
        return true;
    }
  }

  private answeredAs(request: EtcdRequest, response: EtcdResponse): false {
    return this.reads.fail(-1, 0, `a ${request.kind} is answered as a ${response.kind}`);
  }

  /** A read of a certain revision: its answer is compared when the replay is there (`runPast`). */
  private past(revision: number, isOpen: boolean): boolean {
    // Of an open request nobody knows that it was not refused: the revision must have been there before it began.
    if (isOpen && revision >= this.revision) return false;
    this.oldestRead = Math.min(this.oldestRead, revision);
    return true;
  }

  // --- changes

  private put(request: PutRequest, response: EtcdResponse | null, known: number): boolean {
    const { store } = this;
    const { key } = request;
    const id = known >= 0 ? known : this.table.find(key);
    const isNew = keepsSomething(request) && store.mod[id] === 0;
    if (isNew) {
      const text = `right before revision ${this.revision} ${key} is absent, so that there is nothing to keep`;
      return this.reads.fail(id, store.lastSure[id] as number, text);
    }
    const number = keepsLease(request) ? (store.lease[id] as number) : this.leases.find(request.lease);
    if (number >= 0 && !this.isAlive(number)) {
      const state = `lease ${this.leases.leases[number]} ${this.leaseState(number)}`;
      return this.reads.fail(-1, 0, `${state} at revision ${this.revision}`);
    }
    if (
      response?.kind === 'put' &&
      response.prevKv !== undefined &&
      !this.reads.previous(id, response.prevKv)
    ) {
      return false;
    }
    const value = keepsValue(request) ? (store.value[id] as string) : request.value;
    // What a kept value is rests on who wrote it.
    store.put(id, value, number, this.revision, this.sure && !keepsValue(request));
    this.changed = true;
    return true;
  }

  isAlive(lease: number): boolean {
    return this.store.revoked[lease] === 0 && (this.leases.grantedAt[lease] as number) < this.revision;
  }

  private leaseState(lease: number): string {
    if (this.store.revoked[lease] === 1) return 'had been revoked';
    return this.leases.grantedAt[lease] === Infinity ? 'was granted by nobody' : 'was not granted yet';
  }

  private deleteRange(request: DeleteRangeRequest, response: EtcdResponse | null): boolean {
    const told = response?.kind === 'deleteRange' ? response : null;
    if (told?.prevKvs !== undefined) {
      const asked: RangeRequest = { kind: 'range', key: request.key, ...endOf(request) };
      if (!this.reads.range(asked, { kind: 'range', kvs: told.prevKvs }, -1)) return false;
    }
    let deleted = 0;
    let [last, sureFrom] = [-1, this.revision];
    this.table.visit(request.key, request.rangeEnd, (id) => {
      last = id;
      sureFrom = Math.min(sureFrom, this.store.lastSure[id] as number);
      if (this.store.mod[id] === 0) return;
      this.store.remove(id, this.revision, this.sure);
      deleted++;
    });
    if (deleted > 0) this.changed = true;
    if (told === null || told.deleted === deleted) return true;
    const key = request.rangeEnd === undefined ? last : -1;
    return this.reads.fail(
      key,
      sureFrom,
      `${told.deleted} deleted, but ${keys(deleted)} in it at revision ${this.revision}`,
    );
  }

  private revoke(lease: number): boolean {
    const { store } = this;
    if (lease < 0 || !this.isAlive(lease)) return false;
    for (const key of this.keysOf(lease)) store.remove(key, this.revision, this.sure);
    store.revoke(lease);
    return true;
  }

  /** The lease's keys, in byte order: the order in which etcd deletes them. */
  private keysOf(lease: number): number[] {
    const { store, table } = this;
    const found: number[] = [];
    for (let key = store.firstKey(lease); key !== -1; key = store.nextKey(key)) found.push(key);
    this.changed = found.length > 0;
    return found.sort((a, b) => compareKeys(table.keys[a] as string, table.keys[b] as string));
  }

  // --- txns

  private decide(txn: TxnRequest): void {
    const succeeded = txn.compares.every((compare) => this.compare(compare));
    this.branches.push(succeeded);
    for (const operation of succeeded ? txn.success : txn.failure) {
      if (operation.kind === 'txn') this.decide(operation);
    }
  }

  private txn(request: TxnRequest, response: EtcdResponse | null): boolean {
    const succeeded = this.branches[this.nextBranch++] as boolean;
    const told = response?.kind === 'txn' ? response : null;
    if (told !== null && told.succeeded !== succeeded) return this.comparedWrongly(request, succeeded);
    const operations = succeeded ? request.success : request.failure;
    if (told !== null && told.results.length !== operations.length) {
      return this.reads.fail(
        -1,
        0,
        `it has ${operations.length} operations and ${told.results.length} results`,
      );
    }
    for (let i = 0; i < operations.length; i++) {
      const operation = operations[i] as EtcdRequest;
      const result = told === null ? null : (told.results[i] as EtcdResponse);
      if (result !== null && result.kind !== operation.kind) return this.answeredAs(operation, result);
      if (operation.kind === 'txn') {
        if (!this.txn(operation, result)) return false;
      } else if (!this.step(operation, result, -1)) {
        return false;
      }
    }
    return true;
  }

  private comparedWrongly(request: TxnRequest, succeeded: boolean): boolean {
    const { store, table } = this;
    const verb = succeeded ? 'hold' : 'do not hold';
    // All compares are decided before anything changes: what the store has now is not what they saw.
    if (this.changed) {
      return this.reads.fail(
        -1,
        0,
        `the compares of a txn in it ${verb} right before revision ${this.revision}`,
      );
    }
    const odd = succeeded ? request.compares[0] : request.compares.find((compare) => !this.compare(compare));
    if (odd === undefined) return this.reads.fail(-1, 0, 'it compares nothing, so that it must succeed');
    let from = this.revision;
    for (const compare of request.compares) {
      table.visit(compare.key, compare.rangeEnd, (id) => {
        from =
          compare.target === 'value' || compare.target === 'mod'
            ? Math.min(from, store.lastSure[id] as number)
            : 0;
      });
    }
    const only = request.compares.length === 1 && odd.rangeEnd === undefined;
    const state = this.reads.stateOf(odd.key, table.find(odd.key));
    return this.reads.fail(
      only ? table.find(odd.key) : -1,
      from,
      `its compares ${verb}: right before revision ${this.revision} ${state}`,
    );
  }

  private compare(compare: Compare): boolean {
    if (compare.rangeEnd === undefined || compare.rangeEnd === '') {
      const id = this.table.find(compare.key);
      return holdsFor(compare, id, this.store, this.leases);
    }
    let holds = true;
    this.table.visit(compare.key, compare.rangeEnd, (id) => {
      if (this.store.mod[id] !== 0) holds &&= holdsFor(compare, id, this.store, this.leases);
    });
    return holds;
  }
}

function endOf({ rangeEnd }: DeleteRangeRequest): { rangeEnd: string } | Record<string, never> {
  return rangeEnd === undefined ? {} : { rangeEnd };
}
