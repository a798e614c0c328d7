import type { ConnectionOptions, TlsOptions } from 'node:tls';
import type { NodeId } from '../../base/ids.ts';
import type { Disk, Log } from '../../ports.ts';
import type { MemberConfig } from '../../server/config.ts';
import { walDirectory } from '../../server/paths.ts';
import { walExists } from '../../wal/index.ts';
import type { JoinedCluster } from '../config/member_config.ts';
import type { ServeConfig } from '../config/serve_config.ts';
import { dialOptions, tlsOptions } from '../security/tls_options.ts';
import { PeerDialer } from './dialer.ts';
import { joinCluster, refuseBootstrapped } from './join.ts';
import { RaftHttp } from './raft_http.ts';

/** How members are served and dialed over TLS; null where it is not used. */
export interface PeerTls {
  readonly server: TlsOptions | null;
  readonly client: ConnectionOptions | null;
}

/** Throws ConfigError, which names the file. */
export async function peerTlsOf({ peerTls, listenPeerUrls, dataDirectory }: ServeConfig): Promise<PeerTls> {
  const server = await tlsOptions(peerTls, listenPeerUrls, dataDirectory, 'peer');
  return { server, client: dialOptions(peerTls, server) };
}

/** What the running cluster says that the member joins; null for one that has a log, or begins a cluster. Throws ConfigError. */
export async function joinedCluster(
  config: ServeConfig,
  disk: Disk,
  tls: ConnectionOptions | null,
): Promise<JoinedCluster | null> {
  const isAlone = config.initialCluster.length === 1 && !config.joinsExisting;
  if (isAlone || walExists(disk, walDirectory)) return null;
  const dialer = new PeerDialer(tls);
  try {
    if (config.joinsExisting) return await joinCluster(dialer, config);
    await refuseBootstrapped(dialer, config);
    return null;
  } finally {
    dialer.close();
  }
}

export function newRaftHttp(
  config: ServeConfig,
  parts: {
    readonly member: MemberConfig;
    readonly joined: JoinedCluster | null;
    readonly tls: PeerTls;
    readonly log: Log;
  },
): RaftHttp {
  const { member, joined, tls, log } = parts;
  const { id, clusterId, ids } = member;
  const known = (joined?.members ?? []).map(({ id: foreign, peerUrls }): [NodeId, readonly string[]] => [
    ids.local(foreign),
    peerUrls,
  ]);
  return new RaftHttp({
    identity: { id, clusterId, ids, peerUrls: config.advertisePeerUrls },
    listenUrls: config.listenPeerUrls,
    serverTls: tls.server,
    clientTls: tls.client,
    remotes: new Map(known),
    log,
  });
}
