import type * as watch from '../watch.ts';
import { keyValue, responseHeader } from './kv.ts';
import { bool, bytes, enumeration, int64, message, oneof, optional, repeated } from './schema.ts';
import { schemaOf, string, unionSchema } from './schema.ts';
import type { MessageSchema } from './schema.ts';

const filters: readonly watch.WatchFilter[] = ['NOPUT', 'NODELETE'];
const eventTypes: readonly watch.EventType[] = ['PUT', 'DELETE'];

const watchCreateRequest = schemaOf<watch.WatchCreateRequest>('etcdserverpb.WatchCreateRequest', {
  key: bytes(1),
  range_end: optional(bytes(2)),
  start_revision: optional(int64(3)),
  progress_notify: optional(bool(4)),
  filters: optional(repeated(enumeration(5, filters))),
  prev_kv: optional(bool(6)),
  watch_id: optional(int64(7)),
  fragment: optional(bool(8)),
});

const watchCancelRequest = schemaOf<watch.WatchCancelRequest>('etcdserverpb.WatchCancelRequest', {
  watch_id: int64(1),
});

const watchProgressRequest = schemaOf<watch.WatchProgressRequest>('etcdserverpb.WatchProgressRequest', {});

interface RawWatchRequest {
  readonly create_request?: watch.WatchCreateRequest;
  readonly cancel_request?: watch.WatchCancelRequest;
  readonly progress_request?: watch.WatchProgressRequest;
}

export const watchRequest: MessageSchema<watch.WatchRequest> = unionSchema<
  watch.WatchRequest,
  RawWatchRequest
>(
  'etcdserverpb.WatchRequest',
  {
    create_request: oneof(message(1, watchCreateRequest)),
    cancel_request: oneof(message(2, watchCancelRequest)),
    progress_request: oneof(message(3, watchProgressRequest)),
  },
  (request) => {
    if (request.kind === 'create') return { create_request: request.create };
    if (request.kind === 'cancel') return { cancel_request: request.cancel };
    return { progress_request: request.progress };
  },
  ({ create_request: create, cancel_request: cancel, progress_request: progress }) => {
    if (create !== undefined) return { kind: 'create', create };
    if (cancel !== undefined) return { kind: 'cancel', cancel };
    if (progress !== undefined) return { kind: 'progress', progress };
    throw new RangeError('none of create_request, cancel_request, progress_request is set');
  },
);

export const event = schemaOf<watch.Event>('mvccpb.Event', {
  type: enumeration(1, eventTypes),
  kv: message(2, keyValue),
  prev_kv: optional(message(3, keyValue)),
});

export const watchResponse = schemaOf<watch.WatchResponse>('etcdserverpb.WatchResponse', {
  header: message(1, responseHeader),
  watch_id: int64(2),
  created: bool(3),
  canceled: bool(4),
  compact_revision: int64(5),
  cancel_reason: string(6),
  fragment: bool(7),
  events: repeated(message(11, event)),
});
