import { fromText } from '../../base/bytes.ts';
import type { NodeId } from '../../base/ids.ts';
import { nsPerMs, requestTimeoutMs, versionCheckIntervalMs } from '../../limits.ts';
import { attributesJson, attributesKey, clusterVersionKey, makeV2Request } from '../../v2store/index.ts';
import { clusterVersion, etcdVersion, minClusterVersion } from '../../version.ts';
import type { MemberConfig } from '../config.ts';
import type { ClusterMember } from '../membership/index.ts';
import type { PeerAnswer } from '../peers/messages.ts';
import { type RequestContext, isLeader } from '../requests/context.ts';
import { Timer } from '../tokens.ts';

const put = fromText('PUT');

/**
 * What members tell each other about themselves, through the log: each its name and where clients find it, until it sees that the
 * others know (etcd: publish); the leader the version that all of them have (etcd: monitorVersions).
 */
export class Versions {
  private readonly context: RequestContext;
  private publishedAtNs = -Infinity;
  private readonly versions = new Map<NodeId, string | null>();
  private armed = false;

  constructor(context: RequestContext) {
    this.context = context;
  }

  /** Call it at each tick: tells the name again as long as it is not known. */
  publish(nowNs: number): void {
    const { config, state, proposer } = this.context;
    const own = state.membership.get(config.id);
    if (own === undefined || isToldOf(own, config)) return;
    if (nowNs - this.publishedAtNs < requestTimeoutMs * nsPerMs) return;
    this.publishedAtNs = nowNs;
    const val = attributesJson({ name: config.name, clientUrls: config.clientUrls });
    const path = attributesKey(state.ids.foreign(config.id));
    proposer.proposeV2(makeV2Request({ method: put, path, val }), nowNs);
  }

  /** The member has begun to lead. */
  onLeading(): void {
    this.ask();
  }

  onTimer(): void {
    this.armed = false;
    if (isLeader(this.context)) this.ask();
  }

  private ask(): void {
    const { config, state, peers, ports } = this.context;
    this.versions.clear();
    for (const { id } of state.membership.list()) {
      if (id === config.id) this.versions.set(id, etcdVersion);
      else peers.call(id, { kind: 'version' }, { kind: 'version', member: id });
    }
    this.decide();
    if (this.armed) return;
    this.armed = true;
    ports.clock.armTimer(Timer.versions, versionCheckIntervalMs * nsPerMs);
  }

  onAnswer(member: NodeId, answer: PeerAnswer | null): void {
    this.versions.set(member, answer?.kind === 'version' ? answer.server : null);
    this.decide();
  }

  /** As soon as every member has answered or could not: the lowest version, or at first the oldest there is. Patches do not count. */
  private decide(): void {
    const { context } = this;
    const { membership } = context.state;
    const members = membership.list();
    if (!isLeader(context) || !members.every(({ id }) => this.versions.has(id))) return;
    const known = members.every(({ id }) => isOfRelease(this.versions.get(id) ?? null, clusterVersion));
    if (known && membership.version !== clusterVersion) this.propose(clusterVersion);
    else if (!known && membership.version === null) this.propose(minClusterVersion);
  }

  private propose(version: string): void {
    const { proposer, ports } = this.context;
    const val = fromText(version);
    proposer.proposeV2(makeV2Request({ method: put, path: clusterVersionKey, val }), ports.clock.nowNs());
  }
}

/** Major and minor version are the same. */
function isOfRelease(version: string | null, release: string): boolean {
  const head = (text: string): string => text.slice(0, text.lastIndexOf('.'));
  return version !== null && head(version) === head(release);
}

function isToldOf(known: ClusterMember, { name, clientUrls }: MemberConfig): boolean {
  const told = known.clientUrls;
  return (
    known.name === name && told.length === clientUrls.length && clientUrls.every((url, i) => told[i] === url)
  );
}
