/**
 * JSON requests, as the gateway of etcd takes them: fields under the protocol's name or its camel case, integers as numbers or as
 * strings, enums by name or by number, null as absent, unknown fields ignored. Errors name the field.
 */
import type { ByteString } from '../../../base/bytes.ts';
import { fromText } from '../../../base/bytes.ts';
import type { AnySchema, MessageSchema, NamedField, ValueType } from '../schema/schema.ts';
import { zeroMessage } from '../wire/codec.ts';
import { fromBase64 } from './base64.ts';
import { JsonError, parseJson } from './parse.ts';
import type { JsonObject, JsonValue } from './parse.ts';

/** Throws JsonError. An empty text counts as {}. */
export function messageFromJson<T>(schema: MessageSchema<T>, text: string): T {
  const value: JsonValue = text.trim() === '' ? new Map<string, JsonValue>() : parseJson(text);
  return fromValue(schema, value, '');
}

function fromValue<T>(schema: MessageSchema<T>, value: JsonValue, path: string): T {
  const object = objectOf(value, path);
  const fields: Record<string, unknown> = {};
  for (const spec of schema.fields) {
    const member = object.get(spec.name) ?? object.get(spec.camelName) ?? null;
    const at = path === '' ? spec.name : `${path}.${spec.name}`;
    if (member !== null) fields[spec.name] = fieldFromJson(spec, member, at);
    else if (spec.presence === 'required') fields[spec.name] = absentValue(spec);
  }
  const { fromFields } = schema;
  if (fromFields === undefined) return fields as unknown as T;
  try {
    return fromFields(fields);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new JsonError(path === '' ? error.message : `${path}: ${error.message}`);
  }
}

function objectOf(value: JsonValue, path: string): JsonObject {
  if (value instanceof Map) return value as JsonObject;
  throw wrong(path, 'an object', value);
}

function absentValue({ repeated, type }: NamedField): unknown {
  if (repeated) return [];
  switch (type.kind) {
    case 'bool':
      return false;
    case 'int64':
    case 'uint64':
    case 'uint32':
      return 0;
    case 'int64Id':
    case 'uint64Id':
      return 0n;
    case 'bytes':
    case 'string':
      return '';
    case 'enum':
      return type.names[0];
    case 'message':
      return zeroMessage(type.schema() as MessageSchema<unknown>);
  }
}

function fieldFromJson(spec: NamedField, value: JsonValue, path: string): unknown {
  if (!spec.repeated) return valueFromJson(spec.type, value, path);
  if (!Array.isArray(value)) throw wrong(path, 'an array', value);
  const elements = value as readonly JsonValue[];
  return elements.map((element, index) => valueFromJson(spec.type, element, `${path}[${index}]`));
}

function valueFromJson(type: ValueType, value: JsonValue, path: string): unknown {
  switch (type.kind) {
    case 'bool':
      if (typeof value !== 'boolean') throw wrong(path, 'true or false', value);
      return value;
    case 'int64':
    case 'uint64':
    case 'uint32':
      return clamp(integer(type.kind, value, path));
    case 'int64Id':
    case 'uint64Id':
      return integer(type.kind, value, path);
    case 'bytes':
      return bytesFromJson(value, path);
    case 'string':
      if (typeof value !== 'string') throw wrong(path, 'a string', value);
      return fromText(value);
    case 'enum':
      return enumFromJson(type.names, value, path);
    case 'message':
      return fromValue(type.schema() as MessageSchema<AnySchema>, value, path);
  }
}

const bounds: { readonly [Kind in ValueType['kind']]?: readonly [bigint, bigint] } = {
  int64: [-0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn],
  int64Id: [-0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn],
  uint64: [0n, 0xffff_ffff_ffff_ffffn],
  uint64Id: [0n, 0xffff_ffff_ffff_ffffn],
  uint32: [0n, 0xffff_ffffn],
};

function integer(kind: ValueType['kind'], value: JsonValue, path: string): bigint {
  const parsed = typeof value === 'string' && /^-?(?:0|[1-9]\d*)$/.test(value) ? BigInt(value) : value;
  const [min, max] = bounds[kind] ?? [0n, 0n];
  if (typeof parsed !== 'bigint' || parsed < min || parsed > max) {
    throw wrong(path, `an integer from ${min} to ${max}`, value);
  }
  return parsed;
}

const numberMax = BigInt(Number.MAX_SAFE_INTEGER);

/** As on the wire: a number beyond 2^53 either way becomes the nearest one within. */
function clamp(value: bigint): number {
  if (value > numberMax) return Number.MAX_SAFE_INTEGER;
  return value < -numberMax ? Number.MIN_SAFE_INTEGER : Number(value);
}

function bytesFromJson(value: JsonValue, path: string): ByteString {
  const bytes = typeof value === 'string' ? fromBase64(value) : null;
  if (bytes === null) throw wrong(path, 'base64', value);
  return bytes;
}

function enumFromJson(names: readonly string[], value: JsonValue, path: string): string {
  const name = typeof value === 'bigint' ? names[Number(value)] : value;
  if (typeof name !== 'string' || !names.includes(name)) {
    throw wrong(path, `one of ${names.join(', ')}`, value);
  }
  return name;
}

const shownMax = 40;

function wrong(path: string, expected: string, found: JsonValue): JsonError {
  return new JsonError(`${path === '' ? 'message' : path}: expected ${expected}, found ${describe(found)}`);
}

function describe(value: JsonValue): string {
  if (typeof value === 'string') {
    return `"${value.length > shownMax ? `${value.slice(0, shownMax)}...` : value}"`;
  }
  if (value instanceof Map) return 'an object';
  return Array.isArray(value) ? 'an array' : String(value as null | boolean | number | bigint);
}
