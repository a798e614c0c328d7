import { type ByteString, fromText } from '../../base/bytes.ts';
import { nsPerMs, readIndexRetryMs } from '../../limits.ts';
import type { RawNode, ReadState } from '../../raft/index.ts';
import { type Ask, noAsks, takeExpired } from './ask.ts';

/** One question to the leader, and the reads that its answer lets go. */
interface Round {
  readonly context: ByteString;
  readonly asks: Ask[];
  /** The log index to have applied before reading; -1: not known yet. */
  index: number;
  readonly begunNs: number;
  sentNs: number;
}

/**
 * Linearizable reads (Raft thesis 6.4; etcd: linearizableReadLoop): the leader tells its commit index once a quorum has confirmed
 * that it still leads, and the read is served here when that much is applied. One question is open at a time; reads that come
 * meanwhile share the next one.
 */
export class ReadQueue {
  private readonly node: RawNode;
  private round: Round | null = null;
  private waiting: Ask[] = [];
  private rounds = 0;
  /** When the last question that a quorum has answered was begun. */
  confirmedNs = -Infinity;

  constructor(node: RawNode) {
    this.node = node;
  }

  /** When the time of the read that has waited longest is over; Infinity if none waits. */
  get oldestDeadlineNs(): number {
    const asked = this.round?.asks[0]?.deadlineNs ?? Infinity;
    return Math.min(asked, this.waiting[0]?.deadlineNs ?? Infinity);
  }

  add(ask: Ask, nowNs: number): void {
    this.waiting.push(ask);
    if (this.round === null) this.begin(nowNs);
  }

  /** Asks whether this member still leads, if nobody else does: `confirmedNs`. */
  probe(nowNs: number): void {
    if (this.round === null) this.begin(nowNs);
  }

  private begin(nowNs: number): void {
    // Unique per member and round: a late answer to an earlier question must not pass for this one's.
    const context = fromText(`${this.node.id.toString(16)}.${nowNs.toString(16)}.${++this.rounds}`);
    this.round = { context, asks: this.waiting, index: -1, begunNs: nowNs, sentNs: nowNs };
    this.waiting = [];
    this.ask(context);
  }

  private ask(context: ByteString): void {
    const { node } = this;
    const { voters, outgoing } = node.raft.config;
    const isAlone = node.role === 'leader' && voters.length === 1 && outgoing.length === 0;
    // Also who leads alone must ask: raft may know only later how much of the log is committed.
    if (isAlone && node.raft.settings.bugs.has('singleton-reads-early')) {
      this.onReadState({ context, index: node.commitIndex });
    } else node.readIndex(context);
  }

  onReadState({ context, index }: ReadState): void {
    if (this.round === null || this.round.context !== context) return;
    this.round.index = index;
    this.confirmedNs = this.round.begunNs;
  }

  /** Reads that may be served now. */
  takeReady(appliedIndex: number, nowNs: number): readonly Ask[] {
    const { round } = this;
    if (round === null || round.index < 0 || round.index > appliedIndex) return noAsks;
    this.round = null;
    if (this.waiting.length > 0) this.begin(nowNs);
    return round.asks;
  }

  /** Asks again what may have been lost; returns the reads whose time is up. */
  tick(nowNs: number): readonly Ask[] {
    const { round } = this;
    const expired = takeExpired(this.waiting, nowNs);
    if (round === null) return expired;
    const given = takeExpired(round.asks, nowNs);
    const isOld = nowNs - round.sentNs >= readIndexRetryMs * nsPerMs;
    if (round.asks.length === 0 && (given.length > 0 || isOld)) {
      this.round = null;
      if (this.waiting.length > 0) this.begin(nowNs);
    } else if (round.index < 0 && isOld) {
      round.sentNs = nowNs;
      this.ask(round.context);
    }
    return [...given, ...expired];
  }

  takeAll(): readonly Ask[] {
    const asks = [...(this.round?.asks ?? []), ...this.waiting];
    this.round = null;
    this.waiting = [];
    return asks;
  }

  /** Another member leads: the question that is open may never be answered. Returns who asked it. */
  onLeaderChanged(nowNs: number): readonly Ask[] {
    const { round } = this;
    if (round === null || round.index >= 0) return [];
    this.round = null;
    if (this.waiting.length > 0) this.begin(nowNs);
    return round.asks;
  }
}
