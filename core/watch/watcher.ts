import type { KeyRange } from '../mvcc/index.ts';
import type { Event } from './messages.ts';

/**
 * `synced`: has seen everything (or starts in the future) and gets changes as they happen.
 * `unsynced`: has to read old revisions first.
 * `victim`: its stream had no room for its events; they are kept until it has.
 */
export type WatcherState = 'synced' | 'unsynced' | 'victim' | 'gone';

/** Where a watcher's answers go. */
export interface WatcherOutput {
  /** False if all slots are taken: nothing was queued. */
  offerEvents(watcher: Watcher, events: readonly Event[], revision: number): boolean;
  offerCompacted(watcher: Watcher, compactRevision: number): boolean;
}

export interface WatcherOptions {
  readonly id: number;
  readonly range: KeyRange;
  /** As the client asked: 0 for "from now on". */
  readonly startRevision: number;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  readonly prevKv: boolean;
  readonly fragment: boolean;
  readonly progressNotify: boolean;
}

export interface Watcher extends WatcherOptions {
  readonly output: WatcherOutput;
  /** The next revision to hand to the stream: all before were handed over, or are kept for it. */
  minRevision: number;
  state: WatcherState;
  /** No events were sent since the last progress interval began. */
  silent: boolean;
}

export function newWatcher(options: WatcherOptions, output: WatcherOutput): Watcher {
  return { ...options, output, minRevision: options.startRevision, state: 'gone', silent: true };
}

/** The events that the watcher's filters leave. */
export function filterEvents(watcher: Watcher, events: readonly Event[]): readonly Event[] {
  if (!watcher.noPut && !watcher.noDelete) return events;
  return events.filter((event) => !(event.type === 'PUT' ? watcher.noPut : watcher.noDelete));
}
