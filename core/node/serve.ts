import { mkdirSync } from 'node:fs';
import type { TlsOptions } from 'node:tls';
import type { Server } from '@grpc/grpc-js';
import { noNode } from '../base/ids.ts';
import type { ServeConfig } from './config/serve_config.ts';
import { type JoinedCluster, memberConfigOf } from './config/member_config.ts';
import { ConfigError } from './config/config_error.ts';
import { ReadOnlyDisk } from './read_only_disk.ts';
import { ClientFace } from './face/client_face.ts';
import { Credentials } from './grpc/credentials.ts';
import { addInformation } from './grpc/information.ts';
import { addMethods, memberMethods, newGrpcServer } from './grpc/grpc_face.ts';
import { LeaderMonitor } from './grpc/leader_monitor.ts';
import { DataLock } from './host/data_lock.ts';
import { LineLog } from './host/line_log.ts';
import { MemberHost } from './host/member_host.ts';
import { NoPeers, type PeerTransport } from './host/peer_transport.ts';
import { systemRandom } from './host/system_random.ts';
import { Gateway } from './http/gateway.ts';
import { HttpFace } from './http/http_face.ts';
import { V2Face } from './http/v2/v2_face.ts';
import { LockGateway } from './lock/lock_gateway.ts';
import { lockMethods } from './lock/lock_methods.ts';
import { addHostFigures } from './metrics/host_figures.ts';
import { MemberMetrics } from './metrics/member_metrics.ts';
import { CertificateNames } from './security/certificate_names.ts';
import { joinedCluster, newRaftHttp, peerTlsOf } from './peers/peers_of.ts';
import type { RaftHttp } from './peers/raft_http.ts';
import { Passwords } from './security/passwords.ts';
import { tokensOf } from './security/token_provider.ts';
import { tlsOptions } from './security/tls_options.ts';

/** How often it is looked whether the member can serve yet. */
const readyPollMs = 10;

export interface ServeOptions {
  /** Where the log's lines go. */
  readonly writeLog: (line: string) => void;
  /** Reaches the other members; absent: there are none. */
  readonly peers?: PeerTransport;
  /** Who this member is in the cluster that it joins; absent: it joins none. */
  readonly joined?: JoinedCluster;
  /** The member can't go on, and the process should end. */
  readonly onFailed: (reason: string) => void;
}

/** A running member with all its faces. */
export class Served {
  readonly host: MemberHost;
  private readonly face: ClientFace;
  private readonly lock: DataLock;
  private readonly monitor: LeaderMonitor;
  private stopping: Promise<void> | null = null;

  constructor(parts: {
    readonly host: MemberHost;
    readonly face: ClientFace;
    readonly lock: DataLock;
    readonly monitor: LeaderMonitor;
  }) {
    this.host = parts.host;
    this.face = parts.face;
    this.lock = parts.lock;
    this.monitor = parts.monitor;
  }

  /** The clean end: clients are answered, everything is made durable, and the directory is free for others. Again: the same end. */
  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    this.monitor.stop();
    const stopped = this.host.stop();
    await this.face.close();
    await stopped;
    this.lock.release();
  }
}

/** Starts a member. Resolves when its addresses are served; throws ConfigError for what a person can mend, and leaves nothing behind. */
export async function serve(config: ServeConfig, options: ServeOptions): Promise<Served> {
  const tokens = tokensOf(config);
  makeDataDirectory(config.dataDirectory);
  const lock = DataLock.take(config.dataDirectory);
  let host: MemberHost | null = null;
  let monitor: LeaderMonitor | null = null;
  let face: ClientFace | null = null;
  let peers: RaftHttp | null = null;
  try {
    const { clientTls, listenClientUrls, dataDirectory } = config;
    const tls = await tlsOptions(clientTls, listenClientUrls, dataDirectory, 'client');
    let failure = '';
    let isServing = false;
    const metrics = new MemberMetrics(config.metrics === 'extensive');
    let names: CertificateNames | null = null;
    const disk = new ReadOnlyDisk(dataDirectory);
    const peerTls = await peerTlsOf(config);
    const joined = options.joined ?? (await joinedCluster(config, disk, peerTls.client));
    const member = memberConfigOf(config, disk, joined);
    const { logLevel: level, logForm: form } = config;
    const log = new LineLog({ level, form, write: options.writeLog, ids: member.ids });
    if (options.peers === undefined) {
      peers = newRaftHttp(config, { member, joined, tls: peerTls, log });
      await peers.listen();
    }
    host = new MemberHost(member, {
      directory: dataDirectory,
      random: systemRandom,
      log,
      peers: options.peers ?? peers ?? new NoPeers(),
      onSync: (path, seconds) => metrics.onSync(path, seconds),
      onFailed: (reason) => {
        failure = reason;
        if (isServing) options.onFailed(reason);
      },
      tokens: (clock) => (names = new CertificateNames(tokens(clock))),
      passwords: new Passwords(config.bcryptCost),
      figures: metrics.requests,
    });
    monitor = new LeaderMonitor(host.member, member.electionTicks * member.heartbeatIntervalMs);
    const credentials = new Credentials(clientTls.clientCertAuth ? names : null);
    face = clientFace(config, { host, metrics, credentials, monitor, tls });
    await face.listen(listenClientUrls);
    log.line('info', `etcdserver: name = ${config.name}`);
    log.line('info', `etcdserver: data dir = ${dataDirectory}`);
    await host.start();
    if (host.member.failed) throw new ConfigError(failure);
    isServing = true;
    addHostFigures(metrics, host, monitor);
    lock.lockDatabase();
    if (config.advancesElection && isAlone(host)) host.advanceElection();
    void tellReadiness(host, config);
    return new Served({ host, face, lock, monitor });
  } catch (error) {
    monitor?.stop();
    await Promise.all([host?.stop(), face?.close(0), peers?.stop()]);
    lock.release();
    throw error;
  }
}

/** No other member is known, so that nobody can be disturbed. */
function isAlone({ state, config }: MemberHost): boolean {
  const members = state?.membership.list() ?? [];
  return !config.joins && config.initialMembers.length <= 1 && members.length <= 1;
}

function makeDataDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ConfigError(
      `--data-dir: cannot access data directory: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function clientFace(
  config: ServeConfig,
  parts: {
    readonly host: MemberHost;
    readonly metrics: MemberMetrics;
    readonly credentials: Credentials;
    readonly monitor: LeaderMonitor;
    readonly tls: TlsOptions | null;
  },
): ClientFace {
  const { host, metrics, credentials, monitor, tls } = parts;
  const grpc: Server = newGrpcServer();
  const methods = [...memberMethods(host, credentials, monitor), ...lockMethods(host, credentials)];
  addMethods(grpc, methods, metrics);
  addInformation(grpc, methods, host.log);
  const http = new HttpFace({
    host,
    gateway: new Gateway(host, credentials, new LockGateway(host)),
    metrics,
    v2: config.enableV2 ? new V2Face(host) : null,
  });
  return new ClientFace(grpc, http, tls);
}

/** The line that scripts wait for, in etcd's words: there is a leader, and this member is known to the cluster. */
async function tellReadiness(host: MemberHost, config: ServeConfig): Promise<void> {
  const isReady = (): boolean =>
    host.member.leader !== noNode &&
    host.state !== null &&
    host.state.membership.version !== null &&
    host.state.membership.get(host.config.id)?.name === config.name;
  while (!isReady()) {
    if (host.isOver) return;
    await new Promise((resolve) => setTimeout(resolve, readyPollMs));
  }
  host.log.line('info', 'embed: ready to serve client requests');
  for (const { isSecure, text } of config.listenClientUrls) {
    const address = text.replace(/^https?:\/\//, '');
    if (isSecure) host.log.line('info', `embed: serving client requests on ${address}`);
    else {
      const warning = `embed: serving insecure client requests on ${address}, this is strongly discouraged!`;
      host.log.line('warning', warning);
    }
  }
}
