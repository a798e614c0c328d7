import { emptyByteString } from '../../../base/bytes.ts';
import type { ByteString } from '../../../base/bytes.ts';
import { ProtobufError } from '../../../base/protobuf.ts';
import type { ProtobufReader, ProtobufWriter } from '../../../base/protobuf.ts';
import type { AnySchema, FieldSpec, NamedField } from '../schema/schema.ts';

/** How the values of one field are written and read, with the field's number and what zero means for it built in. */
export interface ValueCodec {
  write(writer: ProtobufWriter, value: unknown): void;
  /** `present` is what earlier occurrences of the field gave. */
  read(reader: ProtobufReader, depth: number, present: unknown): unknown;
  /** What a required field is when it is not on the wire. */
  zero(): unknown;
}

/** A nested message's codec; found late, because messages may contain themselves. */
export interface NestedCodec {
  readonly encode: (writer: ProtobufWriter, message: unknown) => void;
  decode(reader: ProtobufReader, depth: number): unknown;
  zero(): unknown;
}

export type FindNested = (schema: AnySchema) => NestedCodec;

type Write = (writer: ProtobufWriter, value: unknown) => void;
type Read = (reader: ProtobufReader, depth: number) => unknown;

interface Single {
  /** Writes the value even if it is zero. */
  readonly write: Write;
  readonly read: Read;
  /** Null: never skipped. */
  readonly zero: unknown;
}

export function valueCodec(spec: NamedField, findNested: FindNested): ValueCodec {
  const single = singleOf(spec, findNested);
  if (spec.repeated) return repeatedOf(spec, single);
  const { write, read, zero } = single;
  if (spec.type.kind === 'message') {
    const { schema } = spec.type;
    return { write, read, zero: () => findNested(schema()).zero() };
  }
  if (spec.presence === 'oneof') return { write, read, zero: () => zero };
  const writeNonZero: Write = (writer, value) => {
    if (value !== zero) write(writer, value);
  };
  return { write: writeNonZero, read, zero: () => zero };
}

function repeatedOf(spec: FieldSpec, { write, read }: Single): ValueCodec {
  const zero = (): unknown[] => [];
  if (spec.type.kind === 'enum') return packedEnum(spec.number, spec.type.names);
  return {
    write: (writer, values) => {
      for (const value of values as readonly unknown[]) write(writer, value);
    },
    read: (reader, depth, present) => {
      const list = (present as unknown[] | undefined) ?? [];
      list.push(read(reader, depth));
      return list;
    },
    zero,
  };
}

/** proto3 packs repeated numbers into one field; readers take them one by one, too. */
function packedEnum(field: number, names: readonly string[]): ValueCodec {
  return {
    write: (writer, values) => {
      const list = values as readonly string[];
      // Fewer than 128 names: each number takes one byte.
      if (list.length > 0)
        writer.bytes(
          field,
          Uint8Array.from(list, (name) => names.indexOf(name)),
        );
    },
    read: (reader, _depth, present) => [
      ...((present as readonly string[] | undefined) ?? []),
      ...reader.packed().map((value) => enumName(names, value, `field ${field}`)),
    ],
    zero: () => [],
  };
}

function singleOf(spec: NamedField, findNested: FindNested): Single {
  const { number: field, name } = spec;
  const { type } = spec;
  switch (type.kind) {
    case 'bool':
      return {
        write: (writer, value) => writer.bool(field, value as boolean),
        read: (reader) => reader.bool(),
        zero: false,
      };
    case 'int64':
      return {
        write: (writer, value) => writer.varint(field, value as number),
        read: (reader) => reader.intClamped(),
        zero: 0,
      };
    case 'uint64':
    case 'uint32':
      return {
        write: (writer, value) => writer.varint(field, value as number),
        read: (reader) => reader.uint(),
        zero: 0,
      };
    case 'int64Id':
      return {
        write: (writer, value) => writer.uint64(field, value as bigint),
        read: (reader) => BigInt.asIntN(64, reader.uint64()),
        zero: 0n,
      };
    case 'uint64Id':
      return {
        write: (writer, value) => writer.uint64(field, value as bigint),
        read: (reader) => reader.uint64(),
        zero: 0n,
      };
    case 'bytes':
    case 'string':
      return {
        write: (writer, value) => writer.byteString(field, value as ByteString),
        read: (reader) => reader.byteString(),
        zero: emptyByteString,
      };
    case 'enum': {
      const { names } = type;
      return {
        write: (writer, value) => writer.varint(field, names.indexOf(value as string)),
        read: (reader) => enumName(names, reader.intClamped(), name),
        zero: names[0],
      };
    }
    case 'message': {
      let nested: NestedCodec | null = null;
      const find = (): NestedCodec => (nested ??= findNested(type.schema()));
      return {
        write: (writer, value) => writer.message(field, value, find().encode),
        read: (reader, depth) => find().decode(reader.message(), depth + 1),
        zero: null,
      };
    }
  }
}

/** The name of an enum value read from the wire. Unknown numbers are refused: guessing would change a request's meaning. */
function enumName(names: readonly string[], value: number, what: string): string {
  const name = names[value];
  if (name === undefined) {
    throw new ProtobufError(`${what}: expected 0 to ${names.length - 1}, found ${value}`);
  }
  return name;
}
