/** etcd's Watch service: one stream in both directions that carries any number of watchers. */
import type { ByteString } from '../../base/bytes.ts';
import type { Event, EventType, WatchCreateRequest, WatchFilter } from '../../watch/index.ts';
import type { ResponseHeader } from './header.ts';

export type { Event, EventType, WatchCreateRequest, WatchFilter };

export interface WatchCancelRequest {
  readonly watch_id: number;
}

/** Asks for one progress answer that holds for all watchers of the stream. */
export type WatchProgressRequest = Readonly<Record<string, never>>;

export type WatchRequest =
  | { readonly kind: 'create'; readonly create: WatchCreateRequest }
  | { readonly kind: 'cancel'; readonly cancel: WatchCancelRequest }
  | { readonly kind: 'progress'; readonly progress: WatchProgressRequest };

/** etcdserverpb.WatchResponse. */
export interface WatchResponse {
  readonly header: ResponseHeader;
  /** -1: no watcher in particular. */
  readonly watch_id: number;
  /** True: the answer to a create request. */
  readonly created: boolean;
  /** True: the watcher is gone, nothing more will come for it. */
  readonly canceled: boolean;
  /** If canceled because the start revision was compacted: the lowest revision that can be watched. */
  readonly compact_revision: number;
  readonly cancel_reason: ByteString;
  /** True: the next answer goes on with the same revision. */
  readonly fragment: boolean;
  readonly events: readonly Event[];
}
