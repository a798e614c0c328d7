import { bytes, prefixRange } from '../../core/client/index.ts';
import type { EtcdClient, Outcome } from '../../core/client/index.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import type { LeaseId, PutRequest, RequestOp } from '../../core/server/api/index.ts';
import type { RandomStream } from '../../sim/random.ts';
import type { Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
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

export interface EtcdTrafficOptions {
  readonly mix: Weights<EtcdChoice>;
  readonly keys: number;
  /** Mean pause between two operations of one client, in ms. */
  readonly pauseMeanMs: number;
  /** Operations of a multi-op txn: a tenth deletes, four tenths read, the rest put, at least one of them. */
  readonly txnOperations: number;
  readonly leaseTtlSeconds: number;
}

export const etcdTrafficDefaults: Omit<EtcdTrafficOptions, 'mix'> = {
  keys: 10,
  pauseMeanMs: 40,
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

class EtcdTraffic {
  private readonly client: WorkloadClient;
  private readonly etcd: EtcdClient;
  private readonly random: RandomStream;
  private readonly options: EtcdTrafficOptions;
  /** The newest revision that this client was answered at. */
  private lastRevision = 1;
  private lease: LeaseId | null = null;
  private written = 0;

  constructor(client: WorkloadClient, options: EtcdTrafficOptions) {
    this.client = client;
    this.etcd = client.etcd;
    this.random = client.random;
    this.options = options;
  }

  *run(): Script {
    const { client, random, options } = this;
    for (;;) {
      yield* client.sleep(random.exponential(options.pauseMeanMs * 1000) / 1000);
      this.heard(yield* this.operation(pickWeighted(random, options.mix)));
    }
  }

  private heard(outcome: Outcome<unknown> | null): void {
    if (outcome?.status !== 'ok') return;
    const { header } = outcome.response as { readonly header: { readonly revision: number } };
    this.lastRevision = Math.max(this.lastRevision, header.revision);
  }

  private key(): string {
    return `${keyPrefix}${this.random.below(this.options.keys)}`;
  }

  /** No two writes of a run write the same, so that a read tells whose write it saw. */
  private value(): string {
    return `c${this.client.number}.${++this.written}`;
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
    const keys = random.shuffle(Array.from({ length: options.keys }, (_, i) => bytes(`${keyPrefix}${i}`)));
    const atLeastOne = random.below(options.txnOperations);
    return keys.slice(0, options.txnOperations).map((key, i): RequestOp => {
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
