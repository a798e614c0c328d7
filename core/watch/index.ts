/** etcd's watches: streams of changes, from any revision that is still there. */
export {
  noWatchId,
  type Event,
  type EventType,
  type WatchCreateRequest,
  type WatchFilter,
  type WatchResponse,
} from './messages.ts';
export type { WatchSource } from './source.ts';
export { WatchableStore } from './watchable_store.ts';
export { WatchErrors } from './watch_error.ts';
export { watchLimits, type WatchLimits } from './watch_limits.ts';
export type { WatchStream } from './watch_stream.ts';
export type { Watcher, WatcherState } from './watcher.ts';
