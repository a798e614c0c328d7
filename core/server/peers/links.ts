import type { NodeId } from '../../base/ids.ts';
import { linkProbeIntervalMs, nsPerMs } from '../../limits.ts';

interface Link {
  heardNs: number;
  probedNs: number;
  /** Heard from regularly since then. */
  activeSinceNs: number;
}

const nobody: readonly NodeId[] = [];

/** Since when this member has been hearing from each of the others (etcd: rafthttp's ActiveSince). */
export class PeerLinks {
  private readonly links = new Map<NodeId, Link>();
  private readonly silenceNs: number;
  /** The peers that were asked about last, and before when none of them is due. */
  private asked: readonly { readonly id: NodeId }[] = [];
  private quietUntilNs = -Infinity;

  /** A peer that is not heard from for `silenceNs` counts as disconnected. */
  constructor(silenceNs: number) {
    this.silenceNs = silenceNs;
  }

  heard(from: NodeId, nowNs: number): void {
    const link = this.links.get(from);
    if (link === undefined) this.links.set(from, { heardNs: nowNs, probedNs: nowNs, activeSinceNs: nowNs });
    else {
      if (nowNs - link.heardNs > this.silenceNs) link.activeSinceNs = nowNs;
      link.heardNs = nowNs;
    }
  }

  /** Whether the peer has been heard from without a longer pause from then until now. */
  connectedSince(peer: NodeId, sinceNs: number, nowNs: number): boolean {
    const link = this.links.get(peer);
    return link !== undefined && link.activeSinceNs <= sinceNs && nowNs - link.heardNs <= this.silenceNs;
  }

  /**
   * Those of these peers that it is time to ask whether they are there: followers tell each other nothing by themselves. Called at
   * every tick; as what is heard only puts a peer's time off, nobody is looked at before the time that was earliest at the last look.
   */
  due(peers: readonly { readonly id: NodeId }[], own: NodeId, nowNs: number): readonly NodeId[] {
    if (peers === this.asked && nowNs < this.quietUntilNs) return nobody;
    this.asked = peers;
    this.quietUntilNs = Infinity;
    const due: NodeId[] = [];
    for (const { id } of peers) if (id !== own && this.probes(id, nowNs)) due.push(id);
    return due;
  }

  private probes(peer: NodeId, nowNs: number): boolean {
    let link = this.links.get(peer);
    if (link === undefined) {
      link = { heardNs: -Infinity, probedNs: -Infinity, activeSinceNs: Infinity };
      this.links.set(peer, link);
    }
    const intervalNs = linkProbeIntervalMs * nsPerMs;
    const dueNs = Math.max(link.heardNs, link.probedNs) + intervalNs;
    const isDue = nowNs >= dueNs;
    if (isDue) link.probedNs = nowNs;
    this.quietUntilNs = Math.min(this.quietUntilNs, isDue ? nowNs + intervalNs : dueNs);
    return isDue;
  }

  isActive(peer: NodeId, nowNs: number): boolean {
    const link = this.links.get(peer);
    return link !== undefined && nowNs - link.heardNs <= this.silenceNs;
  }

  forget(peer: NodeId): void {
    this.links.delete(peer);
  }
}
