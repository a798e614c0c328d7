import type { ByteString } from '../base/bytes.ts';
import type { KeyValue } from '../mvcc/index.ts';

/** Kinds of events to leave out. */
export type WatchFilter = 'NOPUT' | 'NODELETE';

/** etcdserverpb.WatchCreateRequest. */
export interface WatchCreateRequest {
  readonly key: ByteString;
  /** Absent or empty: this key alone. "\0": every key >= `key`. Otherwise keys in [key, range_end). */
  readonly range_end?: ByteString;
  /** First revision of interest, past or future; absent or 0: from now on. */
  readonly start_revision?: number;
  /** True: answers without events now and then tell how far the watcher has come. */
  readonly progress_notify?: boolean;
  readonly filters?: readonly WatchFilter[];
  /** True: events carry the pair as it was before, unless that was compacted. */
  readonly prev_kv?: boolean;
  /** Absent or 0: the stream chooses. Unique within the stream. */
  readonly watch_id?: number;
  /** True: large answers may be split, even within a revision. */
  readonly fragment?: boolean;
}

export type EventType = 'PUT' | 'DELETE';

/** mvccpb.Event: one change of one key. Immutable, and shared by all watchers that get it. */
export interface Event {
  readonly type: EventType;
  /** After a delete it has the key and, as `mod_revision`, the delete's revision. */
  readonly kv: KeyValue;
  readonly prev_kv?: KeyValue;
}

/** etcdserverpb.WatchResponse, of whose header it knows the revision alone. */
export interface WatchResponse {
  /** For the header. All events up to it have been sent if there are none here; 0 if the watcher was compacted away. */
  readonly revision: number;
  /** `noWatchId`: no watcher in particular. */
  readonly watch_id: number;
  /** True: the answer to a create request. */
  readonly created: boolean;
  /** True: the watcher is gone (or never was), nothing more will come for it. */
  readonly canceled: boolean;
  /** If canceled because revisions it needs were compacted: the lowest revision that can be watched; else 0. */
  readonly compact_revision: number;
  readonly cancel_reason: ByteString;
  /** True: the next answer goes on where this one ends. */
  readonly fragment: boolean;
  readonly events: readonly Event[];
}

/** The watch id of answers that are about no watcher (clientv3.InvalidWatchID). */
export const noWatchId = -1;
