import { type ByteString, emptyByteString } from '../../../base/bytes.ts';
import type { Event, WatchResponse } from '../../../server/api/index.ts';
import { responseHeader } from '../../../server/api/schema/kv.ts';
import * as schema from '../../../server/api/schema/watch.ts';
import { field, headerFields, pairFields } from './fields.ts';
import { messageToGoJson } from './go_json.ts';
import { pairLines } from './kv.ts';
import { type Shown, join, lines, shownMessage } from './shown.ts';

function eventLines({ type, kv, prev_kv: previous }: Event, hex: boolean): ByteString {
  return join([
    lines(type),
    previous === undefined ? emptyByteString : pairLines(previous, hex),
    pairLines(kv, hex),
  ]);
}

function eventFields({ type, kv, prev_kv: previous }: Event): ByteString {
  return join([
    field('Type', type),
    previous === undefined ? emptyByteString : pairFields('Prev', previous),
    pairFields('', kv),
  ]);
}

function json({ header, events, compact_revision, canceled, created }: WatchResponse): string {
  const list = events.map((event) => messageToGoJson(schema.event, event)).join(',');
  return [
    `{"Header":${messageToGoJson(responseHeader, header)}`,
    `"Events":${events.length === 0 ? 'null' : `[${list}]`}`,
    `"CompactRevision":${compact_revision}`,
    `"Canceled":${canceled}`,
    `"Created":${created}}`,
  ].join(',');
}

export function shownWatch(response: WatchResponse): Shown {
  const { header, events } = response;
  return {
    ...shownMessage(
      schema.watchResponse,
      { ...response, watch_id: 0 },
      {
        simple: (hex) => join(events.map((event) => eventLines(event, hex))),
        fields: () => join([headerFields(header), ...events.map(eventFields)]),
      },
    ),
    json: () => json(response),
  };
}
