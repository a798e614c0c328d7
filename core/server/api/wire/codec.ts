/**
 * The wire format of any message that has a table. Fields are written in the order of their numbers and zero values are omitted, as
 * etcd's generated code does; members of a oneof and nested messages are written even when zero, because their presence is the choice.
 */
import { ProtobufError, ProtobufReader, ProtobufWriter } from '../../../base/protobuf.ts';
import type { AnySchema, MessageSchema, NamedField, RawMessage } from '../schema/schema.ts';
import { valueCodec } from './value.ts';
import type { NestedCodec, ValueCodec } from './value.ts';

/** Messages nested deeper than this are refused before they exhaust the stack; etcd's limit of operations is far below it. */
const depthMax = 512;

interface FieldCodec {
  readonly name: string;
  readonly spec: NamedField;
  readonly value: ValueCodec;
}

/** How one type of message is written and read. */
export class WireCodec<T> {
  private readonly schema: MessageSchema<T>;
  private readonly inWireOrder: readonly FieldCodec[];
  private readonly byNumber: ReadonlyMap<number, FieldCodec>;
  private readonly required: readonly FieldCodec[];
  /** For `ProtobufWriter.message`, which takes a bare function. */
  readonly encode: (writer: ProtobufWriter, message: T) => void;

  constructor(schema: MessageSchema<T>) {
    this.schema = schema;
    const codecs = schema.fields.map((spec) => ({
      name: spec.name,
      spec,
      value: valueCodec(spec, nestedCodec),
    }));
    this.inWireOrder = codecs.toSorted((a, b) => a.spec.number - b.spec.number);
    this.byNumber = new Map(codecs.map((codec) => [codec.spec.number, codec] as const));
    this.required = codecs.filter(({ spec }) => spec.presence === 'required');
    this.encode = (writer, value) => this.write(writer, value);
  }

  private write(writer: ProtobufWriter, value: T): void {
    const { toFields } = this.schema;
    const fields = toFields === undefined ? (value as unknown as RawMessage) : toFields(value);
    for (const { name, value: codec } of this.inWireOrder) {
      const field = fields[name];
      if (field !== undefined) codec.write(writer, field);
    }
  }

  /** Throws ProtobufError on bytes that are no such message. */
  decode(reader: ProtobufReader, depth = 0): T {
    if (depth > depthMax) throw new ProtobufError(`${this.schema.name}: nested deeper than ${depthMax}`);
    const fields = this.zeroFields();
    let chosen: string | null = null;
    while (reader.next()) {
      const codec = this.byNumber.get(reader.field);
      if (codec === undefined) {
        reader.skip();
        continue;
      }
      const { name, spec } = codec;
      if (spec.presence === 'oneof') {
        // A later member of a oneof replaces an earlier one.
        if (chosen !== null && chosen !== name) fields[chosen] = undefined;
        chosen = name;
      }
      fields[name] = codec.value.read(reader, depth, fields[name]);
    }
    return this.finish(fields);
  }

  /** The message without any field on the wire. */
  zero(): T {
    return this.finish(this.zeroFields());
  }

  private zeroFields(): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const { name, value } of this.required) fields[name] = value.zero();
    return fields;
  }

  private finish(fields: RawMessage): T {
    const { fromFields, name } = this.schema;
    if (fromFields === undefined) return fields as unknown as T;
    try {
      return fromFields(fields);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ProtobufError(`${name}: ${error.message}`);
    }
  }
}

const codecs = new WeakMap<AnySchema, WireCodec<never>>();

/** The codec of a schema; made once. */
export function wireCodec<T>(schema: MessageSchema<T>): WireCodec<T> {
  const known = codecs.get(schema as AnySchema);
  if (known !== undefined) return known as unknown as WireCodec<T>;
  const made = new WireCodec(schema);
  codecs.set(schema as AnySchema, made as unknown as WireCodec<never>);
  return made;
}

function nestedCodec(schema: AnySchema): NestedCodec {
  return wireCodec(schema as MessageSchema<unknown>);
}

export function encodeMessage<T>(schema: MessageSchema<T>, value: T): Uint8Array {
  const writer = new ProtobufWriter();
  wireCodec(schema).encode(writer, value);
  return writer.finish();
}

/** Throws ProtobufError on bytes that are no such message. */
export function decodeMessage<T>(schema: MessageSchema<T>, bytes: Uint8Array): T {
  return wireCodec(schema).decode(new ProtobufReader(bytes));
}

/** The message whose fields are all zero or absent. */
export function zeroMessage<T>(schema: MessageSchema<T>): T {
  return wireCodec(schema).zero();
}
