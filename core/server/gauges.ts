import type { Configuration, RawNode } from '../raft/index.ts';
import type { Services } from './services/services.ts';
import type { MemberState } from './state.ts';

/** How full a member's queues are and how far its state is. Read after every input, so it is filled in, not made anew. */
export interface Gauges {
  /** Appends that a leader keeps unanswered to the follower that has the most. */
  inflightMessages: number;
  /** Entries that are committed and not applied. */
  unappliedEntries: number;
  /** Answers in the channel, and answers to requests in the control buffer, of the watch stream that has the most. */
  watchAnswers: number;
  watchControls: number;
  /** How long before the last tick the time of a proposal or read was over that still waits; at most 0 if it is not. */
  overdueNs: number;
  appliedIndex: number;
  /** What the next commit of the backend says it holds. */
  consistentIndex: number;
  compactRevision: number;
  finishedCompactRevision: number;
  /** Who takes part, as raft counts. */
  configuration: Configuration | null;
}

export function emptyGauges(): Gauges {
  return {
    inflightMessages: 0,
    unappliedEntries: 0,
    watchAnswers: 0,
    watchControls: 0,
    overdueNs: 0,
    appliedIndex: 0,
    consistentIndex: 0,
    compactRevision: -1,
    finishedCompactRevision: -1,
    configuration: null,
  };
}

export interface Measured {
  readonly node: RawNode;
  readonly services: Services;
  readonly state: MemberState;
}

export function measure({ node, services, state }: Measured, into: Gauges): void {
  const { raft } = node;
  into.inflightMessages = 0;
  if (node.role === 'leader') {
    for (const { inflights } of raft.progress.values()) {
      if (inflights.count > into.inflightMessages) into.inflightMessages = inflights.count;
    }
  }
  into.appliedIndex = services.applier.appliedIndex;
  into.unappliedEntries = node.commitIndex - into.appliedIndex;
  into.overdueNs = services.overdueNs;
  into.consistentIndex = state.consistentIndex.position.index;
  into.compactRevision = state.store.compactRevision;
  into.finishedCompactRevision = state.store.finishedCompactRevision;
  into.configuration = raft.config;
  into.watchAnswers = 0;
  into.watchControls = 0;
  if (services.watches.streamCount === 0) return;
  for (const { waitingAnswers, waitingControls } of state.watches.openStreams) {
    if (waitingAnswers > into.watchAnswers) into.watchAnswers = waitingAnswers;
    if (waitingControls > into.watchControls) into.watchControls = waitingControls;
  }
}
