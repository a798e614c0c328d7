import type { IncomingMessage, ServerResponse } from 'node:http';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { dbPath, walDirectory } from '../../server/paths.ts';
import type { MessageBytes } from '../grpc/grpc_face.ts';
import type { HttpPart } from '../http/http_face.ts';
import { GrpcFigures } from './grpc_figures.ts';
import { RequestFigures } from './request_figures.ts';

/** Seconds: from one millisecond on, each twice the one before. */
const syncBuckets = Array.from({ length: 14 }, (_, i) => 0.001 * 2 ** i);

/** etcd's names for what a member tells of itself, in Prometheus' text form. */
export class MemberMetrics implements HttpPart {
  readonly registry = new Registry();
  readonly bytes: MessageBytes;
  readonly calls: GrpcFigures;
  readonly requests: RequestFigures;
  private readonly walSyncs: Histogram;
  private readonly backendSyncs: Histogram;
  private readonly snapSyncs: Histogram;
  private readonly snapDbSyncs: Histogram;

  /** `isExtensive`: also how long calls take (etcd --metrics). */
  constructor(isExtensive: boolean) {
    const { registry } = this;
    collectDefaultMetrics({ register: registry });
    this.calls = new GrpcFigures(registry, isExtensive);
    this.requests = new RequestFigures(registry);
    const registers = [registry];
    const received = new Counter({
      name: 'etcd_network_client_grpc_received_bytes_total',
      help: 'Bytes of messages from gRPC clients.',
      registers,
    });
    const sent = new Counter({
      name: 'etcd_network_client_grpc_sent_bytes_total',
      help: 'Bytes of messages to gRPC clients.',
      registers,
    });
    this.bytes = { received: (count) => received.inc(count), sent: (count) => sent.inc(count) };
    const syncs = (name: string, help: string): Histogram =>
      new Histogram({ name: `etcd_${name}_duration_seconds`, help, buckets: syncBuckets, registers });
    this.walSyncs = syncs('disk_wal_fsync', 'How long syncs of the log take.');
    this.backendSyncs = syncs(
      'disk_backend_commit',
      'How long syncs of the database take; a commit has two.',
    );
    this.snapSyncs = syncs('snap_fsync', "How long syncs of snapshots' files take.");
    this.snapDbSyncs = syncs('snap_db_fsync', "How long syncs of a leader's database take.");
  }

  onSync(path: string, seconds: number): void {
    if (path.startsWith(`${walDirectory}/`)) this.walSyncs.observe(seconds);
    else if (path === dbPath) this.backendSyncs.observe(seconds);
    else if (path.includes('.snap.db')) this.snapDbSyncs.observe(seconds);
    else if (path.includes('.snap')) this.snapSyncs.observe(seconds);
  }

  /** A figure that is looked up when somebody asks. */
  gauge(name: string, help: string, value: () => number): void {
    const made: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: (): void => made.set(value()),
    });
  }

  /** One that only grows. */
  counter(name: string, help: string, value: () => number): void {
    const made: Counter = new Counter({
      name,
      help,
      registers: [this.registry],
      collect(): void {
        made.reset();
        made.inc(value());
      },
    });
  }

  /** One whose value is a text, as a label. */
  label(name: string, help: string, label: string, value: () => string): void {
    const made = new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        made.reset();
        made.set({ [label]: value() }, 1);
      },
    });
  }

  handle(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    if (path !== '/metrics' || request.method !== 'GET') return false;
    void this.registry.metrics().then((text) => {
      response.setHeader('Content-Type', this.registry.contentType);
      response.end(text);
    });
    return true;
  }
}
