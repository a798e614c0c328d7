/** What a member tells about itself, and work on its own database. */
import { fromText } from '../../base/bytes.ts';
import { nsPerMs } from '../../limits.ts';
import { checkRevision } from '../../mvcc/index.ts';
import type { NodeId } from '../../base/ids.ts';
import type { Token } from '../../ports.ts';
import { type AlarmMember, type ClientResponse, errors, revisionHeader } from '../api/index.ts';
import { Owner, type Tokens } from '../tokens.ts';
import { etcdVersion } from '../../version.ts';
import type { Ask } from './ask.ts';
import { type RequestContext, isLeader } from './context.ts';

/** Requests that wait for the own disk, or for another member to lead. */
export class MaintenanceDesk {
  private readonly context: RequestContext;
  private readonly tokens: Tokens;
  private readonly defragmenting = new Map<Token, Ask>();
  private transfers: { readonly ask: Ask; readonly target: NodeId }[] = [];

  constructor(context: RequestContext, tokens: Tokens) {
    this.context = context;
    this.tokens = tokens;
  }

  defragment(ask: Ask): void {
    const token = this.tokens.next(Owner.answer);
    this.defragmenting.set(token, ask);
    this.context.state.backend.defragment(token);
  }

  onSynced(token: Token): void {
    const ask = this.defragmenting.get(token);
    this.defragmenting.delete(token);
    if (ask !== undefined) this.context.respond(ask, { kind: 'defragment', defragment: {} });
  }

  /** The backend was replaced by a snapshot's: what waited for the old one is done with it. */
  onReplaced(): void {
    for (const ask of this.defragmenting.values()) {
      this.context.respond(ask, { kind: 'defragment', defragment: {} });
    }
    this.defragmenting.clear();
  }

  /** Hands the leadership over; the answer comes when this member sees the other lead. */
  moveLeader(ask: Ask): void {
    const { context } = this;
    if (ask.request.kind !== 'move_leader') return;
    const target = context.state.ids.local(ask.request.move_leader.targetID);
    const member = context.state.membership.get(target);
    if (!isLeader(context)) context.respond(ask, errors.notLeader);
    else if (member === undefined || member.isLearner) context.respond(ask, errors.badLeaderTransferee);
    else {
      context.node.transferLeader(target);
      const { config, ports } = context;
      const deadlineNs = ports.clock.nowNs() + config.electionTicks * config.heartbeatIntervalMs * nsPerMs;
      this.transfers.push({ ask: { ...ask, deadlineNs: Math.min(deadlineNs, ask.deadlineNs) }, target });
    }
  }

  takeAll(): readonly Ask[] {
    const asks = [...this.defragmenting.values(), ...this.transfers.map(({ ask }) => ask)];
    this.defragmenting.clear();
    this.transfers = [];
    return asks;
  }

  /** Call it when the leader may have changed, and at each tick. */
  checkTransfers(nowNs: number): void {
    if (this.transfers.length === 0) return;
    const { context } = this;
    this.transfers = this.transfers.filter(({ ask, target }) => {
      if (context.node.leader === target) {
        context.respond(ask, { kind: 'move_leader', move_leader: {} });
        return false;
      }
      if (ask.deadlineNs > nowNs) return true;
      context.respond(ask, errors.timeoutLeaderTransfer);
      return false;
    });
  }
}

export function status(context: RequestContext): ClientResponse {
  const { node, state, applier, config } = context;
  const { backend, alarms, ids, membership } = state;
  const found = alarms.list('NONE').map(alarmText);
  if (node.leader === 0) found.unshift(errors.noLeader.message);
  return {
    kind: 'status',
    status: {
      header: revisionHeader(state.store.currentRevision),
      version: fromText(etcdVersion),
      dbSize: backend.sizeBytes,
      leader: node.leader === 0 ? 0n : ids.foreign(node.leader),
      raftIndex: node.commitIndex,
      raftTerm: node.term,
      raftAppliedIndex: applier.appliedIndex,
      errors: found.map(fromText),
      dbSizeInUse: backend.sizeInUseBytes,
      isLearner: membership.get(config.id)?.isLearner ?? false,
    },
  };
}

/** As Go prints a message: what is zero is left out. */
function alarmText({ memberID, alarm }: AlarmMember): string {
  return `${memberID === 0n ? '' : `memberID:${memberID} `}${alarm === 'NONE' ? '' : `alarm:${alarm} `}`;
}

export function hash({ state }: RequestContext): ClientResponse {
  const header = revisionHeader(state.store.currentRevision);
  return { kind: 'hash', hash: { header, hash: state.backend.hash() } };
}

export function hashKv({ state }: RequestContext, revision: number): ClientResponse {
  const { store } = state;
  const refused = checkRevision(store, revision);
  if (refused === 'compacted') return errors.compacted;
  if (refused === 'future') return errors.futureRevision;
  const found = store.hashKv(revision);
  const header = revisionHeader(store.currentRevision);
  return { kind: 'hash_kv', hash_kv: { header, hash: found.hash, compact_revision: found.compactRevision } };
}
