/** etcd's flags that `detcd serve` has, in the groups and order of its help. */
export type FlagKind = 'text' | 'boolean' | 'count' | 'duration';

export interface FlagSpec {
  readonly name: string;
  readonly kind: FlagKind;
  readonly standard: string;
  readonly help: string;
}

export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly FlagSpec[];
}

const text = (name: string, standard: string, help: string): FlagSpec => ({
  name,
  kind: 'text',
  standard,
  help,
});
const boolean = (name: string, standard: 'true' | 'false', help: string): FlagSpec => ({
  name,
  kind: 'boolean',
  standard,
  help,
});
const count = (name: string, standard: string, help: string): FlagSpec => ({
  name,
  kind: 'count',
  standard,
  help,
});
const duration = (name: string, standard: string, help: string): FlagSpec => ({
  name,
  kind: 'duration',
  standard,
  help,
});

const member: readonly FlagSpec[] = [
  text('name', 'default', 'the name of this member'),
  text('data-dir', '', 'the data directory; NAME.etcd if not given'),
  text('listen-client-urls', 'http://localhost:2379', 'where clients are served, comma separated'),
  text('advertise-client-urls', 'http://localhost:2379', 'what clients are told to come to'),
  text('listen-peer-urls', 'http://localhost:2380', 'where other members are served'),
  text('initial-advertise-peer-urls', 'http://localhost:2380', 'what other members are told to come to'),
  count('snapshot-count', '100000', 'applied entries from one snapshot to the next'),
  count('heartbeat-interval', '100', 'milliseconds of a tick'),
  count('election-timeout', '1000', 'milliseconds without a leader until an election'),
  boolean('initial-election-tick-advance', 'true', 'hold the first election early'),
  count('quota-backend-bytes', '0', 'database size above which writes are refused; 0: 2 GiB'),
  boolean('enable-v2', 'false', 'serve the v2 API, too'),
];

const clustering: readonly FlagSpec[] = [
  text('initial-cluster', '', 'NAME=URL of all first members; this one alone if not given'),
  text('initial-cluster-state', 'new', 'new or existing'),
  text('initial-cluster-token', 'etcd-cluster', 'tells clusters with the same addresses apart'),
  boolean('strict-reconfig-check', 'true', 'refuse changes of the membership that could cost the quorum'),
  boolean('force-new-cluster', 'false', 'forget the other members and go on alone'),
  text('auto-compaction-mode', 'periodic', 'periodic or revision'),
  text('auto-compaction-retention', '0', 'hours, a time such as 5m, or revisions to keep; 0: all'),
];

const security: readonly FlagSpec[] = [
  text('cert-file', '', 'certificate for clients (PEM)'),
  text('key-file', '', 'its key (PEM)'),
  boolean('client-cert-auth', 'false', 'clients must show a certificate'),
  text('trusted-ca-file', '', 'whose certificates of clients are good (PEM)'),
  boolean('auto-tls', 'false', 'make a certificate for clients'),
  text('peer-cert-file', '', 'certificate for other members'),
  text('peer-key-file', '', 'its key'),
  boolean('peer-client-cert-auth', 'false', 'other members must show a certificate'),
  text('peer-trusted-ca-file', '', 'whose certificates of members are good'),
  boolean('peer-auto-tls', 'false', 'make a certificate for other members'),
  text('auth-token', 'simple', 'simple, or jwt,sign-method=...,pub-key=...,priv-key=...,ttl=...'),
  count('auth-token-ttl', '300', 'seconds that a simple token lives on after its last use'),
  count('bcrypt-cost', '10', 'rounds of password hashes, 4 to 31, as a power of two'),
];

const other: readonly FlagSpec[] = [
  text('logger', 'capnslog', 'form of the log: capnslog (lines) or zap (JSON)'),
  text('log-level', 'info', 'debug, info, warn or error'),
  text('metrics', 'basic', 'what /metrics tells: basic, or extensive, with the times of gRPC calls'),
  boolean('experimental-enable-lease-checkpoint', 'false', 'write the time left of long leases into the log'),
  duration('experimental-corrupt-check-time', '0s', 'how often members are compared; 0s: never'),
  count('experimental-compaction-batch-limit', '1000', 'revisions in one step of a compaction'),
];

export const flagGroups: readonly FlagGroup[] = [
  { title: 'Member', flags: member },
  { title: 'Clustering', flags: clustering },
  { title: 'Security', flags: security },
  { title: 'Other', flags: other },
];

export const flagSpecs: readonly FlagSpec[] = flagGroups.flatMap(({ flags }) => flags);

/** Flags that etcd 3.4 has and `detcd serve` does not: whoever uses one should not be told that it is a typing error. */
export const flagsOfEtcdOnly: ReadonlySet<string> = new Set(
  [
    'config-file wal-dir max-snapshots max-wals backend-batch-interval backend-batch-limit max-txn-ops',
    'max-request-bytes max-concurrent-streams grpc-keepalive-min-time grpc-keepalive-interval',
    'grpc-keepalive-timeout discovery discovery-fallback discovery-proxy discovery-srv',
    'discovery-srv-name pre-vote client-crl-file client-cert-allowed-hostname peer-cert-allowed-cn',
    'peer-cert-allowed-hostname peer-crl-file cipher-suites cors host-whitelist enable-pprof',
    'listen-metrics-urls log-outputs debug log-package-levels proxy proxy-failure-wait',
    'proxy-refresh-interval proxy-dial-timeout proxy-write-timeout proxy-read-timeout',
    'experimental-initial-corrupt-check experimental-enable-v2v3',
    'experimental-peer-skip-client-san-verification experimental-backend-bbolt-freelist-type',
    'socket-reuse-port socket-reuse-address',
  ].flatMap((line) => line.split(' ')),
);
