import type { NodeId } from '../../base/ids.ts';
import { nsPerMs } from '../../limits.ts';
import { checkRevision } from '../../mvcc/index.ts';
import type { PeerAnswer } from '../peers/messages.ts';
import { type RequestContext, isLeader } from '../requests/context.ts';
import { Timer } from '../tokens.ts';

/**
 * The leader compares every member's data with its own, by HashKV at one revision, and raises CORRUPT for a member that differs
 * (etcd: monitorKVHash). Hashes can only be compared where both compacted alike.
 */
export class Corruption {
  private readonly context: RequestContext;
  private asked: {
    readonly revision: number;
    readonly hash: number;
    readonly compactRevision: number;
  } | null = null;

  constructor(context: RequestContext) {
    this.context = context;
  }

  start(): void {
    const { corruptCheckMs } = this.context.config;
    if (corruptCheckMs > 0) this.context.ports.clock.armTimer(Timer.corruption, corruptCheckMs * nsPerMs);
  }

  onTimer(): void {
    this.start();
    const { context } = this;
    const { state, config, peers } = context;
    if (!isLeader(context)) return;
    const { hash, revision, compactRevision } = state.store.hashKv();
    this.asked = { revision, hash, compactRevision };
    for (const { id, isLearner } of state.membership.list()) {
      if (id !== config.id && !isLearner) {
        peers.call(id, { kind: 'hash_kv', revision }, { kind: 'hash', member: id });
      }
    }
  }

  /** Another leader asks. */
  answer(revision: number): PeerAnswer {
    const { store } = this.context.state;
    // A member that lags can't tell yet; that it lags is no corruption.
    if (checkRevision(store, revision) !== null) return { kind: 'refused' };
    const { hash, compactRevision } = store.hashKv(revision);
    return { kind: 'hash_kv', revision, compactRevision, hash };
  }

  onAnswer(member: NodeId, answer: PeerAnswer | null): void {
    const { asked, context } = this;
    if (asked === null || answer?.kind !== 'hash_kv' || answer.revision !== asked.revision) return;
    if (answer.compactRevision !== asked.compactRevision || answer.hash === asked.hash) return;
    const { state, proposer, ports } = context;
    const memberID = state.ids.foreign(member);
    ports.log.line(
      'error',
      `corruption: the data of member ${memberID.toString(16)} differ at revision ${asked.revision}`,
    );
    const alarm = { action: 'ACTIVATE', memberID, alarm: 'CORRUPT' } as const;
    proposer.propose({ kind: 'alarm', alarm }, null, null, ports.clock.nowNs());
  }
}
