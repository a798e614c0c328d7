import { autoCompactionIntervalMs, compactionPauseMs, nsPerMs } from '../../limits.ts';
import type { Ask } from '../requests/ask.ts';
import { type RequestContext, isLeader } from '../requests/context.ts';
import { type ClientResponse } from '../api/index.ts';
import { Timer } from '../tokens.ts';

/** What is kept when nobody compacts by hand (etcd --auto-compaction-mode and -retention). */
export type AutoCompaction =
  | { readonly mode: 'off' }
  /** Keeps this many revisions. */
  | { readonly mode: 'revision'; readonly revisions: number }
  /** Keeps what was current within this time. */
  | { readonly mode: 'periodic'; readonly ms: number };

/** Removes compacted revisions a batch at a time, and asks for compactions by itself if it is told to. */
export class Compactor {
  private readonly context: RequestContext;
  private stepArmed = false;
  /** Who waits until all of it is removed, with the revision. */
  private waiting: { readonly ask: Ask; readonly revision: number; readonly response: ClientResponse }[] = [];
  /** The revision at each look, oldest first: one per interval. */
  private seen: number[] = [];
  private lastRevision = 0;

  constructor(context: RequestContext) {
    this.context = context;
  }

  /** Call it after every input. */
  arm(): void {
    if (this.stepArmed || !this.context.state.store.compacting) return;
    this.stepArmed = true;
    this.context.ports.clock.armTimer(Timer.compaction, compactionPauseMs * nsPerMs);
  }

  onStepTimer(): void {
    this.stepArmed = false;
    const { store } = this.context.state;
    if (store.compacting) store.compactStep(this.context.config.compactionBatchLimit);
    this.answer();
  }

  /** The client wants to hear only when the removals are done (CompactionRequest.physical). */
  answerWhenDone(ask: Ask, revision: number, response: ClientResponse): void {
    this.waiting.push({ ask, revision, response });
    this.answer();
  }

  takeAll(): readonly Ask[] {
    const asks = this.waiting.map(({ ask }) => ask);
    this.waiting = [];
    return asks;
  }

  private answer(): void {
    if (this.waiting.length === 0) return;
    const { store } = this.context.state;
    const isDone = (revision: number): boolean =>
      !store.compacting || store.finishedCompactRevision >= revision;
    const done = this.waiting.filter(({ revision }) => isDone(revision));
    this.waiting = this.waiting.filter(({ revision }) => !isDone(revision));
    for (const { ask, response } of done) this.context.respond(ask, response);
  }

  // --- by itself

  startAuto(): void {
    if (this.context.config.autoCompaction.mode !== 'off') this.armAuto();
  }

  /** How often the revision is looked at. */
  private get intervalMs(): number {
    const { autoCompaction } = this.context.config;
    if (autoCompaction.mode !== 'periodic') return autoCompactionIntervalMs;
    // etcd looks every tenth of a period up to an hour, and removes once per period, or per hour.
    return Math.max(1, Math.floor(Math.min(autoCompaction.ms, 3_600_000) / 10));
  }

  private armAuto(): void {
    this.context.ports.clock.armTimer(Timer.autoCompaction, this.intervalMs * nsPerMs);
  }

  onAutoTimer(): void {
    this.armAuto();
    const { state, config } = this.context;
    const { autoCompaction } = config;
    const { currentRevision } = state.store;
    if (autoCompaction.mode === 'revision') this.compact(currentRevision - autoCompaction.revisions);
    else if (autoCompaction.mode === 'periodic') this.look(currentRevision, autoCompaction.ms);
  }

  private look(revision: number, periodMs: number): void {
    this.seen.push(revision);
    const looks = Math.ceil(periodMs / this.intervalMs);
    if (this.seen.length <= looks) return;
    this.seen = this.seen.slice(-looks - 1);
    this.compact(this.seen[0] ?? 0);
  }

  private compact(revision: number): void {
    const { context } = this;
    if (revision <= 0 || revision <= this.lastRevision || !isLeader(context)) return;
    this.lastRevision = revision;
    context.proposer.propose(
      { kind: 'compact', compact: { revision } },
      null,
      null,
      context.ports.clock.nowNs(),
    );
  }
}
