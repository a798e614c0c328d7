import { type ByteString, emptyByteString } from '../../../base/bytes.ts';
import type {
  DeleteRangeResponse,
  KeyValue,
  PutResponse,
  RangeResponse,
  TxnResponse,
} from '../../../server/api/index.ts';
import * as schema from '../../../server/api/schema/kv.ts';
import { field, headerFields, pairFields } from './fields.ts';
import { allHex } from './go_text.ts';
import { type Shown, join, lines, shownMessage } from './shown.ts';

export function bytesLine(bytes: ByteString, hex: boolean): ByteString {
  return `${hex ? allHex(bytes) : bytes}\n` as ByteString;
}

export function pairLines({ key, value }: KeyValue, hex: boolean, valueOnly = false): ByteString {
  return join([valueOnly ? emptyByteString : bytesLine(key, hex), bytesLine(value, hex)]);
}

export function shownRange(response: RangeResponse, valueOnly = false): Shown {
  return shownMessage(schema.rangeResponse, response, {
    simple: (hex) => join(response.kvs.map((kv) => pairLines(kv, hex, valueOnly))),
    fields: () =>
      join([
        headerFields(response.header),
        ...response.kvs.map((kv) => pairFields('', kv)),
        field('More', response.more),
        field('Count', response.count),
      ]),
  });
}

export function shownPut(response: PutResponse): Shown {
  const { header, prev_kv: previous } = response;
  return shownMessage(schema.putResponse, response, {
    simple: (hex) => join([lines('OK'), previous === undefined ? emptyByteString : pairLines(previous, hex)]),
    fields: () =>
      join([headerFields(header), previous === undefined ? emptyByteString : pairFields('Prev', previous)]),
  });
}

export function shownDelete(response: DeleteRangeResponse): Shown {
  const { header, deleted, prev_kvs: previous } = response;
  return shownMessage(schema.deleteRangeResponse, response, {
    simple: (hex) => join([lines(String(deleted)), ...previous.map((kv) => pairLines(kv, hex))]),
    fields: () =>
      join([
        headerFields(header),
        field('Deleted', deleted),
        ...previous.map((kv) => pairFields('Prev', kv)),
      ]),
  });
}

type Answer = TxnResponse['responses'][number];

function shownAnswer(answer: Answer): Shown {
  if (answer.kind === 'range') return shownRange(answer.range);
  if (answer.kind === 'put') return shownPut(answer.put);
  if (answer.kind === 'delete_range') return shownDelete(answer.delete_range);
  return shownTxn(answer.txn);
}

export function shownTxn(response: TxnResponse): Shown {
  const { header, succeeded, responses } = response;
  const answers = responses.map(shownAnswer);
  return shownMessage(schema.txnResponse, response, {
    simple: (hex) =>
      join([
        lines(succeeded ? 'SUCCESS' : 'FAILURE'),
        ...answers.flatMap((answer) => [lines(''), answer.simple(hex)]),
      ]),
    fields: () =>
      join([
        headerFields(header),
        field('Succeeded', succeeded),
        ...answers.map((answer) => answer.fields?.() ?? emptyByteString),
      ]),
  });
}
