import { Counter, Histogram, type Registry } from 'prom-client';
import { type ClientRequest, type ClientResponse, errors, isRaftRequest } from '../../server/api/index.ts';

/** Whose outcome nobody knows: to etcd these are proposals that failed. */
const failedTexts: ReadonlySet<string> = new Set([
  errors.timeout.message,
  errors.timeoutLeaderFailure.message,
  errors.timeoutConnectionLost.message,
  errors.proposalDropped.message,
]);

/** Seconds: `count` of them, each twice the one before. */
function doubled(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Number((first * 2 ** i).toFixed(3)));
}

/** What the answers of a member tell of its work, under etcd's names. */
export class RequestFigures {
  private readonly failed: Counter;
  private readonly byKind: ReadonlyMap<string, Histogram>;
  readonly snapshots: Histogram;
  readonly healthy: Counter;
  readonly unhealthy: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    const counter = (name: string, help: string): Counter =>
      new Counter({ name: `etcd_server_${name}`, help, registers });
    const histogram = (name: string, help: string, buckets: number[]): Histogram =>
      new Histogram({ name: `etcd_${name}_duration_seconds`, help, buckets, registers });
    this.failed = counter('proposals_failed_total', 'Writes of which nobody knows what became of them.');
    this.healthy = counter('health_success', 'Questions to /health that were answered with yes.');
    this.unhealthy = counter('health_failures', 'Questions to /health that were answered with no.');
    this.byKind = new Map([
      ['defragment', histogram('disk_backend_defrag', 'How long defragmentations take.', doubled(0.1, 13))],
      ['hash', histogram('mvcc_hash', 'How long hashing the database takes.', doubled(0.01, 15))],
      ['hash_kv', histogram('mvcc_hash_rev', 'How long hashing a revision takes.', doubled(0.01, 15))],
    ]);
    this.snapshots = histogram(
      'disk_backend_snapshot',
      'How long clients take snapshots.',
      doubled(0.01, 17),
    );
  }

  /** Asked for every request: what to call with its answer. */
  begin({ kind }: ClientRequest): (response: ClientResponse) => void {
    const times = this.byKind.get(kind);
    const startedMs = times === undefined ? 0 : performance.now();
    return (response) => {
      if (response.kind === 'error') {
        if (failedTexts.has(response.message) && isRaftRequest({ kind } as ClientRequest)) this.failed.inc();
      } else times?.observe((performance.now() - startedMs) / 1000);
    };
  }
}
