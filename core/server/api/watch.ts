/** etcd's Watch service: one stream in both directions that carries any number of watchers. */
import type { ByteString } from '../../base/bytes.ts';
import type { KeyValue } from '../../mvcc/key_value.ts';
import type { ResponseHeader } from './header.ts';

/** Kinds of events to leave out. */
export type WatchFilter = 'NOPUT' | 'NODELETE';

export interface WatchCreateRequest {
  readonly key: ByteString;
  /** As in RangeRequest. */
  readonly range_end?: ByteString;
  /** First revision of interest; absent or 0: from now on. */
  readonly start_revision?: number;
  /** True: answers without events now and then tell how far the watcher has come. */
  readonly progress_notify?: boolean;
  readonly filters?: readonly WatchFilter[];
  /** True: events carry the pair as it was before. */
  readonly prev_kv?: boolean;
  /** Absent or 0: the member chooses. Unique within the stream. */
  readonly watch_id?: number;
  /** True: the events of one revision may be split over several answers if they are large. */
  readonly fragment?: boolean;
}

export interface WatchCancelRequest {
  readonly watch_id: number;
}

/** Asks for one progress answer that holds for all watchers of the stream. */
export type WatchProgressRequest = Readonly<Record<string, never>>;

export type WatchRequest =
  | { readonly kind: 'create'; readonly create: WatchCreateRequest }
  | { readonly kind: 'cancel'; readonly cancel: WatchCancelRequest }
  | { readonly kind: 'progress'; readonly progress: WatchProgressRequest };

export type EventType = 'PUT' | 'DELETE';

/** mvccpb.Event: one change of one key. */
export interface Event {
  readonly type: EventType;
  /** After a delete it has the key and, as `mod_revision`, the delete's revision. */
  readonly kv: KeyValue;
  readonly prev_kv?: KeyValue;
}

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
