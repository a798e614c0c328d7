import type { ByteString } from '../../core/base/bytes.ts';
import type { EtcdClient } from '../../core/client/api.ts';
import { endOfKeys, text } from '../../core/client/keys.ts';
import { withNamespace } from '../../core/client/recipes/namespace.ts';
import type { Event, KeyValue } from '../../core/server/api/index.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { Topic, bytes, nameOf } from './recipes.ts';

/** Neighbours: where the keys of one end, those of the other begin. */
const tenants = ['a', 'b'] as const;
const keyNames = ['0', 'k', 'k1', 'l', '\u00ff'];
const everything = { key: endOfKeys, range_end: endOfKeys } as const;

/** What makes the tenant's client: a test replaces it to see it fail. */
type MakeNamespace = (client: EtcdClient, prefix: ByteString) => EtcdClient;

const foreign = new Topic<{ readonly tenant: string; readonly what: string }>('tenant-foreign');
const looked = new Topic<{ readonly answers: number; readonly pairs: number; readonly removed: number }>(
  'tenant-looked',
);

/**
 * Clients of two tenants use the same names for their keys, and ranges that for them are all keys. Each value names its tenant, so that
 * one that comes to the wrong place is known.
 */
export function namespaceWorkload(make: MakeNamespace = withNamespace): Workload {
  return (client) => new Tenant(client, make).run();
}

class Tenant {
  private readonly client: WorkloadClient;
  private readonly tenant: string;
  private readonly etcd: EtcdClient;
  private readonly counts = { answers: 0, pairs: 0, removed: 0 };

  constructor(client: WorkloadClient, make: MakeNamespace) {
    this.client = client;
    this.tenant = tenants[client.number % 2] as string;
    this.etcd = make(client.etcd, bytes(this.tenant));
  }

  *run(): Script {
    const { client, etcd, counts } = this;
    const { random } = client;
    const watch = yield* etcd.watch({ ...everything, prev_kv: true });
    while (!client.over) {
      yield* client.sleep(random.below(200));
      const answer = yield* watch.next(random.below(50));
      if (answer?.kind === 'events') this.sawEvents(answer.events);
      yield* this.act(bytes(random.pick(keyNames)), bytes(random.pick(keyNames)));
      if (++counts.answers % 20 === 0) this.report();
    }
    this.report();
  }

  private *act(key: ByteString, other: ByteString): Script {
    const { etcd, client } = this;
    const value = bytes(`${this.tenant}${client.random.below(1000)}`);
    const draw = client.random.below(10);
    if (draw < 3) {
      const put = yield* etcd.put(key, value, { prev_kv: true });
      if (put.status === 'ok')
        this.saw(put.response.prev_kv === undefined ? [] : [put.response.prev_kv], 'put');
    } else if (draw < 6) {
      const range = draw === 3 ? everything : draw === 4 ? { key, range_end: endOfKeys } : { key };
      const got = yield* etcd.range(range);
      if (got.status === 'ok') this.saw(got.response.kvs, 'range');
    } else if (draw < 8) {
      yield* this.txn(key, other, value);
    } else {
      const end = draw === 8 ? { range_end: endOfKeys } : {};
      const gone = yield* etcd.delete(key, { ...end, prev_kv: true });
      if (gone.status !== 'ok') return;
      this.counts.removed += gone.response.deleted;
      this.saw(gone.response.prev_kvs, 'delete');
    }
  }

  private *txn(key: ByteString, other: ByteString, value: ByteString): Script {
    const done = yield* this.etcd.txn({
      // Holds if nobody has ever put anything here in the name of the other tenant.
      compare: [{ target: 'VERSION', result: 'LESS', ...everything, version: 1_000_000 }],
      success: [
        { kind: 'put', put: { key, value, prev_kv: true } },
        { kind: 'range', range: { key: other, range_end: endOfKeys } },
      ],
      failure: [],
    });
    if (done.status !== 'ok') return;
    for (const answer of done.response.responses) {
      if (answer.kind === 'range') this.saw(answer.range.kvs, 'txn');
      if (answer.kind === 'put' && answer.put.prev_kv !== undefined) this.saw([answer.put.prev_kv], 'txn');
    }
  }

  private sawEvents(events: readonly Event[]): void {
    for (const { type, kv, prev_kv } of events) {
      this.saw(type === 'PUT' ? [kv] : [], 'watch');
      this.saw(prev_kv === undefined ? [] : [prev_kv], 'watch');
      this.isOwnKey(kv.key, 'watch');
    }
  }

  private saw(pairs: readonly KeyValue[], how: string): void {
    for (const { key, value } of pairs) {
      this.counts.pairs++;
      this.isOwnKey(key, how);
      if (!text(value).startsWith(this.tenant)) {
        foreign.note(this.client, { tenant: this.tenant, what: `${how}: ${text(key)} = ${text(value)}` });
      }
    }
  }

  private isOwnKey(key: ByteString, how: string): void {
    if (keyNames.includes(text(key))) return;
    foreign.note(this.client, { tenant: this.tenant, what: `${how}: a key ${text(key)}` });
  }

  private report(): void {
    looked.note(this.client, { ...this.counts });
  }
}

export function namespaceFacts(observed: Observed): { readonly pairs: number; readonly removed: number } {
  const last = new Map(looked.of(observed).map(({ client, data }) => [client, data]));
  const all = [...last.values()];
  return {
    pairs: all.reduce((sum, { pairs }) => sum + pairs, 0),
    removed: all.reduce((sum, { removed }) => sum + removed, 0),
  };
}

export function judgeNamespace(observed: Observed): ScenarioCheck[] {
  const { pairs, removed } = namespaceFacts(observed);
  return [
    {
      name: 'tenants see their own keys only',
      guarantee:
        'nothing that goes through a namespace shows a key outside of its prefix, or one with the prefix (etcd: namespace)',
      detail: `${pairs} pairs shown, ${removed} removed`,
      violations: foreign.of(observed).map((note) => ({
        sentence: `${nameOf(note)} of tenant ${note.data.tenant} saw what is not its own, by ${note.data.what}`,
        atNs: note.ns,
      })),
    },
  ];
}
