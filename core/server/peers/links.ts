import type { NodeId } from '../../base/ids.ts';
import { linkProbeIntervalMs, nsPerMs } from '../../limits.ts';

interface Link {
  heardNs: number;
  probedNs: number;
  /** Heard from regularly since then. */
  activeSinceNs: number;
}

/** Since when this member has been hearing from each of the others (etcd: rafthttp's ActiveSince). */
export class PeerLinks {
  private readonly links = new Map<NodeId, Link>();
  private readonly silenceNs: number;

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

  /** True if it is time to ask the peer whether it is there: followers tell each other nothing by themselves. */
  probes(peer: NodeId, nowNs: number): boolean {
    let link = this.links.get(peer);
    if (link === undefined) {
      link = { heardNs: -Infinity, probedNs: -Infinity, activeSinceNs: Infinity };
      this.links.set(peer, link);
    }
    const dueNs = Math.max(link.heardNs, link.probedNs) + linkProbeIntervalMs * nsPerMs;
    if (nowNs < dueNs) return false;
    link.probedNs = nowNs;
    return true;
  }

  isActive(peer: NodeId, nowNs: number): boolean {
    const link = this.links.get(peer);
    return link !== undefined && nowNs - link.heardNs <= this.silenceNs;
  }

  forget(peer: NodeId): void {
    this.links.delete(peer);
  }
}
