import type { LogLevel } from '../../ports.ts';
import { quotaBytes as standardQuotaBytes } from '../../limits.ts';
import type { AutoCompaction } from '../../server/services/compactor.ts';
import type { LogForm } from '../host/line_log.ts';
import { type AuthTokenOptions, parseAuthToken } from './auth_token.ts';
import { ConfigError } from './config_error.ts';
import { type FlagValues, parseDuration } from './read_flags.ts';
import { type ListenUrl, parseListenUrls, parseUrls } from './urls.ts';

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly trustedCaFile: string;
  readonly clientCertAuth: boolean;
  /** Make a certificate if none is given. */
  readonly auto: boolean;
}

export interface NamedMember {
  readonly name: string;
  readonly peerUrls: readonly string[];
}

/** What the flags and the environment say, checked as far as that goes without looking at any file. */
export interface ServeConfig {
  readonly name: string;
  readonly dataDirectory: string;
  readonly listenClientUrls: readonly ListenUrl[];
  readonly advertiseClientUrls: readonly string[];
  readonly listenPeerUrls: readonly ListenUrl[];
  readonly advertisePeerUrls: readonly string[];
  /** Whoever is in the cluster at its first start, in the order given. */
  readonly initialCluster: readonly NamedMember[];
  readonly joinsExisting: boolean;
  readonly clusterToken: string;
  readonly snapshotCount: number;
  readonly heartbeatIntervalMs: number;
  readonly electionTicks: number;
  readonly advancesElection: boolean;
  readonly quotaBytes: number;
  readonly autoCompaction: AutoCompaction;
  readonly strictReconfiguration: boolean;
  readonly forceNewCluster: boolean;
  readonly leaseCheckpoints: boolean;
  readonly corruptCheckMs: number;
  readonly compactionBatchLimit: number;
  readonly enableV2: boolean;
  readonly clientTls: TlsFiles;
  readonly peerTls: TlsFiles;
  readonly authToken: AuthTokenOptions;
  readonly authTokenTtlSeconds: number;
  readonly bcryptCost: number;
  readonly logLevel: LogLevel;
  readonly logForm: LogForm;
  readonly metrics: 'basic' | 'extensive';
}

const electionMsMax = 50_000;
const electionIntervalsMin = 5;

/** Throws ConfigError, with etcd's words where it has some. */
export function serveConfigOf(flags: FlagValues): ServeConfig {
  const name = flags.text('name');
  const heartbeatIntervalMs = flags.count('heartbeat-interval');
  const listenClientUrls = parseListenUrls('listen-client-urls', flags.text('listen-client-urls'));
  if (flags.isGiven('listen-client-urls') && !flags.isGiven('advertise-client-urls')) {
    throw new ConfigError('--advertise-client-urls is required when --listen-client-urls is set explicitly');
  }
  const advertisePeerUrls = parseUrls(
    'initial-advertise-peer-urls',
    flags.text('initial-advertise-peer-urls'),
  );
  const config: ServeConfig = {
    name,
    dataDirectory: flags.text('data-dir') === '' ? `${name}.etcd` : flags.text('data-dir'),
    listenClientUrls,
    advertiseClientUrls: parseUrls('advertise-client-urls', flags.text('advertise-client-urls')),
    listenPeerUrls: parseListenUrls('listen-peer-urls', flags.text('listen-peer-urls')),
    advertisePeerUrls,
    initialCluster: initialClusterOf(flags, advertisePeerUrls),
    joinsExisting: wordOf(flags, 'initial-cluster-state', ['new', 'existing']) === 'existing',
    clusterToken: flags.text('initial-cluster-token'),
    snapshotCount: atLeast(flags, 'snapshot-count', 1),
    heartbeatIntervalMs,
    electionTicks: electionTicksOf(flags, heartbeatIntervalMs),
    advancesElection: flags.boolean('initial-election-tick-advance'),
    quotaBytes: flags.count('quota-backend-bytes') || standardQuotaBytes,
    autoCompaction: autoCompactionOf(flags),
    strictReconfiguration: flags.boolean('strict-reconfig-check'),
    forceNewCluster: flags.boolean('force-new-cluster'),
    leaseCheckpoints: flags.boolean('experimental-enable-lease-checkpoint'),
    corruptCheckMs: flags.duration('experimental-corrupt-check-time'),
    compactionBatchLimit: atLeast(flags, 'experimental-compaction-batch-limit', 1),
    enableV2: flags.boolean('enable-v2'),
    clientTls: tlsOf(flags, ''),
    peerTls: tlsOf(flags, 'peer-'),
    authToken: parseAuthToken(flags.text('auth-token')),
    authTokenTtlSeconds: atLeast(flags, 'auth-token-ttl', 1),
    bcryptCost: bcryptCostOf(flags),
    logLevel: logLevelOf(flags),
    logForm: wordOf(flags, 'logger', ['capnslog', 'zap']),
    metrics: wordOf(flags, 'metrics', ['basic', 'extensive']),
  };
  checkTls(config.listenClientUrls, config.clientTls, '', 'client');
  checkTls(config.listenPeerUrls, config.peerTls, 'peer-', 'peer');
  return config;
}

function wordOf<Word extends string>(flags: FlagValues, name: string, words: readonly Word[]): Word {
  const value = flags.text(name);
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new ConfigError(`invalid value "${value}" for flag -${name}: expected ${words.join(' or ')}`);
}

function atLeast(flags: FlagValues, name: string, minimum: number): number {
  const value = flags.count(name);
  if (value >= minimum) return value;
  throw new ConfigError(`--${name}: expected ${minimum} or more, got ${value}`);
}

function electionTicksOf(flags: FlagValues, heartbeatMs: number): number {
  if (heartbeatMs === 0) throw new ConfigError('--heartbeat-interval must be >0 (set to 0ms)');
  const electionMs = flags.count('election-timeout');
  if (electionMs < electionIntervalsMin * heartbeatMs) {
    throw new ConfigError(
      `--election-timeout[${electionMs}ms] should be at least as ${electionIntervalsMin} times as --heartbeat-interval[${heartbeatMs}ms]`,
    );
  }
  if (electionMs > electionMsMax) {
    throw new ConfigError(
      `--election-timeout[${electionMs}ms] is too long, and should be set less than ${electionMsMax}ms`,
    );
  }
  return Math.floor(electionMs / heartbeatMs);
}

function autoCompactionOf(flags: FlagValues): AutoCompaction {
  const mode = flags.text('auto-compaction-mode');
  const retention = flags.text('auto-compaction-retention');
  if (mode !== 'periodic' && mode !== 'revision') {
    throw new ConfigError(`unknown auto-compaction-mode "${mode}": expected periodic or revision`);
  }
  const isNumber = /^\d+$/.test(retention) && Number.isSafeInteger(Number(retention));
  if (isNumber && Number(retention) === 0) return { mode: 'off' };
  if (mode === 'revision') {
    if (isNumber) return { mode, revisions: Number(retention) };
    throw new ConfigError(
      `error parsing CompactionRetention: --auto-compaction-retention: expected a number of revisions, got "${retention}"`,
    );
  }
  const ms = isNumber ? Number(retention) * 3_600_000 : parseDuration(retention);
  if (ms === null || !Number.isSafeInteger(Math.round(ms))) {
    throw new ConfigError(
      `error parsing CompactionRetention: --auto-compaction-retention: time: invalid duration "${retention}"`,
    );
  }
  return ms === 0 ? { mode: 'off' } : { mode, ms };
}

function bcryptCostOf(flags: FlagValues): number {
  const cost = flags.count('bcrypt-cost');
  if (cost >= 4 && cost <= 31) return cost;
  throw new ConfigError(`--bcrypt-cost: expected 4 to 31, got ${cost}`);
}

function logLevelOf(flags: FlagValues): LogLevel {
  const level = wordOf(flags, 'log-level', ['debug', 'info', 'warn', 'error', 'panic', 'fatal']);
  if (level === 'warn') return 'warning';
  return level === 'panic' || level === 'fatal' ? 'error' : level;
}

/** `a=URL,b=URL,a=URL`: a member with several addresses is named several times. */
function initialClusterOf(flags: FlagValues, advertised: readonly string[]): readonly NamedMember[] {
  const name = flags.text('name');
  if (!flags.isGiven('initial-cluster')) return [{ name, peerUrls: advertised }];
  const urls = new Map<string, string[]>();
  for (const part of flags.text('initial-cluster').split(',')) {
    const at = part.indexOf('=');
    const [member, url] = [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    if (at <= 0 || url === '') {
      throw new ConfigError(`--initial-cluster: expected NAME=URL,NAME=URL, got "${part}"`);
    }
    urls.set(member, [...(urls.get(member) ?? []), ...parseUrls('initial-cluster', url)]);
  }
  const own = urls.get(name);
  if (own === undefined) {
    throw new ConfigError(`couldn't find local name "${name}" in the initial cluster configuration`);
  }
  if (own.toSorted(compareTexts).join() !== advertised.toSorted(compareTexts).join()) {
    throw new ConfigError(
      `--initial-cluster has ${name}=${own.join(',')} but missing from --initial-advertise-peer-urls=${advertised.join(',')}`,
    );
  }
  return [...urls].map(([member, peerUrls]) => ({ name: member, peerUrls }));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function tlsOf(flags: FlagValues, prefix: '' | 'peer-'): TlsFiles {
  return {
    certFile: flags.text(`${prefix}cert-file`),
    keyFile: flags.text(`${prefix}key-file`),
    trustedCaFile: flags.text(`${prefix}trusted-ca-file`),
    clientCertAuth: flags.boolean(`${prefix}client-cert-auth`),
    auto: flags.boolean(`${prefix}auto-tls`),
  };
}

function checkTls(
  urls: readonly ListenUrl[],
  { certFile, keyFile, trustedCaFile, clientCertAuth, auto }: TlsFiles,
  prefix: string,
  whose: string,
): void {
  const given = certFile !== '' && keyFile !== '';
  if ((certFile === '') !== (keyFile === '')) {
    throw new ConfigError(`--${prefix}cert-file and --${prefix}key-file must be given together`);
  }
  const secure = urls.find(({ isSecure }) => isSecure);
  if (secure !== undefined && !given && !auto) {
    throw new ConfigError(
      `TLS key/cert (--${prefix}cert-file, --${prefix}key-file) must be provided for ${whose} url ${secure.text} with HTTPS scheme`,
    );
  }
  if (clientCertAuth && trustedCaFile === '') {
    throw new ConfigError(`--${prefix}client-cert-auth needs --${prefix}trusted-ca-file`);
  }
}
