import { compareKeys } from '../history/key_order.ts';
import { holdsFor } from './compare.ts';
import type {
  Compare,
  DeleteRangeRequest,
  EtcdRequest,
  EtcdResponse,
  Pair,
  PutRequest,
  RangeRequest,
  RangeResponse,
  TxnRequest,
} from '../history/etcd_operation.ts';
import type { Columns } from './columns.ts';
import type { KeyTable } from './key_table.ts';
import type { LeaseTable } from './lease_table.ts';
import type { ReplayStore } from './replay_store.ts';
import { Role } from './roles.ts';

/** Why an answer is not the store's. */
export interface Clash {
  /** Number of the key that the answer is wrong about; -1 if it is not about one key. */
  readonly key: number;
  /** What happened at revisions above this can be to blame, ... */
  readonly from: number;
  /** ... up to this one. */
  readonly until: number;
  /** A clause: `at revision 7 x is "b", written at revision 5`. */
  readonly text: string;
}

/** Applies requests to a store and compares their answers, which may be null where nobody heard one. */
export class Replay {
  readonly store: ReplayStore;
  clash: Clash | null = null;
  /** Whether the last `run` changed the store. */
  changed = false;
  private readonly table: KeyTable;
  private readonly leases: LeaseTable;
  private revision = 0;
  private sure = true;
  /** Branches of a txn and of those nested in it, in the order they are met: all are decided before anything changes. */
  private branches: boolean[] = [];
  private nextBranch = 0;

  constructor(store: ReplayStore, table: KeyTable, leases: LeaseTable) {
    this.store = store;
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
    this.sure = sure;
    this.changed = false;
    return this.step(request, response, key);
  }

  /** The short way for a put without a lease. */
  runPut(key: number, value: string, revision: number): void {
    this.store.put(key, value, -1, revision, true);
  }

  /** The short way for a plain get: compares the numbers it told. */
  runGet(columns: Columns, i: number, key: number, revision: number): boolean {
    const { store } = this;
    this.revision = revision;
    const mod = columns.mod[i] as number;
    if (mod === 0 && store.mod[key] === 0) return true;
    if (mod === store.mod[key] && columns.value[i] === store.value[key]) {
      const [create, version] = [columns.create[i], columns.version[i]];
      const same =
        (create === 0 || create === store.create[key]) && (version === 0 || version === store.version[key]);
      if (same && (columns.lease[i] === 0 || store.lease[key] === -1)) return true;
    }
    const name = this.table.keys[key] as string;
    const pair = columns.pair(i, name);
    if (pair !== null && store.mod[key] !== 0) return this.checkPair(pair, key, false);
    return this.fail(key, store.lastSure[key] as number, this.stateAt(name, key));
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
    else if (columns.told[i] === 1) return this.runGet(columns, i, key, revision);
    return true;
  }

  private step(request: EtcdRequest, response: EtcdResponse | null, key: number): boolean {
    if (response !== null && response.kind !== request.kind) {
      return this.fail(-1, 0, `a ${request.kind} is answered as a ${response.kind}`);
    }
    switch (request.kind) {
      case 'put':
        return this.put(request, response, key);
      case 'range':
        return response === null || this.range(request, response as RangeResponse, key);
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

  private fail(key: number, from: number, text: string, until = Infinity): false {
    this.clash = { key, from, until, text };
    return false;
  }

  // --- changes

  private put({ key, value, lease }: PutRequest, response: EtcdResponse | null, known: number): boolean {
    const { store } = this;
    const id = known >= 0 ? known : this.table.find(key);
    const number = this.leases.find(lease);
    if (number >= 0 && !this.isAlive(number)) {
      return this.fail(-1, 0, `lease ${lease} ${this.leaseState(number)} at revision ${this.revision}`);
    }
    if (
      response?.kind === 'put' &&
      response.prevKv !== undefined &&
      !this.checkPrevious(id, response.prevKv)
    ) {
      return false;
    }
    store.put(id, value, number, this.revision, this.sure);
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
      if (!this.range(asked, { kind: 'range', kvs: told.prevKvs }, -1)) return false;
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
    return this.fail(
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
      return this.fail(-1, 0, `it has ${operations.length} operations and ${told.results.length} results`);
    }
    for (let i = 0; i < operations.length; i++) {
      const operation = operations[i] as EtcdRequest;
      const result = told === null ? null : (told.results[i] as EtcdResponse);
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
    const odd = succeeded ? request.compares[0] : request.compares.find((compare) => !this.compare(compare));
    if (odd === undefined) return this.fail(-1, 0, 'it compares nothing, so that it must succeed');
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
    const state = this.stateOf(odd.key, table.find(odd.key));
    return this.fail(
      only ? table.find(odd.key) : -1,
      from,
      `its compares ${succeeded ? 'hold' : 'do not hold'}: right before revision ${this.revision} ${state}`,
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

  // --- reads

  private range(request: RangeRequest, response: RangeResponse, known: number): boolean {
    if (request.rangeEnd !== undefined && request.rangeEnd !== '') return this.rangeOfMany(request, response);
    const id = known >= 0 ? known : this.table.find(request.key);
    const exists = id >= 0 && this.store.mod[id] !== 0;
    const { kvs, count } = response;
    const shown = exists && request.countOnly !== true ? 1 : 0;
    const pair = kvs[0];
    if (kvs.length !== shown || (count !== undefined && count !== (exists ? 1 : 0))) {
      return this.fail(
        id,
        id < 0 ? this.revision : (this.store.lastSure[id] as number),
        this.stateAt(request.key, id),
      );
    }
    return pair === undefined || this.checkPair(pair, id, request.keysOnly === true);
  }

  private rangeOfMany(request: RangeRequest, { kvs, count }: RangeResponse): boolean {
    const { table, store } = this;
    const order = table.inOrder();
    const end = table.upperBound(request.rangeEnd as string);
    const limit =
      request.countOnly === true ? 0 : (request.limit ?? 0) > 0 ? (request.limit as number) : Infinity;
    let [found, sureFrom] = [0, this.revision];
    for (let at = table.lowerBound(request.key); at < end; at++) {
      const id = order[at] as number;
      sureFrom = Math.min(sureFrom, store.lastSure[id] as number);
      const pair = found < limit ? kvs[found] : undefined;
      const told = pair?.key === table.keys[id];
      if (store.mod[id] === 0) {
        if (told)
          return this.fail(id, store.lastSure[id] as number, this.stateAt(table.keys[id] as string, id));
        continue;
      }
      if (found < limit) {
        if (pair === undefined || !told) {
          // Either this one is missing, or the told one is not in order or not in the range.
          return this.fail(
            id,
            store.lastSure[id] as number,
            `${this.stateAt(table.keys[id] as string, id)}, and it is not in the answer`,
          );
        }
        if (!this.checkPair(pair, id, request.keysOnly === true)) return false;
      }
      found++;
    }
    const shown = Math.min(found, limit);
    if (kvs.length !== shown)
      return this.fail(
        -1,
        sureFrom,
        `${keys(found)} in it at revision ${this.revision}, and it answers with ${kvs.length}`,
      );
    if (count !== undefined && count !== found)
      return this.fail(
        -1,
        sureFrom,
        `${keys(found)} in it at revision ${this.revision}, and it counts ${count}`,
      );
    return true;
  }

  private checkPair(pair: Pair, id: number, keysOnly: boolean): boolean {
    const { store } = this;
    const name = this.table.keys[id] as string;
    if (pair.key !== name)
      return this.fail(-1, 0, `it answers with the key ${pair.key}, which is not the one asked for`);
    if (
      (pair.modRevision !== undefined && pair.modRevision !== store.mod[id]) ||
      (!keysOnly && pair.value !== store.value[id])
    ) {
      return this.fail(id, store.lastSure[id] as number, this.stateAt(name, id));
    }
    if (pair.createRevision !== undefined && pair.createRevision !== store.create[id]) {
      // Whatever was before both of them, one of them would still be wrong.
      const from = Math.min(pair.createRevision, store.create[id] as number) - 1;
      const text = `at revision ${this.revision} ${name} was created at revision ${store.create[id]}`;
      return this.fail(id, from, text, this.untilLast(pair, id));
    }
    if (pair.version !== undefined && pair.version !== store.version[id]) {
      const from = pair.createRevision === undefined ? 0 : pair.createRevision - 1;
      const text = `at revision ${this.revision} ${name} has version ${store.version[id]}`;
      return this.fail(id, from, text, this.untilLast(pair, id));
    }
    if (pair.lease !== undefined && this.leases.find(pair.lease) !== store.lease[id]) {
      const lease = this.leases.leases[store.lease[id] as number];
      return this.fail(
        id,
        0,
        `at revision ${this.revision} ${name} has ${lease === undefined ? 'no lease' : `lease ${lease}`}`,
      );
    }
    return true;
  }

  /** If the pair's last change is told, and right, then what is wrong was done before that. */
  private untilLast({ modRevision }: Pair, id: number): number {
    return modRevision === undefined ? Infinity : (this.store.mod[id] as number);
  }

  private checkPrevious(id: number, pair: Pair | null): boolean {
    const exists = this.store.mod[id] !== 0;
    if (pair === null ? !exists : exists && this.checkPair(pair, id, false)) return true;
    const name = this.table.keys[id] as string;
    return this.fail(id, 0, `right before revision ${this.revision} ${this.stateOf(name, id)}`);
  }

  private stateAt(name: string, id: number): string {
    return `at revision ${this.revision} ${this.stateOf(name, id)}`;
  }

  private stateOf(name: string, id: number): string {
    if (id < 0 || this.store.mod[id] === 0) return `${name} is absent`;
    return `${name} is ${JSON.stringify(this.store.value[id])}, written at revision ${this.store.mod[id]}`;
  }
}

function keys(count: number): string {
  return count === 1 ? 'there is 1 key' : `there are ${count} keys`;
}

function endOf({ rangeEnd }: DeleteRangeRequest): { rangeEnd: string } | Record<string, never> {
  return rangeEnd === undefined ? {} : { rangeEnd };
}
