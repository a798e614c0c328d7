import { fromText } from '../../core/base/bytes.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import * as fc from 'fast-check';
import { raftFields, rpcs, snapshotRpc, watchRpc } from '../../core/server/api/index.ts';
import type { MessageSchema, NamedField, ValueType } from '../../core/server/api/schema/schema.ts';

export type Schema = MessageSchema<unknown>;

/** Every message that a rpc or a raft entry can hold, by name, nested ones included. */
export function allSchemas(): ReadonlyMap<string, Schema> {
  const found = new Map<string, Schema>();
  const add = (schema: Schema): void => {
    if (found.has(schema.name)) return;
    found.set(schema.name, schema);
    for (const { type } of schema.fields) if (type.kind === 'message') add(type.schema() as Schema);
  };
  for (const rpc of [...Object.values(rpcs), watchRpc, snapshotRpc]) {
    add(rpc.request as unknown as Schema);
    add(rpc.response as unknown as Schema);
  }
  for (const field of Object.values(raftFields)) add(field.schema as unknown as Schema);
  return found;
}

const texts = ['a', 'root', 'http://127.0.0.1:2380', '<&>"\\\n\u2028', 'größe', '\u{1f600}', '\u0001'];
const bytes = ['\0', 'a', '\xff\xff', 'ab\x80', '0123456789', 'x'.repeat(300)] as ByteString[];
const numbers = [1, 127, 128, 300, 2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER];

/** Values of a type, zero only where zero is not left out. */
function valueOf(type: ValueType, zero: boolean, depth: number): fc.Arbitrary<unknown> {
  const or = (none: unknown, some: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    zero ? fc.oneof(fc.constant(none), some) : some;
  switch (type.kind) {
    case 'bool':
      return or(false, fc.constant(true));
    case 'int64':
      return or(0, fc.constantFrom(...numbers, -1, -(2 ** 40)));
    case 'uint64':
      return or(0, fc.constantFrom(...numbers));
    case 'uint32':
      return or(0, fc.integer({ min: 1, max: 2 ** 32 - 1 }));
    case 'int64Id':
      return or(
        0n,
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((id) => id !== 0n),
      );
    case 'uint64Id':
      return or(0n, fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }));
    case 'bytes':
      return or('', fc.constantFrom(...bytes));
    case 'string':
      return or('', fc.constantFrom(...texts.map(fromText)));
    case 'enum':
      return or(type.names[0], fc.constantFrom(...type.names.slice(1)));
    case 'message':
      return messageOf(type.schema() as Schema, depth + 1);
  }
}

function fieldOf(spec: NamedField, depth: number): fc.Arbitrary<unknown> {
  const { type, repeated, presence } = spec;
  if (repeated) {
    const maxLength = depth > 3 ? 0 : 3;
    return fc.array(valueOf(type, true, depth), { minLength: presence === 'optional' ? 1 : 0, maxLength });
  }
  return valueOf(type, presence !== 'optional', depth);
}

/** Messages as they come from the wire: optional fields are absent or not zero. */
export function messageOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const { fromFields } = schema;
  const fields = schema.fields.filter(
    ({ type, presence }) => depth <= 3 || type.kind !== 'message' || presence === 'required',
  );
  const members = fields.filter(({ presence }) => presence === 'oneof');
  const record = (chosen: readonly NamedField[]): fc.Arbitrary<Record<string, unknown>> =>
    fc.record(Object.fromEntries(chosen.map((spec) => [spec.name, fieldOf(spec, depth)])), {
      requiredKeys: chosen.filter(({ presence }) => presence !== 'optional').map(({ name }) => name),
    });
  if (fromFields === undefined) return record(fields);
  const plain = fields.filter(({ presence }) => presence !== 'oneof');
  const available = members.length > 0 ? members : schema.fields.slice(0, 1);
  return fc.oneof(...available.map((member) => record([...plain, member]))).map(fromFields);
}
