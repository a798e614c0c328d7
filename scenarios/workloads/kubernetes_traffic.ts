import { bytes, prefixRange, text } from '../../core/client/index.ts';
import type { Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { Traffic, type TrafficOptions, trafficDefaults } from './traffic.ts';
import { type Weights, pickWeighted } from './weighted.ts';

export type KubernetesRead = 'get' | 'getStale' | 'getRev' | 'listStale' | 'listAndWatch';
export type KubernetesWrite = 'update' | 'delete' | 'create';

export interface KubernetesMix {
  readonly reads: Weights<KubernetesRead>;
  readonly writes: Weights<KubernetesWrite>;
}

/** The mixes of etcd's robustness suite, with its weights. */
export const kubernetesMixes = {
  Kubernetes: {
    reads: { get: 5, getStale: 2, getRev: 8, listStale: 5, listAndWatch: 80 },
    writes: { update: 90, delete: 5, create: 5 },
  },
  KubernetesCreateDelete: {
    reads: { get: 5, getStale: 2, getRev: 8, listStale: 5, listAndWatch: 80 },
    writes: { delete: 40, create: 60 },
  },
} as const satisfies Readonly<Record<string, KubernetesMix>>;

export interface KubernetesOptions extends TrafficOptions {
  readonly mix: KubernetesMix;
  /** Objects that there are on average: below, a writer creates; far above, it deletes. */
  readonly objects: number;
  /** Writes in a hundred operations. */
  readonly writesPercent: number;
  /** Pairs in one page of a list. */
  readonly pageSize: number;
  /** How long a list is watched, on average. */
  readonly watchMeanMs: number;
}

export const kubernetesDefaults: Omit<KubernetesOptions, 'mix'> = {
  ...trafficDefaults,
  objects: 10,
  writesPercent: 60,
  pageSize: 4,
  watchMeanMs: 400,
};

const prefix = '/registry/pods/';

/** All objects of this traffic, for lists and watchers. */
export const kubernetesRange = prefixRange(bytes(prefix));

/** Clients that use etcd as Kubernetes' API server does: optimistic txns on the mod revision, paged lists, watches behind them. */
export function kubernetesTraffic(
  options: Partial<KubernetesOptions> & Pick<KubernetesOptions, 'mix'>,
): Workload {
  return (client) => new KubernetesTraffic(client, { ...kubernetesDefaults, ...options }).run();
}

class KubernetesTraffic extends Traffic {
  private readonly options: KubernetesOptions;
  /** What this client believes to be there, as its lists and watches told it: name to mod revision. */
  private readonly known = new Map<string, number>();

  constructor(client: WorkloadClient, options: KubernetesOptions) {
    super(client, options);
    this.options = options;
  }

  protected *next(): Script {
    const { random, options } = this;
    if (random.chance(options.writesPercent, 100)) yield* this.write();
    else yield* this.read(pickWeighted(random, options.mix.reads));
  }

  private anyObject(): string {
    const names = [...this.known.keys()];
    if (names.length === 0) return `${prefix}none`;
    return names[this.picker.pick(this.random, names.length)] as string;
  }

  // --- reads

  private *read(choice: KubernetesRead): Script {
    const key = bytes(this.anyObject());
    const { lastRevision: revision } = this;
    if (choice === 'listAndWatch') yield* this.listAndWatch();
    else if (choice === 'listStale') yield* this.etcd.range({ ...kubernetesRange, revision, limit: 4 });
    else if (choice === 'getStale') yield* this.etcd.get(key, { serializable: true });
    else {
      const got = yield* this.etcd.get(key, choice === 'getRev' ? { revision } : {});
      if (got.status === 'ok') this.heard(got.response.header.revision);
    }
  }

  /** All pages at the revision of the first, then what changes after it: an informer. */
  private *listAndWatch(): Script {
    const revision = yield* this.list();
    if (revision === 0) return;
    const { etcd, client, random, options } = this;
    const watch = yield* etcd.watch({ ...kubernetesRange, start_revision: revision + 1, prev_kv: true });
    const untilNs = (yield* etcd.now()) + random.exponential(options.watchMeanMs) * 1_000_000;
    for (;;) {
      const leftMs = (untilNs - (yield* etcd.now())) / 1_000_000;
      const answer = leftMs <= 0 ? null : yield* watch.next(leftMs);
      if (answer === null || answer.kind === 'compacted' || answer.kind === 'canceled') break;
      if (answer.kind !== 'events') continue;
      for (const { type, kv } of answer.events) {
        if (type === 'PUT') this.known.set(text(kv.key), kv.mod_revision);
        else this.known.delete(text(kv.key));
      }
      this.heard(answer.revision);
      if (random.chance(1, 4)) yield* this.write();
      else yield* client.sleep(1);
    }
    yield* watch.cancel();
  }

  /** Returns the revision that was listed, 0 if a page failed. */
  private *list(): Script<number> {
    const found = new Map<string, number>();
    let key = kubernetesRange.key;
    let revision = 0;
    for (;;) {
      const page = yield* this.etcd.range({
        key,
        range_end: kubernetesRange.range_end,
        limit: this.options.pageSize,
        ...(revision > 0 ? { revision } : {}),
      });
      if (page.status !== 'ok') return 0;
      const { kvs, more, header } = page.response;
      if (revision === 0) revision = header.revision;
      for (const kv of kvs) found.set(text(kv.key), kv.mod_revision);
      const last = kvs.at(-1);
      if (!more || last === undefined) break;
      key = bytes(`${text(last.key)}\0`);
    }
    this.known.clear();
    for (const [name, modRevision] of found) this.known.set(name, modRevision);
    this.heard(revision);
    return revision;
  }

  // --- writes

  private *write(): Script {
    const { known, options, random } = this;
    let choice = pickWeighted(random, options.mix.writes);
    if (known.size < options.objects / 2) choice = 'create';
    else if (known.size > options.objects * 2) choice = 'delete';
    if (choice === 'create') {
      // Names come back, so that a key has many generations.
      yield* this.commit(
        `${prefix}c${this.client.number}-${this.picker.pick(random, options.objects)}`,
        0,
        true,
      );
    } else {
      const name = this.anyObject();
      yield* this.commit(name, known.get(name) ?? 0, choice === 'update');
    }
  }

  /** Puts or deletes if the object is as expected; otherwise reads how it is. */
  private *commit(name: string, modRevision: number, puts: boolean): Script {
    const key = bytes(name);
    const value = bytes(this.value());
    const done = yield* this.etcd.txn({
      compare: [{ target: 'MOD', result: 'EQUAL', key, mod_revision: modRevision }],
      success: [
        puts ? { kind: 'put', put: { key, value } } : { kind: 'delete_range', delete_range: { key } },
      ],
      failure: [{ kind: 'range', range: { key } }],
    });
    if (done.status !== 'ok') return;
    const { succeeded, responses, header } = done.response;
    this.heard(header.revision);
    const [read] = responses;
    const found = read?.kind === 'range' ? read.range.kvs[0]?.mod_revision : undefined;
    const now = succeeded ? (puts ? header.revision : undefined) : found;
    if (now === undefined) this.known.delete(name);
    else this.known.set(name, now);
  }
}
