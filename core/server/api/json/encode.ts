/**
 * Messages as the JSON gateway of etcd 3.4 prints them: fields in the order of the protocol's text under their own names, zero values
 * left out, integers of 64 bits as strings, bytes as base64, enums by name, no space.
 */
import { toText } from '../../../base/bytes.ts';
import type { ByteString } from '../../../base/bytes.ts';
import type { AnySchema, MessageSchema, NamedField, RawMessage, ValueType } from '../schema/schema.ts';
import { toBase64 } from './base64.ts';

export function messageToJson<T>(schema: MessageSchema<T>, value: T): string {
  const { toFields } = schema;
  const fields = toFields === undefined ? (value as unknown as RawMessage) : toFields(value);
  const members: string[] = [];
  for (const spec of schema.fields) {
    const field = fields[spec.name];
    if (field === undefined || isLeftOut(spec, field)) continue;
    members.push(`${quote(spec.name)}:${fieldToJson(spec, field)}`);
  }
  return `{${members.join(',')}}`;
}

/** Members of a oneof and nested messages are printed even when they are zero. */
function isLeftOut(spec: NamedField, value: unknown): boolean {
  if (spec.repeated) return (value as readonly unknown[]).length === 0;
  return spec.presence !== 'oneof' && isZero(spec.type, value);
}

function isZero(type: ValueType, value: unknown): boolean {
  if (type.kind === 'enum') return value === type.names[0];
  return value === 0 || value === 0n || value === '' || value === false;
}

function fieldToJson(spec: NamedField, value: unknown): string {
  if (!spec.repeated) return valueToJson(spec.type, value);
  return `[${(value as readonly unknown[]).map((element) => valueToJson(spec.type, element)).join(',')}]`;
}

function valueToJson(type: ValueType, value: unknown): string {
  switch (type.kind) {
    case 'bool':
    case 'uint32':
      return String(value);
    case 'int64':
    case 'uint64':
    case 'int64Id':
    case 'uint64Id':
      return `"${String(value)}"`;
    case 'bytes':
      return `"${toBase64(value as ByteString)}"`;
    case 'string':
      return quote(toText(value as ByteString));
    case 'enum':
      return `"${String(value)}"`;
    case 'message':
      return messageToJson(type.schema() as MessageSchema<AnySchema>, value as AnySchema);
  }
}

/** Go's encoding/json escapes what could end a script element, and line separators, too; it has no short forms but three. */
export function quote(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const escaped = text.replace(/["\\\u0000-\u001f<>&\u2028\u2029]/g, (character) => {
    const short = shortEscapes.get(character);
    return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
