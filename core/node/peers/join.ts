import { compareStrings } from '../../base/bytes.ts';
import { etcdVersion, minClusterVersion } from '../../version.ts';
import { ConfigError } from '../config/config_error.ts';
import type { JoinedCluster } from '../config/member_config.ts';
import type { ServeConfig } from '../config/serve_config.ts';
import { firstMemberId } from '../host/member_ids.ts';
import type { PeerDialer } from './dialer.ts';
import { compareReleases, headerText, parseHexId } from './identity.ts';
import { type ListedMember, parseMemberList } from './member_list.ts';

/** etcd waits so long, too (its peers' dial timeout for an election timeout of a second). */
const askMsMax = 3000;

interface RunningCluster {
  readonly clusterId: bigint;
  readonly members: readonly ListedMember[];
}

type JoinConfig = Pick<ServeConfig, 'name' | 'initialCluster' | 'clusterToken'>;

/**
 * Asks the cluster that has added this member for the ids that it has given out. Throws ConfigError, in etcd's words, if nobody answers or
 * it is another cluster than --initial-cluster says.
 */
export async function joinCluster(dialer: PeerDialer, config: JoinConfig): Promise<JoinedCluster> {
  const { name, initialCluster } = config;
  const urls = otherUrls(config);
  const running = await firstAnswer(urls, (url) => askCluster(dialer, url));
  if (running === null) {
    throw new ConfigError(
      `cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs [${urls.join(' ')}]`,
    );
  }
  const { members, clusterId } = running;
  if (members.length !== initialCluster.length) {
    throw new ConfigError('error validating peerURLs: member count is unequal');
  }
  const sorted = initialCluster.map((member) => ({ ...member, urls: sortedUrls(member.peerUrls) }));
  const known = new Map(members.map((member) => [sortedUrls(member.peerUrls), member]));
  const unmatched = sorted.find((member) => !known.has(member.urls));
  if (unmatched !== undefined) {
    throw new ConfigError(
      `error validating peerURLs: unmatched member while checking PeerURLs (${unmatched.name}=${unmatched.urls})`,
    );
  }
  const own = sorted.find((member) => member.name === name);
  const memberId = known.get(own?.urls ?? '')?.id ?? 0n;
  await checkVersions(
    dialer,
    members.filter(({ id }) => id !== memberId),
  );
  return { clusterId, memberId, members };
}

/** Refuses to begin a cluster anew in which this member has served before, with its data lost. */
export async function refuseBootstrapped(dialer: PeerDialer, config: JoinConfig): Promise<void> {
  const { name, initialCluster, clusterToken } = config;
  const running = await firstAnswer(otherUrls(config), (url) => askCluster(dialer, url));
  const own = initialCluster.find((member) => member.name === name);
  const id = firstMemberId(own?.peerUrls ?? [], clusterToken);
  const known = running?.members.find((member) => member.id === id);
  if (known !== undefined && known.clientUrls.length > 0) {
    throw new ConfigError(`member ${id.toString(16)} has already been bootstrapped`);
  }
}

function otherUrls({ initialCluster, name }: JoinConfig): readonly string[] {
  const urls = initialCluster.flatMap((member) => (member.name === name ? [] : member.peerUrls));
  return urls.toSorted(compareStrings);
}

function sortedUrls(urls: readonly string[]): string {
  return urls.toSorted(compareStrings).join(',');
}

/** All are asked at once, so that those that are down cost no time each. */
async function firstAnswer<Answer>(
  urls: readonly string[],
  ask: (url: string) => Promise<Answer | null>,
): Promise<Answer | null> {
  const asked = urls.map(async (url) => (await ask(url)) ?? Promise.reject(new Error(url)));
  return Promise.any(asked).catch(() => null);
}

async function askCluster(dialer: PeerDialer, url: string): Promise<RunningCluster | null> {
  const reply = await dialer.ask(url, { method: 'GET', path: '/members', headers: {}, timeoutMs: askMsMax });
  if (reply?.status !== 200) return null;
  const clusterId = parseHexId(headerText(reply.headers, 'X-Etcd-Cluster-ID'));
  const members = parseMemberList(reply.body.toString());
  // One that is only starting may answer with an empty list.
  return clusterId === null || members === null || members.length === 0 ? null : { clusterId, members };
}

/** At least one must tell its version, and all that do must be able to talk to this member. */
async function checkVersions(dialer: PeerDialer, members: readonly ListedMember[]): Promise<void> {
  const told = await Promise.all(
    members.map(({ peerUrls }) => firstAnswer(peerUrls, (url) => askVersion(dialer, url))),
  );
  const known = told.filter((cluster) => cluster !== null);
  const fits = (cluster: string): boolean =>
    cluster === 'not_decided' ||
    (compareReleases(cluster, minClusterVersion) >= 0 && compareReleases(cluster, etcdVersion) <= 0);
  if (known.length === 0 || !known.every(fits)) {
    throw new ConfigError('incompatible with current running cluster');
  }
}

/** The version that the cluster has agreed on. */
async function askVersion(dialer: PeerDialer, url: string): Promise<string | null> {
  const reply = await dialer.ask(url, { method: 'GET', path: '/version', headers: {}, timeoutMs: askMsMax });
  const [, version] = /"etcdcluster"\s*:\s*"([^"]*)"/.exec(reply?.body.toString() ?? '') ?? [];
  return version ?? null;
}
