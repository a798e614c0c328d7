import { assert } from '../base/assert.ts';
import { type BugSwitches, noBugs } from '../bugs.ts';
import type { RevisionRecord } from '../mvcc/index.ts';
import type { Random } from '../ports.ts';
import { BatchCollector, visitBatches, type EventBatch } from './event_batch.ts';
import { watchLimits, type WatchLimits } from './watch_limits.ts';
import type { WatchSource } from './source.ts';
import { WatchStream, type WatchHost } from './watch_stream.ts';
import type { Watcher } from './watcher.ts';
import { WatcherGroup } from './watcher_group.ts';

/**
 * etcd's watchable store: which watcher gets what, and when. The host calls `onWrite` at the end of every write transaction,
 * `syncUnsynced` every `watchSyncIntervalMs`, `syncVictims` every `watchVictimIntervalMs` while there are any, `tickProgress`
 * now and then, and sends what the streams of `takeReadyStreams` have as fast as each client takes it.
 *
 * The invariant behind it: whatever a watcher has to see below its `minRevision` is sent, in its stream's channel, or in its
 * victim's batch.
 */
export class WatchableStore implements WatchHost {
  readonly source: WatchSource;
  readonly limits: WatchLimits;
  readonly bugs: BugSwitches;
  private readonly synced = new WatcherGroup();
  private readonly unsynced = new WatcherGroup();
  private readonly victims = new Map<Watcher, EventBatch>();
  private readonly streams = new Set<WatchStream>();
  private ready = new Set<WatchStream>();
  /** Synced watchers have seen everything up to here. */
  private seenRevision: number;

  constructor(source: WatchSource, limits: Partial<WatchLimits> = {}, bugs: BugSwitches = noBugs) {
    this.source = source;
    this.bugs = bugs;
    this.limits = { ...watchLimits, ...limits };
    this.seenRevision = source.currentRevision;
  }

  // --- streams

  /** A client has opened a stream. The random numbers spread the streams' progress reports. */
  openStream(nowNs: number, random: Random): WatchStream {
    const stream = new WatchStream(this, nowNs, random);
    this.streams.add(stream);
    return stream;
  }

  /** For who measures how full they are. */
  get openStreams(): Iterable<WatchStream> {
    return this.streams;
  }

  closed(stream: WatchStream): void {
    this.streams.delete(stream);
    this.ready.delete(stream);
  }

  becameReady(stream: WatchStream): void {
    this.ready.add(stream);
  }

  /** Streams that got something to send since the last call and had nothing before, in that order. */
  takeReadyStreams(): WatchStream[] {
    const ready = [...this.ready];
    this.ready = new Set();
    return ready;
  }

  /** Reports the revision to watchers that asked for it and were silent for a whole interval. */
  tickProgress(nowNs: number): void {
    for (const stream of this.streams) stream.tickProgress(nowNs);
  }

  // --- watchers

  add(watcher: Watcher): void {
    const { currentRevision } = this.source;
    const { startRevision } = watcher;
    if (startRevision === 0 || startRevision > currentRevision) {
      watcher.minRevision = Math.max(currentRevision + 1, startRevision);
      this.enter('synced', watcher);
    } else {
      if (this.bugs.has('watch-starts-late')) watcher.minRevision = startRevision + 1;
      this.enter('unsynced', watcher);
    }
  }

  remove(watcher: Watcher): void {
    if (watcher.state === 'synced') this.synced.delete(watcher);
    else if (watcher.state === 'unsynced') this.unsynced.delete(watcher);
    else this.victims.delete(watcher);
    watcher.state = 'gone';
  }

  private enter(state: 'synced' | 'unsynced', watcher: Watcher): void {
    watcher.state = state;
    (state === 'synced' ? this.synced : this.unsynced).add(watcher);
  }

  /** Keeps events for which the stream had no room. */
  private keep(watcher: Watcher, batch: EventBatch): void {
    this.remove(watcher);
    watcher.state = 'victim';
    this.victims.set(watcher, batch);
  }

  /** A synced watcher needs nothing up to the revision any more; one that waits for a later revision goes on waiting. */
  private sawEverything(watcher: Watcher, revision: number): void {
    if (watcher.state === 'synced' && this.bugs.has('watch-back-in-time')) return;
    const waitsFor = this.bugs.has('watch-future-rewound') ? 0 : watcher.minRevision;
    watcher.minRevision = Math.max(waitsFor, revision + 1);
  }

  get syncedCount(): number {
    return this.synced.size;
  }

  get unsyncedCount(): number {
    return this.unsynced.size;
  }

  get victimCount(): number {
    return this.victims.size;
  }

  /** For who looks at it: the synced, then the unsynced, then the victims, each in the order in which they came to be so. */
  *watchers(): IterableIterator<Watcher> {
    yield* this.synced.watchers();
    yield* this.unsynced.watchers();
    yield* this.victims.keys();
  }

  // --- what the store does

  /** A write transaction made a new revision. Comes before anything else can happen to the store. */
  onWrite(revision: number, changes: readonly RevisionRecord[]): void {
    assert(revision > this.seenRevision, `revision ${revision} comes after ${this.seenRevision}`);
    this.seenRevision = revision;
    visitBatches(this.synced, revision, changes, (watcher, batch) => {
      if (!watcher.output.offerEvents(watcher, batch.events, revision)) this.keep(watcher, batch);
      // For a victim, too: its batch is on its way, and must not be read from history once more.
      this.sawEverything(watcher, revision);
    });
  }

  /**
   * The store was replaced by a snapshot. What happened in between reached no watcher, so all have to read it from history;
   * what they had seen before, they do not need any more, whatever the snapshot has compacted.
   */
  onRestore(): void {
    for (const watcher of this.synced.watchers()) {
      this.sawEverything(watcher, this.seenRevision);
      this.synced.delete(watcher);
      this.enter('unsynced', watcher);
    }
    this.seenRevision = this.source.currentRevision;
  }

  // --- catching up

  /** Brings a round of unsynced watchers up to date, or one batch further. */
  syncUnsynced(): void {
    if (this.unsynced.size === 0) return;
    const { currentRevision } = this.source;
    const chosen = this.choose();
    const batches = this.collect(chosen, currentRevision);
    for (const watcher of chosen.watchers()) {
      const batch = batches.get(watcher);
      const moreRevision = batch?.moreRevision ?? 0;
      if (moreRevision === 0) this.sawEverything(watcher, currentRevision);
      else watcher.minRevision = moreRevision;
      const { output } = watcher;
      if (batch !== undefined && !output.offerEvents(watcher, batch.events, currentRevision)) {
        this.keep(watcher, batch);
      } else if (moreRevision === 0) {
        this.unsynced.delete(watcher);
        this.enter('synced', watcher);
      }
    }
  }

  /**
   * Takes the next watchers in turn and cancels those that need compacted revisions. One of them whose channel is full stays
   * as it is, and gets its cancellation in a later round (etcd issue 17529).
   */
  private choose(): WatcherGroup {
    const chosen = new WatcherGroup();
    const { compactRevision } = this.source;
    const next: Watcher[] = [];
    for (const watcher of this.unsynced.watchers()) {
      if (next.length === this.limits.watchersPerSync) break;
      next.push(watcher);
    }
    for (const watcher of next) {
      this.unsynced.moveToEnd(watcher);
      if (watcher.minRevision >= compactRevision) chosen.add(watcher);
      else if (watcher.output.offerCompacted(watcher, compactRevision)) this.remove(watcher);
      else if (this.bugs.has('watch-skips-starved')) {
        watcher.minRevision = this.source.currentRevision + 1;
        chosen.add(watcher);
      }
    }
    return chosen;
  }

  private collect(chosen: WatcherGroup, currentRevision: number): ReadonlyMap<Watcher, EventBatch> {
    let low = currentRevision + 1;
    for (const watcher of chosen.watchers()) low = Math.min(low, watcher.minRevision);
    const collector = new BatchCollector(chosen, this.limits.batchRevisionsMax);
    // Below 1 only with a planted bug. As bytes a negative revision is behind all others, so the round finds nothing (etcd 20709).
    if (low > 0 && low <= currentRevision) {
      this.source.visitChanges(low, currentRevision + 1, (record) => collector.add(record));
    }
    return collector.batches;
  }

  /** Tries again to hand over what victims' streams had no room for, oldest first. */
  syncVictims(): void {
    if (this.victims.size === 0) return;
    const { currentRevision } = this.source;
    for (const [watcher, batch] of this.victims) {
      if (!watcher.output.offerEvents(watcher, batch.events, watcher.minRevision - 1)) continue;
      this.victims.delete(watcher);
      // Changes went by while it was a victim.
      this.enter(watcher.minRevision <= currentRevision ? 'unsynced' : 'synced', watcher);
    }
  }

  // --- progress

  /**
   * The revision up to which all of the watchers have been given everything, or null if one lags or starts later. The answer
   * must go through the channel, behind the events.
   */
  progressRevision(watchers: Iterable<Watcher>): number | null {
    const { currentRevision } = this.source;
    if (this.bugs.has('watch-progress-overtakes')) return currentRevision;
    for (const watcher of watchers) {
      if (watcher.state !== 'synced' || currentRevision < watcher.startRevision) return null;
    }
    return currentRevision;
  }
}
