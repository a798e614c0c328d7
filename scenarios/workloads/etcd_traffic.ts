import { bytes, prefixRange } from '../../core/client/index.ts';
import type { Outcome } from '../../core/client/index.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import type { LeaseId, PutRequest, RequestOp } from '../../core/server/api/index.ts';
import type { Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { Traffic, type TrafficOptions, trafficDefaults } from './traffic.ts';
import { type Weights, pickWeighted } from './weighted.ts';

export type EtcdChoice =
  | 'get'
  | 'list'
  | 'listKeysOnly'
  | 'staleGet'
  | 'staleList'
  | 'put'
  | 'delete'
  | 'multiOpTxn'
  | 'putWithLease'
  | 'leaseRevoke'
  | 'compareAndSet';

const reads: Weights<EtcdChoice> = { get: 15, list: 4, listKeysOnly: 4, staleGet: 10, staleList: 5 };

/** The mixes of etcd's robustness suite, with its weights. */
export const etcdMixes = {
  EtcdPutDeleteLease: {
    ...reads,
    delete: 5,
    multiOpTxn: 10,
    putWithLease: 5,
    leaseRevoke: 5,
    compareAndSet: 5,
    put: 20,
  },
  EtcdPut: { ...reads, multiOpTxn: 10, put: 40 },
  EtcdDelete: { put: 50, delete: 50 },
} as const satisfies Readonly<Record<string, Weights<EtcdChoice>>>;

export interface EtcdTrafficOptions extends TrafficOptions {
  readonly mix: Weights<EtcdChoice>;
  readonly keys: number;
  /** Operations of a multi-op txn: a tenth deletes, four tenths read, the rest put, at least one of them. */
  readonly txnOperations: number;
  readonly leaseTtlSeconds: number;
  /** Hears what every operation came to: for a scenario that writes down something of it. */
  readonly onOutcome?: (client: WorkloadClient, choice: EtcdChoice, outcome: Outcome<unknown>) => void;
}

export const etcdTrafficDefaults: Omit<EtcdTrafficOptions, 'mix'> = {
  ...trafficDefaults,
  keys: 10,
  txnOperations: 4,
  leaseTtlSeconds: 5,
};

const keyPrefix = 'key';
/** Nobody grants it. */
const missingLease: LeaseId = 404n;

/** All keys of this traffic, for lists and watchers. */
export const etcdTrafficRange = prefixRange(bytes(keyPrefix));

/** Clients that do what etcd's robustness suite does: reads now and in the past, writes of all kinds, on a handful of keys. */
export function etcdTraffic(
  options: Partial<EtcdTrafficOptions> & Pick<EtcdTrafficOptions, 'mix'>,
): Workload {
  return (client) => new EtcdTraffic(client, { ...etcdTrafficDefaults, ...options }).run();
}

class EtcdTraffic extends Traffic {
  private readonly options: EtcdTrafficOptions;
  private lease: LeaseId | null = null;

  constructor(client: WorkloadClient, options: EtcdTrafficOptions) {
    super(client, options);
    this.options = options;
  }

  protected *next(): Script {
    const choice = pickWeighted(this.random, this.options.mix);
    const outcome = yield* this.operation(choice);
    if (outcome === null) return;
    this.options.onOutcome?.(this.client, choice, outcome);
    if (outcome.status !== 'ok') return;
    const { header } = outcome.response as { readonly header: { readonly revision: number } };
    this.heard(header.revision);
  }

  private key(): string {
    return `${keyPrefix}${this.picker.pick(this.random, this.options.keys)}`;
  }

  private *operation(choice: EtcdChoice): Script<Outcome<unknown> | null> {
    const { etcd, lastRevision } = this;
    const key = bytes(this.key());
    switch (choice) {
      case 'get':
        return yield* etcd.get(key);
      case 'list':
        return yield* etcd.range({ ...etcdTrafficRange, limit: this.random.below(3) * 4 });
      case 'listKeysOnly':
        return yield* etcd.range({ ...etcdTrafficRange, keys_only: true });
      case 'staleGet':
        return yield* etcd.get(key, { revision: lastRevision, serializable: this.random.chance(1, 2) });
      case 'staleList':
        return yield* etcd.range({
          ...etcdTrafficRange,
          revision: lastRevision,
          serializable: this.random.chance(1, 2),
        });
      case 'put':
        return yield* etcd.put(key, bytes(this.value()), this.random.chance(1, 4) ? { prev_kv: true } : {});
      case 'delete':
        return yield* etcd.delete(key, this.random.chance(1, 4) ? { prev_kv: true } : {});
      case 'multiOpTxn':
        return yield* etcd.txn({ compare: [], success: this.multiOps(), failure: [] });
      case 'putWithLease':
        return yield* this.putWithLease();
      case 'leaseRevoke':
        return yield* this.revoke();
      case 'compareAndSet':
        return yield* this.compareAndSet();
    }
  }

  /** Every key once, since a txn may not write one twice. */
  private multiOps(): RequestOp[] {
    const { random, options } = this;
    const positions = this.picker.pickDistinct(random, options.keys, options.txnOperations);
    const atLeastOne = random.below(options.txnOperations);
    return positions.map((position, i): RequestOp => {
      const key = bytes(`${keyPrefix}${position}`);
      const draw = random.below(10);
      if (i === atLeastOne || draw >= 5) return { kind: 'put', put: this.putInTxn(key) };
      if (draw === 0) return { kind: 'delete_range', delete_range: { key } };
      return { kind: 'range', range: { key } };
    });
  }

  /** Now and then one that can't be done, for want of its lease: the txn must fail as a whole. */
  private putInTxn(key: ByteString): PutRequest {
    const put = { key, value: bytes(this.value()) };
    return this.random.chance(1, 30) ? { ...put, lease: missingLease } : put;
  }

  private *putWithLease(): Script<Outcome<unknown> | null> {
    const { etcd } = this;
    if (this.lease === null) {
      const granted = yield* etcd.leaseGrant(this.options.leaseTtlSeconds);
      if (granted.status !== 'ok') return granted;
      this.lease = granted.response.ID;
    }
    const put = yield* etcd.put(bytes(this.key()), bytes(this.value()), { lease: this.lease });
    // The lease may have run out.
    if (put.status === 'fail') this.lease = null;
    return put;
  }

  private *revoke(): Script<Outcome<unknown> | null> {
    const { lease } = this;
    if (lease === null) return null;
    this.lease = null;
    return yield* this.etcd.leaseRevoke(lease);
  }

  private *compareAndSet(): Script<Outcome<unknown> | null> {
    const key = bytes(this.key());
    const got = yield* this.etcd.get(key);
    if (got.status !== 'ok') return got;
    const mod_revision = got.response.kvs[0]?.mod_revision ?? 0;
    return yield* this.etcd.txn({
      compare: [{ target: 'MOD', result: 'EQUAL', key, mod_revision }],
      success: [{ kind: 'put', put: { key, value: bytes(this.value()) } }],
      failure: [],
    });
  }
}
