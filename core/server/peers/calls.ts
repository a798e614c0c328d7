import type { NodeId } from '../../base/ids.ts';
import type { Token } from '../../ports.ts';
import { type Ask, noAsks } from '../requests/ask.ts';
import type { EtcdNetwork } from '../traffic.ts';
import type { PeerCall } from './messages.ts';

/** What the answer is for. */
export type Purpose =
  /** A client's request that was passed on. */
  | { readonly kind: 'ask'; readonly ask: Ask }
  /** The leader compares versions. */
  | { readonly kind: 'version'; readonly member: NodeId }
  /** The leader compares data. */
  | { readonly kind: 'hash'; readonly member: NodeId }
  /** Is it there? */
  | { readonly kind: 'probe'; readonly member: NodeId };

/** Questions to other members whose answers are awaited. */
export class PeerCalls {
  private readonly network: EtcdNetwork;
  private readonly open = new Map<Token, Purpose>();
  /** How many of them are clients' requests: the others are waited for without end. */
  private asks = 0;
  private issued = 0;

  constructor(network: EtcdNetwork) {
    this.network = network;
  }

  call(to: NodeId, call: PeerCall, purpose: Purpose): void {
    const token = ++this.issued;
    this.open.set(token, purpose);
    if (purpose.kind === 'ask') this.asks++;
    this.network.callPeer(to, call, token);
  }

  /** What the answer that came is for; undefined for an answer to nothing. */
  take(token: Token): Purpose | undefined {
    const purpose = this.open.get(token);
    this.open.delete(token);
    if (purpose?.kind === 'ask') this.asks--;
    return purpose;
  }

  /** Removes and returns what was passed on for clients whose time is over. */
  takeExpired(nowNs: number): readonly Ask[] {
    if (this.asks === 0) return noAsks;
    const expired: Ask[] = [];
    for (const [token, purpose] of this.open) {
      if (purpose.kind !== 'ask' || purpose.ask.deadlineNs > nowNs) continue;
      this.open.delete(token);
      this.asks--;
      expired.push(purpose.ask);
    }
    return expired;
  }
}
