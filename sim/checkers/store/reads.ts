import type { Pair, RangeRequest, RangeResponse } from '../history/etcd_operation.ts';
import { isInKeyOrder } from '../history/range_view.ts';
import type { Columns } from './columns.ts';
import type { KeyTable } from './key_table.ts';
import type { LeaseTable } from './lease_table.ts';
import type { ReplayStore } from './replay_store.ts';
import { misplaced, wantedKeys } from './sorted_reads.ts';

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

/** Compares what reads told with the state of a store, and says what is wrong with them. */
export class Reads {
  clash: Clash | null = null;
  /** Of the state. */
  revision = 0;
  private readonly store: ReplayStore;
  private readonly table: KeyTable;
  private readonly leases: LeaseTable;

  constructor(store: ReplayStore, table: KeyTable, leases: LeaseTable) {
    this.store = store;
    this.table = table;
    this.leases = leases;
  }

  fail(key: number, from: number, text: string, until = Infinity): false {
    this.clash = { key, from, until, text };
    return false;
  }

  /** The short way for a plain get: compares the numbers it told. */
  plainGet(columns: Columns, i: number, key: number, revision: number): boolean {
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
    if (pair !== null && store.mod[key] !== 0) return this.pair(pair, key, false);
    return this.fail(key, store.lastSure[key] as number, this.stateAt(name, key));
  }

  /** Whether the answer is the state's. `known`: the number of the request's key, -1 to look it up. */
  range(request: RangeRequest, response: RangeResponse, known: number): boolean {
    if (!isInKeyOrder(request)) return this.sortedRange(request, response);
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
    return pair === undefined || this.pair(pair, id, request.keysOnly === true);
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
        if (!this.pair(pair, id, request.keysOnly === true)) return false;
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

  /** A range that sorts or filters: which keys it shows rests on all that is in it. */
  private sortedRange(request: RangeRequest, { kvs, count }: RangeResponse): boolean {
    const { table, store } = this;
    const wanted = wantedKeys(request, table, store);
    const limit = request.limit ?? 0;
    const shown = request.countOnly === true ? 0 : limit > 0 ? Math.min(limit, wanted.length) : wanted.length;
    let existing = 0;
    table.visit(request.key, request.rangeEnd, (id) => {
      if (store.mod[id] !== 0) existing++;
    });
    const at = misplaced(request, kvs, wanted, table, store);
    const state = `at revision ${this.revision} ${keys(existing)} in it`;
    if (at >= 0)
      return this.fail(
        -1,
        0,
        `${state}, and ${(kvs[at] as Pair).key} can't be the ${place(at)} that it shows`,
      );
    if (kvs.length !== shown)
      return this.fail(-1, 0, `${state}, of which it shows ${shown}, and it answers with ${kvs.length}`);
    if (count !== undefined && count !== existing)
      return this.fail(-1, 0, `${state}, and it counts ${count}`);
    return kvs.every((pair) => this.pair(pair, table.find(pair.key), request.keysOnly === true));
  }

  pair(pair: Pair, id: number, keysOnly: boolean): boolean {
    const { store } = this;
    const name = this.table.keys[id] as string;
    if (pair.key !== name)
      return this.fail(-1, 0, `it answers with the key ${pair.key}, which is not the one asked for`);
    // No state has to do with it.
    if (keysOnly && pair.value !== '')
      return this.fail(-1, Infinity, `it shows the value of ${name}, and was asked for keys only`);
    if (
      (pair.modRevision !== undefined && pair.modRevision !== store.mod[id]) ||
      (!keysOnly && pair.value !== store.value[id])
    ) {
      const sure = store.lastSure[id] as number;
      // What it tells was certainly changed since: nobody else is to blame.
      const isOld = pair.modRevision !== undefined && pair.modRevision < sure;
      return this.fail(id, isOld ? this.revision : sure, this.stateAt(name, id));
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

  previous(id: number, pair: Pair | null): boolean {
    const exists = this.store.mod[id] !== 0;
    if (pair === null ? !exists : exists && this.pair(pair, id, false)) return true;
    const name = this.table.keys[id] as string;
    return this.fail(id, 0, `right before revision ${this.revision} ${this.stateOf(name, id)}`);
  }

  stateAt(name: string, id: number): string {
    return `at revision ${this.revision} ${this.stateOf(name, id)}`;
  }

  stateOf(name: string, id: number): string {
    if (id < 0 || this.store.mod[id] === 0) return `${name} is absent`;
    return `${name} is ${JSON.stringify(this.store.value[id])}, written at revision ${this.store.mod[id]}`;
  }
}

export function keys(count: number): string {
  return count === 1 ? 'there is 1 key' : `there are ${count} keys`;
}

function place(at: number): string {
  return ['first', 'second', 'third'][at] ?? `${at + 1}th`;
}
