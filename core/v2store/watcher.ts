import { eventIndex, type V2Event } from './event.ts';

/** Events that wait for a slow watcher; with one more it is removed (etcd). */
export const watcherEventsMax = 100;

/** Whoever waits for events. They queue here until `take` fetches them. */
export class V2Watcher {
  readonly recursive: boolean;
  /** Gets events until it is removed; otherwise one event ends it. */
  readonly stream: boolean;
  readonly sinceIndex: number;
  /** The store's index when the watch began (the v2 API's X-Etcd-Index). */
  readonly startIndex: number;
  /** Called when an event came or the watcher was closed. It may take events, and must not use the store. */
  onReady: (() => void) | null = null;
  private readonly queue: V2Event[] = [];
  private removed = false;
  private readonly onRemove: (watcher: V2Watcher) => void;
  private overflown = false;

  constructor(
    options: Pick<V2Watcher, 'recursive' | 'stream' | 'sinceIndex' | 'startIndex'>,
    onRemove: (watcher: V2Watcher) => void,
  ) {
    this.recursive = options.recursive;
    this.stream = options.stream;
    this.sinceIndex = options.sinceIndex;
    this.startIndex = options.startIndex;
    this.onRemove = onRemove;
  }

  /** The next event; null if there is none (yet). */
  take(): V2Event | null {
    return this.queue.shift() ?? null;
  }

  /** No event will come any more; those that wait can still be taken. */
  get isClosed(): boolean {
    return this.removed;
  }

  /** It was removed because nobody took its events in time. */
  get isOverflown(): boolean {
    return this.overflown;
  }

  /** Ends the watch. */
  remove(): void {
    if (this.removed) return;
    this.removed = true;
    this.onRemove(this);
    this.onReady?.();
  }

  /** Offers an event; false if the watcher is not interested. For the store's hub. */
  offer(event: V2Event, ownPath: boolean, deleted: boolean): boolean {
    const wanted = (this.recursive || ownPath || deleted) && eventIndex(event) >= this.sinceIndex;
    if (!wanted || this.removed) return false;
    if (this.queue.length === watcherEventsMax) {
      this.overflown = true;
      this.remove();
      return true;
    }
    this.push(event);
    return true;
  }

  /** Queues an event, and ends a watcher that waited for just one. */
  push(event: V2Event): void {
    this.queue.push(event);
    if (this.stream) this.onReady?.();
    else this.remove();
  }
}
