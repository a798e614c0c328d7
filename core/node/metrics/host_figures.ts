import { noNode } from '../../base/ids.ts';
import { Gauge } from 'prom-client';
import { etcdVersion } from '../../version.ts';
import type { LeaderMonitor } from '../grpc/leader_monitor.ts';
import type { MemberHost } from '../host/member_host.ts';
import type { MemberMetrics } from './member_metrics.ts';

/** What is looked up in the member when somebody asks. */
export function addHostFigures(
  metrics: MemberMetrics,
  host: MemberHost,
  monitor: Pick<LeaderMonitor, 'changes'>,
): void {
  metrics.counter(
    'etcd_server_leader_changes_seen_total',
    'Leaders that came and went.',
    () => monitor.changes,
  );
  addServer(metrics, host);
  addProcess(metrics);
  addStore(metrics, host);
}

function addServer(metrics: MemberMetrics, host: MemberHost): void {
  const { member, config } = host;
  const add = (name: string, help: string, value: () => number): void =>
    metrics.gauge(`etcd_server_${name}`, help, value);
  add('has_leader', 'Whether a leader is known.', () => Number(member.leader !== noNode));
  add('is_leader', 'Whether this member leads.', () => Number(member.role === 'leader'));
  add('is_learner', 'Whether this member has no vote.', () =>
    Number(host.state?.membership.get(config.id)?.isLearner ?? false),
  );
  add('proposals_committed_total', 'Index of the last committed entry.', () => member.commitIndex);
  add('proposals_applied_total', 'Index of the last applied entry.', () => member.appliedIndex);
  add('proposals_pending', 'Requests that wait for their answer.', () => host.requestsWaiting);
  add('quota_backend_bytes', 'Database size above which writes are refused.', () => config.quotaBytes);
  metrics.label('etcd_server_version', 'The version served.', 'server_version', () => etcdVersion);
  metrics.label('etcd_server_id', 'The id of this member.', 'server_id', () =>
    config.ids.foreign(config.id).toString(16),
  );
  metrics.label('etcd_cluster_version', 'The agreed version.', 'cluster_version', () =>
    (host.state?.membership.version ?? 'not_decided').replace(/\.\d+$/, ''),
  );
}

function addStore(metrics: MemberMetrics, host: MemberHost): void {
  const add = (
    name: string,
    help: string,
    value: (state: NonNullable<MemberHost['state']>) => number,
  ): void => metrics.gauge(`etcd_${name}`, help, () => (host.state === null ? 0 : value(host.state)));
  add('mvcc_db_total_size_in_bytes', 'Size of the database.', ({ backend }) => backend.sizeBytes);
  add(
    'mvcc_db_total_size_in_use_in_bytes',
    'Size of the database without its free pages.',
    ({ backend }) => backend.sizeInUseBytes,
  );
  add('debugging_mvcc_current_revision', 'The current revision.', ({ store }) => store.currentRevision);
  add('debugging_mvcc_compact_revision', 'The compacted revision.', ({ store }) => store.compactRevision);
  add('debugging_mvcc_watch_stream_total', 'Open watch streams.', () => host.streamsOpen);
  add('debugging_mvcc_slow_watcher_total', 'Watchers that lag.', ({ watches }) => watches.unsyncedCount);
  add('mvcc_db_open_read_transactions', 'Readers of the database.', ({ backend }) => backend.openReaders);
  add('debugging_mvcc_keys_total', 'Keys that there are.', ({ store }) => store.keyCount);
  add('debugging_mvcc_db_total_size_in_bytes', 'Size of the database.', ({ backend }) => backend.sizeBytes);
  add(
    'debugging_mvcc_watcher_total',
    'Watchers.',
    ({ watches }) => watches.syncedCount + watches.unsyncedCount + watches.victimCount,
  );
  add('debugging_store_watchers', 'Watchers of the v2 store.', ({ v2 }) => v2.watcherCount);
  add('debugging_auth_revision', 'The revision of auth.', ({ auth }) => auth.status().authRevision);
}

/** The process's own, under the names that etcd has for them. */
function addProcess(metrics: MemberMetrics): void {
  const { registry } = metrics;
  const copy = (name: string, help: string, of: string): void => {
    const source = registry.getSingleMetric(of);
    if (source === undefined) return;
    const made: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      async collect(): Promise<void> {
        const { values } = await (source as Gauge).get();
        made.set(values[0]?.value ?? 0);
      },
    });
  };
  copy('os_fd_used', 'Files that are open.', 'process_open_fds');
  copy('os_fd_limit', 'Files that may be open.', 'process_max_fds');
}
