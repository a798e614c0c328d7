import type { RevisionRecord } from '../mvcc/index.ts';
import { eventOf } from './event.ts';
import type { Event } from './messages.ts';
import type { Watcher } from './watcher.ts';
import type { WatcherGroup } from './watcher_group.ts';

/** Events for one watcher, in order, with all of a revision or none of it. */
export interface EventBatch {
  readonly events: readonly Event[];
  /** The batch was full before this revision: go on from here. 0: it holds everything. */
  readonly moreRevision: number;
}

interface GrowingBatch extends EventBatch {
  readonly events: Event[];
  moreRevision: number;
  revisions: number;
}

/**
 * Gives each watcher its batch of what happens now. The changes share one revision. The visitor may change the group.
 */
export function visitBatches(
  group: WatcherGroup,
  revision: number,
  changes: readonly RevisionRecord[],
  visitor: (watcher: Watcher, batch: EventBatch) => void,
): void {
  const [lone] = changes;
  // The most frequent case: all its watchers share one batch.
  if (lone !== undefined && changes.length === 1) {
    const batch = { events: [eventOf(lone)], moreRevision: 0 };
    const watchers: Watcher[] = [];
    group.visit(lone.kv.key, (watcher) => {
      if (revision >= watcher.minRevision) watchers.push(watcher);
    });
    for (const watcher of watchers) visitor(watcher, batch);
    return;
  }
  const eventsOf = new Map<Watcher, Event[]>();
  for (const change of changes) {
    const event = eventOf(change);
    group.visit(change.kv.key, (watcher) => {
      if (revision < watcher.minRevision) return;
      const events = eventsOf.get(watcher);
      if (events === undefined) eventsOf.set(watcher, [event]);
      else events.push(event);
    });
  }
  for (const [watcher, events] of eventsOf) visitor(watcher, { events, moreRevision: 0 });
}

/** Collects batches out of history; feed it records in order. */
export class BatchCollector {
  readonly batches = new Map<Watcher, EventBatch>();
  private readonly group: WatcherGroup;
  private readonly revisionsMax: number;
  private full = 0;

  constructor(group: WatcherGroup, revisionsMax: number) {
    this.group = group;
    this.revisionsMax = revisionsMax;
  }

  /** Returns false if no watcher of the group can take more. */
  add(record: RevisionRecord): boolean {
    const { main } = record.revision;
    let event: Event | null = null;
    this.group.visit(record.kv.key, (watcher) => {
      if (main < watcher.minRevision) return;
      const batch = (this.batches.get(watcher) ?? this.start(watcher)) as GrowingBatch;
      if (batch.moreRevision !== 0) return;
      const last = batch.events[batch.events.length - 1];
      if (last?.kv.mod_revision !== main) {
        if (batch.revisions === this.revisionsMax) {
          batch.moreRevision = main;
          this.full++;
          return;
        }
        batch.revisions++;
      }
      event ??= eventOf(record);
      batch.events.push(event);
    });
    return this.full < this.group.size;
  }

  private start(watcher: Watcher): GrowingBatch {
    const batch: GrowingBatch = { events: [], moreRevision: 0, revisions: 0 };
    this.batches.set(watcher, batch);
    return batch;
  }
}
