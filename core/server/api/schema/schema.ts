/**
 * Messages as tables: for each field its number, name and type on the wire. The wire format and the JSON form are both made from
 * them, so a number or a name stands in one place only. TypeScript checks each table against its message type: no field can be
 * left out, and its type and whether it may be absent must fit.
 */
import type { ByteString } from '../../../base/bytes.ts';

/** How a single value of a field is written. */
export type ValueType =
  | { readonly kind: 'bool' }
  /** As a number: beyond 2^53 either way it becomes the nearest number within, since nothing counted comes near it. */
  | { readonly kind: 'int64' }
  | { readonly kind: 'uint64' }
  | { readonly kind: 'uint32' }
  /** As a bigint: ids, which use all bits. */
  | { readonly kind: 'int64Id' }
  | { readonly kind: 'uint64Id' }
  /** Base64 in JSON. */
  | { readonly kind: 'bytes' }
  /** Text in JSON. */
  | { readonly kind: 'string' }
  /** Names in the order of their numbers, from 0. */
  | { readonly kind: 'enum'; readonly names: readonly string[] }
  | { readonly kind: 'message'; readonly schema: () => AnySchema };

export interface FieldSpec {
  readonly number: number;
  readonly type: ValueType;
  readonly repeated: boolean;
  /**
   * `required`: always there in memory, if only as zero; `optional`: absent if it was not on the wire; `oneof`: optional, and written
   * even if zero, because that it is there is what it says. A message has at most one oneof.
   */
  readonly presence: 'required' | 'optional' | 'oneof';
}

/** A field of a known type. `Value` and `Optional` exist for the type checker only. */
export interface Field<Value, Optional extends boolean> extends FieldSpec {
  readonly checked?: { readonly value: (value: Value) => Value; readonly optional: Optional };
}

/** What a table for messages of type T must have. */
export type Fields<T> = {
  readonly [Name in keyof T]-?: Field<Exclude<T[Name], undefined>, undefined extends T[Name] ? true : false>;
};

export interface NamedField extends FieldSpec {
  readonly name: string;
  /** The other name that JSON requests may use. */
  readonly camelName: string;
}

/** The fields of one message, by name, before they are typed. */
export type RawMessage = Readonly<Record<string, unknown>>;

export interface MessageSchema<T> {
  /** With its package, such as `etcdserverpb.PutRequest`. */
  readonly name: string;
  /** In the order of the protocol's text, which is that of JSON; the wire's is that of the numbers. */
  readonly fields: readonly NamedField[];
  /** If the message in memory is not simply its fields: a union. */
  readonly toFields?: (value: T) => RawMessage;
  /** Throws a RangeError that says what is missing. */
  readonly fromFields?: (fields: RawMessage) => T;
}

export type AnySchema = MessageSchema<never> | MessageSchema<unknown>;

function field<Value>(number: number, type: ValueType): Field<Value, false> {
  return { number, type, repeated: false, presence: 'required' };
}

export const bool = (number: number): Field<boolean, false> => field(number, { kind: 'bool' });
export const int64 = (number: number): Field<number, false> => field(number, { kind: 'int64' });
export const uint64 = (number: number): Field<number, false> => field(number, { kind: 'uint64' });
export const uint32 = (number: number): Field<number, false> => field(number, { kind: 'uint32' });
export const int64Id = (number: number): Field<bigint, false> => field(number, { kind: 'int64Id' });
export const uint64Id = (number: number): Field<bigint, false> => field(number, { kind: 'uint64Id' });
export const bytes = (number: number): Field<ByteString, false> => field(number, { kind: 'bytes' });
export const string = (number: number): Field<ByteString, false> => field(number, { kind: 'string' });

export function enumeration<Name extends string>(number: number, names: readonly Name[]): Field<Name, false> {
  return field(number, { kind: 'enum', names });
}

/** A nested message. A function gives the schema of one that contains itself. */
export function message<T>(
  number: number,
  schema: MessageSchema<T> | (() => MessageSchema<T>),
): Field<T, false> {
  const find = typeof schema === 'function' ? schema : (): MessageSchema<T> => schema;
  return field(number, { kind: 'message', schema: find as () => AnySchema });
}

export function repeated<Value>(element: Field<Value, false>): Field<readonly Value[], false> {
  const { number, type } = element;
  return { number, type, repeated: true, presence: 'required' };
}

export function optional<Value>(required: Field<Value, false>): Field<Value, true> {
  const { number, type, repeated: many } = required;
  return { number, type, repeated: many, presence: 'optional' };
}

export function oneof<Value>(member: Field<Value, false>): Field<Value, true> {
  const { number, type } = member;
  return { number, type, repeated: false, presence: 'oneof' };
}

export function schemaOf<T>(name: string, fields: Fields<T>): MessageSchema<T> {
  const specs = Object.entries<FieldSpec>(fields);
  return { name, fields: specs.map(([key, spec]) => ({ ...spec, name: key, camelName: camelCase(key) })) };
}

/** A message whose form in memory is a union, given by its fields and the ways to and from them. */
export function unionSchema<T, Raw>(
  name: string,
  fields: Fields<Raw>,
  toFields: (value: T) => Raw,
  fromFields: (raw: Raw) => T,
): MessageSchema<T> {
  return {
    ...schemaOf<Raw>(name, fields),
    toFields: toFields as unknown as (value: T) => RawMessage,
    fromFields: fromFields as unknown as (raw: RawMessage) => T,
  };
}

/** protoc's JSON name: no underscore, but a capital behind it. */
function camelCase(name: string): string {
  return name.replace(/_(.)/g, (_match, letter: string) => letter.toUpperCase());
}
