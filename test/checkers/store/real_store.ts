import type {
  EtcdOperation,
  EtcdRequest,
  EtcdResponse,
  RangeRequest,
  SortTarget,
  TxnOperation,
} from '../../../sim/checkers/history/etcd_operation.ts';
import { sortTargets } from '../../../sim/checkers/history/etcd_operation.ts';
import type { KeepingPut } from '../../../sim/checkers/store/keeping_put.ts';
import type { Draw } from '../linearizability/histories.ts';
import { TinyEtcd, refusal } from './tiny_etcd.ts';

export interface StoreShape {
  readonly operations: number;
  readonly clients: number;
  readonly keys: number;
  readonly unknownPer1000: number;
  /** Values come from a pool of this size; 0: every value is unique. */
  readonly values: number;
  /** Percentages of puts, gets, compare-and-swaps, deletes; the rest are the others (`rich`), or gets. */
  readonly puts: number;
  readonly gets: number;
  readonly swaps: number;
  readonly deletes: number;
  /** Ranges over many keys, txns of several operations, leases, compactions, reads of the past, puts that keep something. */
  readonly rich: boolean;
  /** Some of the ranges of rich histories sort, filter, or show keys only, in txns and outside. */
  readonly sorts?: boolean;
}

interface Running {
  readonly id: number;
  readonly process: number;
  readonly input: EtcdRequest;
  readonly callNs: number;
  readonly callSequence: number;
  output: EtcdResponse | null;
}

/** Requests as a client draws them, with a look at the store so that compares and leases often fit. */
class Requests {
  private readonly shape: StoreShape;
  private readonly draw: Draw;
  private readonly store: TinyEtcd;
  private fresh = 0;
  private granted = 0;

  constructor(shape: StoreShape, draw: Draw, store: TinyEtcd) {
    this.shape = shape;
    this.draw = draw;
    this.store = store;
  }

  private key(): string {
    return `k${this.draw(this.shape.keys)}`;
  }

  private value(): string {
    return this.shape.values === 0 ? `v${this.fresh++}` : `v${this.draw(this.shape.values)}`;
  }

  next(): EtcdRequest {
    const { shape, draw } = this;
    let kind = draw(100);
    if ((kind -= shape.puts) < 0) return { kind: 'put', key: this.key(), value: this.value() };
    if ((kind -= shape.gets) < 0) return { kind: 'range', key: this.key() };
    if ((kind -= shape.swaps) < 0) return this.swap();
    if ((kind -= shape.deletes) < 0) return { kind: 'deleteRange', key: this.key() };
    return shape.rich ? this.rich() : { kind: 'range', key: this.key() };
  }

  private swap(): EtcdRequest {
    const { draw } = this;
    const key = this.key();
    const now = this.store.pairs.get(key)?.modRevision ?? 0;
    const operand = draw(4) === 0 ? draw(this.store.revision + 1) : now;
    return {
      kind: 'txn',
      compares: [{ target: 'mod', result: 'equal', key, operand }],
      success: [{ kind: 'put', key, value: this.value() }],
      failure: draw(2) === 0 ? [{ kind: 'range', key }] : [],
    };
  }

  private rich(): EtcdRequest {
    const { draw, store } = this;
    const lease = (): string => String(1 + draw(this.granted + 1));
    if (this.shape.sorts === true && draw(3) === 0) return this.special();
    switch (draw(14)) {
      case 0:
        return { kind: 'leaseGrant', lease: String(++this.granted) };
      case 1:
        return { kind: 'leaseRevoke', lease: lease() };
      case 2:
        return { kind: 'put', key: this.key(), value: this.value(), lease: lease() };
      case 3:
        return { kind: 'compact', revision: Math.max(1, store.revision - draw(20) + draw(3)) };
      case 4:
        return { kind: 'range', key: this.key(), revision: Math.max(1, store.revision - draw(20) + draw(2)) };
      case 5:
        return { kind: 'range', key: 'k', rangeEnd: 'l', limit: draw(4), countOnly: draw(5) === 0 };
      case 6:
        return {
          kind: 'deleteRange',
          key: this.key(),
          rangeEnd: draw(2) === 0 ? 'l' : 'k5',
          prevKv: draw(2) === 0,
        };
      case 7:
        return { kind: 'put', key: this.key(), value: this.value(), prevKv: true };
      case 8:
        return this.keeping();
      case 9:
        return this.lookBack();
      default:
        return this.txn(2);
    }
  }

  /** A range of all keys that sorts, filters or shows less. */
  private special(): RangeRequest {
    const { draw, store } = this;
    const bound = (): number => Math.max(1, store.revision - draw(4));
    return {
      kind: 'range',
      key: 'k',
      rangeEnd: 'l',
      ...(draw(2) === 0 ? { limit: 1 + draw(2) } : {}),
      ...(draw(3) > 0 ? { sortTarget: sortTargets[draw(5)] as SortTarget } : {}),
      ...(draw(3) > 0 ? { sortOrder: draw(2) === 0 ? 'ascend' : 'descend' } : {}),
      ...(draw(6) === 0 ? { minModRevision: bound() } : {}),
      ...(draw(6) === 0 ? { maxModRevision: bound() } : {}),
      ...(draw(6) === 0 ? { minCreateRevision: bound() } : {}),
      ...(draw(6) === 0 ? { maxCreateRevision: bound() } : {}),
      ...(draw(6) === 0 ? { keysOnly: true } : {}),
      ...(draw(8) === 0 ? { countOnly: true } : {}),
      ...(draw(8) === 0 ? { revision: bound() } : {}),
    };
  }

  private keeping(): KeepingPut {
    const { draw } = this;
    const [ignoreValue, ignoreLease] = [draw(3) > 0, draw(3) > 0];
    return {
      kind: 'put',
      key: this.key(),
      value: ignoreValue ? '' : this.value(),
      lease: draw(3) > 0 || ignoreLease ? '0' : String(1 + draw(this.granted + 1)),
      ...(draw(2) === 0 ? { prevKv: true } : {}),
      ...(ignoreValue ? { ignoreValue } : {}),
      ...(ignoreLease ? { ignoreLease } : {}),
    };
  }

  /** A txn that reads an older state, whatever it compares: an error does not tell which branch it was about. */
  private lookBack(): EtcdRequest {
    const { draw, store } = this;
    const revision = Math.max(1, store.revision - draw(draw(3) === 0 ? 10 : 3) + (draw(8) === 0 ? 1 : 0));
    const key = this.key();
    const old = (): TxnOperation =>
      draw(2) === 0
        ? { kind: 'range', key: this.key(), revision }
        : { kind: 'range', key: 'k', rangeEnd: 'l', limit: draw(3), revision };
    const operand = store.pairs.get(key)?.version ?? 0;
    const value = this.value();
    const change: TxnOperation =
      draw(3) === 0 ? { kind: 'deleteRange', key, prevKv: true } : { kind: 'put', key, value, prevKv: true };
    return {
      kind: 'txn',
      compares: draw(2) === 0 ? [] : [{ target: 'version', result: 'equal', key, operand }],
      success: draw(2) === 0 ? [change, old()] : [old(), change],
      failure: [old()],
    };
  }

  private txn(depth: number): EtcdRequest & { kind: 'txn' } {
    const { draw, store } = this;
    const key = this.key();
    const pair = store.pairs.get(key);
    const targets = [
      { target: 'mod', result: 'equal', key, operand: pair?.modRevision ?? 0 },
      { target: 'version', result: 'greater', key, operand: draw(3) },
      { target: 'create', result: 'notEqual', key, operand: pair?.createRevision ?? 0 },
      { target: 'value', result: 'equal', key, operand: pair?.value ?? 'x' },
      { target: 'lease', result: 'less', key, operand: '3' },
    ] as const;
    const operations = (): TxnOperation[] => {
      const keys = new Set<string>();
      return Array.from({ length: draw(4) }, (): TxnOperation => {
        const each = this.key();
        const kind = draw(4);
        if (kind === 0 && depth > 0)
          return {
            kind: 'txn',
            compares: [{ ...targets[0] }],
            success: [{ kind: 'range', key: each }],
            failure: [],
          };
        if (kind === 1) {
          if (this.shape.sorts !== true) return { kind: 'range', key: 'k', rangeEnd: 'l' };
          // An error would not tell which branch it was about.
          const { revision: _, ...range } = this.special();
          return range;
        }
        // A key may be changed once in a txn.
        if (keys.has(each)) return { kind: 'range', key: each };
        keys.add(each);
        return kind === 2
          ? { kind: 'deleteRange', key: each, ...(draw(3) === 0 ? { prevKv: true } : {}) }
          : draw(5) === 0
            ? { ...this.keeping(), key: each }
            : { kind: 'put', key: each, value: this.value() };
      });
    };
    const compares = draw(3) === 0 ? [] : [targets[draw(targets.length)] as (typeof targets)[number]];
    return { kind: 'txn', compares, success: operations(), failure: operations() };
  }
}

/** A history of the whole store with a real order behind it, made like `realHistory` for single keys. */
export function realStoreHistory(shape: StoreShape, draw: Draw, store = new TinyEtcd()): EtcdOperation[] {
  const history: EtcdOperation[] = [];
  recordStoreHistory(shape, draw, (operation) => (history[operation.id - 1] = operation), store);
  return history;
}

/** The same for a recorder, which hears of each operation when it returns. */
export function recordStoreHistory(
  shape: StoreShape,
  draw: Draw,
  record: (operation: EtcdOperation) => void,
  store = new TinyEtcd(),
): void {
  if (shape.rich) store.past ??= new Map();
  const requests = new Requests(shape, draw, store);
  let [ns, sequence, nextProcess] = [0, 0, shape.clients + 1];
  const processes = Array.from({ length: shape.clients }, (_, i) => i + 1);
  const running: (Running | null)[] = processes.map(() => null);
  const late: EtcdRequest[] = [];
  let open = 0;
  const finish = (slot: number, operation: Running): void => {
    running[slot] = null;
    open--;
    const lost = draw(1000) < shape.unknownPer1000;
    if (!lost) operation.output ??= store.apply(operation.input);
    else if (operation.output === null && draw(2) === 0) late.push(operation.input);
    const { id, process, input, callNs, callSequence, output } = operation;
    record({
      id,
      process,
      input,
      callNs,
      callSequence,
      returnNs: ns,
      returnSequence: sequence++,
      outcome:
        lost || output === null
          ? { status: 'unknown' }
          : output === refusal
            ? { status: 'fail' }
            : { status: 'ok', output },
    });
    if (lost) processes[slot] = nextProcess++;
  };
  for (let called = 0; called < shape.operations || open > 0;) {
    if (draw(2) === 0) ns += draw(3) * 500_000;
    if (late.length > 0 && draw(10) === 0) store.apply(late.splice(draw(late.length), 1)[0] as EtcdRequest);
    const slot = draw(shape.clients);
    const operation = running[slot] as Running | null;
    if (operation === null) {
      if (called >= shape.operations) continue;
      const process = processes[slot] as number;
      running[slot] = {
        id: ++called,
        process,
        input: requests.next(),
        callNs: ns,
        callSequence: sequence++,
        output: null,
      };
      open++;
    } else if (operation.output === null && draw(3) > 0) {
      operation.output = store.apply(operation.input);
    } else {
      finish(slot, operation);
    }
  }
}
