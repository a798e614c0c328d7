import { type ByteString, emptyByteString, fromBytes, fromText } from '../../../base/bytes.ts';
import type { MessageSchema } from '../../../server/api/schema/schema.ts';
import { encodeMessage } from '../../../server/api/wire/codec.ts';
import { CtlFailure, ctlExit } from '../failure.ts';
import { messageToGoJson } from './go_json.ts';

export const forms = ['simple', 'fields', 'json', 'table', 'protobuf'] as const;
export type Form = (typeof forms)[number];

/** One answer in the forms that it has: complete texts with the ends of their lines. */
export interface Shown {
  readonly simple: (hex: boolean) => ByteString;
  readonly json?: () => string;
  readonly fields?: () => ByteString;
  readonly table?: () => string;
  readonly protobuf?: () => Uint8Array;
}

/** JSON and protobuf of an answer follow from its table. */
export function shownMessage<T>(
  schema: MessageSchema<T>,
  message: T,
  texts: Pick<Shown, 'simple' | 'fields' | 'table'>,
): Shown {
  return {
    json: () => messageToGoJson(schema, message),
    protobuf: () => encodeMessage(schema, message),
    ...texts,
  };
}

/** Throws CtlFailure for a form that the answer does not have. */
export function textOf(shown: Shown, form: Form, hex: boolean): ByteString {
  if (form === 'simple') return shown.simple(hex);
  const { json, fields, table, protobuf } = shown;
  if (form === 'json' && json !== undefined) return fromText(`${json()}\n`);
  if (form === 'fields' && fields !== undefined) return fields();
  if (form === 'table' && table !== undefined) return fromText(table());
  if (form === 'protobuf' && protobuf !== undefined) return fromBytes(protobuf());
  throw new CtlFailure(ctlExit.badFeature, `${form} not supported as output format`);
}

export function lines(...texts: readonly string[]): ByteString {
  return fromText(texts.map((text) => `${text}\n`).join(''));
}

export function join(parts: readonly ByteString[]): ByteString {
  return parts.length === 0 ? emptyByteString : (parts.join('') as ByteString);
}
