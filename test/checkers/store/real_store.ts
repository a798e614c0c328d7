import type {
  EtcdOperation,
  EtcdRequest,
  EtcdResponse,
  TxnOperation,
} from '../../../sim/checkers/history/etcd_operation.ts';
import type { Draw } from '../linearizability/histories.ts';
import { TinyEtcd } from './tiny_etcd.ts';

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
  /** Ranges over many keys, txns of several operations, leases, compactions, reads of the past. */
  readonly rich: boolean;
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
    switch (draw(11)) {
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
      default:
        return this.txn(2);
    }
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
        if (kind === 1) return { kind: 'range', key: 'k', rangeEnd: 'l' };
        // A key may be changed once in a txn.
        if (keys.has(each)) return { kind: 'range', key: each };
        keys.add(each);
        return kind === 2
          ? { kind: 'deleteRange', key: each }
          : { kind: 'put', key: each, value: this.value() };
      });
    };
    const compares = draw(3) === 0 ? [] : [targets[draw(targets.length)] as (typeof targets)[number]];
    return { kind: 'txn', compares, success: operations(), failure: operations() };
  }
}

/** A history of the whole store with a real order behind it, made like `realHistory` for single keys. */
export function realStoreHistory(shape: StoreShape, draw: Draw, store = new TinyEtcd()): EtcdOperation[] {
  if (shape.rich) store.past ??= new Map();
  const requests = new Requests(shape, draw, store);
  let [ns, sequence, nextProcess] = [0, 0, shape.clients + 1];
  const processes = Array.from({ length: shape.clients }, (_, i) => i + 1);
  const running: (Running | null)[] = processes.map(() => null);
  const late: EtcdRequest[] = [];
  const history: EtcdOperation[] = [];
  let open = 0;
  const finish = (slot: number, operation: Running): void => {
    running[slot] = null;
    open--;
    const lost = draw(1000) < shape.unknownPer1000;
    if (!lost) operation.output ??= store.apply(operation.input);
    else if (operation.output === null && draw(2) === 0) late.push(operation.input);
    const { id, process, input, callNs, callSequence, output } = operation;
    history[id - 1] = {
      id,
      process,
      input,
      callNs,
      callSequence,
      returnNs: ns,
      returnSequence: sequence++,
      outcome: lost || output === null ? { status: 'unknown' } : { status: 'ok', output },
    };
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
  return history;
}
