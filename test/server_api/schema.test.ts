import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fromBytes, toBytes } from '../../core/base/bytes.ts';
import { ProtobufError, ProtobufReader, ProtobufWriter } from '../../core/base/protobuf.ts';
import { decodeKeyValue, encodeKeyValue } from '../../core/mvcc/key_value.ts';
import { raftFields, requestKinds, rpcs, snapshotRpc, watchRpc } from '../../core/server/api/index.ts';
import { messageFromJson } from '../../core/server/api/json/decode.ts';
import { messageToJson } from '../../core/server/api/json/encode.ts';
import { keyValue } from '../../core/server/api/schema/kv.ts';
import type { NamedField } from '../../core/server/api/schema/schema.ts';
import { decodeMessage, encodeMessage } from '../../core/server/api/wire/codec.ts';
import { allSchemas, messageOf } from './schemas.ts';

const file = fileURLToPath(new URL('./testdata/etcd-3.4.23.txt', import.meta.url));
const lines = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** Lines below each heading such as `message etcdserverpb.PutRequest`. */
const published = new Map<string, string[]>();
for (const line of lines) {
  if (!line.startsWith(' ')) published.set(line, []);
  else [...published.values()].at(-1)?.push(line.trim());
}

/** Fields that are in the tables although etcd 3.4 does not have them: they come with 3.5. */
const later = new Set([
  'etcdserverpb.AuthUserAddRequest.hashedPassword',
  'etcdserverpb.AuthUserChangePasswordRequest.hashedPassword',
  'etcdserverpb.MemberListRequest.linearizable',
]);
const laterMessages = /^membershippb\.|\.AuthStatusRequest$/;

const protoTypes: Readonly<Record<string, string>> = { int64Id: 'int64', uint64Id: 'uint64' };

function describeField({ name, number, camelName, repeated, presence, type }: NamedField): string {
  const kind = protoTypes[type.kind] ?? type.kind;
  const of = type.kind === 'message' ? ` ${type.schema().name}` : '';
  const label = repeated ? 'repeated ' : '';
  return `${name} ${number} ${camelName} ${label}${kind}${of}${presence === 'oneof' ? ' oneof' : ''}`;
}

const schemas = [...allSchemas().values()];

describe('the tables', () => {
  const known = schemas.filter((schema) => !laterMessages.test(schema.name));

  it.each(known.map((schema) => [schema.name, schema] as const))('%s is as in etcd', (name, schema) => {
    const ours = schema.fields.filter((field) => !later.has(`${name}.${field.name}`)).map(describeField);
    const enumName = / enum \S+/;
    const theirs = published.get(`message ${name}`)?.map((line) => line.replace(enumName, ' enum'));
    expect(ours).toEqual(theirs);
  });

  it('have the names of enums in the order of their numbers', () => {
    const theirs = new Set(
      [...published.keys()]
        .filter((line) => line.startsWith('enum '))
        .map((line) => line.split(' ').slice(2).join(' ')),
    );
    const ours = schemas.flatMap(({ fields }) =>
      fields.flatMap(({ type }) =>
        type.kind === 'enum' ? [type.names.map((name, number) => `${name}=${number}`).join(' ')] : [],
      ),
    );
    expect(new Set(ours)).toEqual(theirs);
  });

  it('have every rpc, with its messages', () => {
    const all = [...requestKinds.map((kind) => rpcs[kind]), watchRpc, snapshotRpc];
    const ours = all.map(({ grpcPath, request, response }) => `${grpcPath} ${request.name} ${response.name}`);
    const theirs: string[] = [];
    for (const [heading, methods] of published) {
      if (!heading.startsWith('service ')) continue;
      for (const line of methods) {
        const [, method, request, response] = line.split(' ');
        theirs.push(`/${heading.slice('service '.length)}/${method} ${request} ${response}`);
      }
    }
    expect(ours.toSorted()).toEqual(theirs.toSorted());
  });

  it('have every request of a raft entry', () => {
    const theirs = published
      .get('message etcdserverpb.InternalRaftRequest')
      ?.map((line) => line.split(' '))
      .filter(([name]) => !['ID', 'v2', 'header'].includes(name ?? ''))
      .map(([name, number, , , type]) => `${name} ${number} ${type}`);
    const ours = Object.values(raftFields)
      .filter(({ schema }) => !laterMessages.test(schema.name))
      .map(({ name, number, schema }) => `${name} ${number} ${schema.name}`);
    expect(ours).toEqual(theirs);
  });
});

describe('every message', () => {
  it.each(schemas.map((schema) => [schema.name, schema] as const))(
    '%s comes back from the wire and from JSON as it was',
    (_name, schema) => {
      fc.assert(
        fc.property(messageOf(schema), (value) => {
          expect(decodeMessage(schema, encodeMessage(schema, value))).toEqual(value);
          expect(messageFromJson(schema, messageToJson(schema, value))).toEqual(value);
        }),
        { numRuns: 25 },
      );
    },
  );

  it('answers damaged bytes with a ProtobufError, never with another one', () => {
    const schema = fc
      .constantFrom(...schemas)
      .chain((chosen) => fc.tuple(fc.constant(chosen), messageOf(chosen)));
    fc.assert(
      fc.property(schema, fc.nat(), fc.integer({ min: 1, max: 255 }), ([of, value], at, flip) => {
        const damaged = encodeMessage(of, value);
        if (damaged.length === 0) return;
        const position = at % damaged.length;
        damaged[position] = (damaged[position] ?? 0) ^ flip;
        try {
          decodeMessage(of, damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is written like the pairs in the backend, which have a codec of their own', () => {
    fc.assert(
      fc.property(messageOf(keyValue as never), (value) => {
        const writer = new ProtobufWriter();
        encodeKeyValue(writer, value as never);
        const bytes = writer.finish();
        expect(fromBytes(encodeMessage(keyValue, value as never))).toBe(fromBytes(bytes));
        expect(decodeKeyValue(new ProtobufReader(bytes))).toEqual(decodeMessage(keyValue, bytes));
      }),
    );
  });
});

describe('the wire', () => {
  const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
  const { request } = watchRpc;

  it('packs repeated enums, and takes them one by one, too', () => {
    const create = (filters: string[]): object => ({ kind: 'create', create: { key: 'k', filters } });
    const both = create(['NOPUT', 'NODELETE']);
    expect(Buffer.from(encodeMessage(request, both as never)).toString('hex')).toBe('0a070a016b2a020001');
    expect(decodeMessage(request, hex('0a070a016b28002801'))).toEqual(both);
    expect(decodeMessage(request, hex('0a0a0a016b2a0100280128 01'.replace(' ', '')))).toEqual(
      create(['NOPUT', 'NODELETE', 'NODELETE']),
    );
    expect(() => decodeMessage(request, hex('0a060a016b2a0102'))).toThrow('expected 0 to 1, found 2');
  });

  it('has the last member of a oneof win', () => {
    expect(decodeMessage(request, hex('120208050a030a016b'))).toEqual({
      kind: 'create',
      create: { key: 'k' },
    });
    expect(decodeMessage(request, hex('0a030a016b12020805'))).toEqual({
      kind: 'cancel',
      cancel: { watch_id: 5 },
    });
    expect(() => decodeMessage(request, hex(''))).toThrow(/none of create_request/);
  });

  it('takes integers that no number holds for the nearest one that does', () => {
    const range = rpcs.range.request;
    const max = '18ffffffffffffffff7f20808080808080808080 01'.replace(' ', '');
    expect(decodeMessage(range, hex(`0a016b${max}`))).toEqual({
      key: 'k',
      limit: Number.MAX_SAFE_INTEGER,
      revision: Number.MIN_SAFE_INTEGER,
    });
  });

  it('writes and reads all 64 bits of an integer', () => {
    const edges = [
      0n,
      127n,
      128n,
      2n ** 28n,
      2n ** 32n - 1n,
      2n ** 32n,
      2n ** 35n,
      2n ** 53n,
      2n ** 63n,
      2n ** 64n - 1n,
    ];
    const any = fc.oneof(fc.constantFrom(...edges), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
    fc.assert(
      fc.property(any, (value) => {
        const expected: number[] = [8];
        for (let rest = value; ; rest >>= 7n) {
          expected.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
          if (rest <= 127n) break;
        }
        const writer = new ProtobufWriter();
        writer.uint64(1, value);
        expect([...writer.finish()]).toEqual(expected);
        const read = (): ProtobufReader => {
          const reader = new ProtobufReader(Uint8Array.from(expected));
          reader.next();
          return reader;
        };
        expect(read().uint64()).toBe(value);
        const signed = Number(BigInt.asIntN(64, value));
        const clamped = Math.min(Math.max(signed, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
        expect(read().intClamped()).toBe(clamped);
        if (clamped === signed) expect(read().int()).toBe(signed);
        else expect(() => read().int()).toThrow(/beyond 2\^53/);
      }),
    );
  });

  it('skips fields that are not in the table', () => {
    const unknown = 'f80101fa01020102fd0101020304f9010102030405060708';
    expect(decodeMessage(rpcs.put.request, hex(`0a016b${unknown}`))).toEqual({ key: 'k' });
  });

  it('keeps strings that are no UTF-8', () => {
    const name = fromBytes(hex('ff00c3'));
    const bytes = encodeMessage(rpcs.user_get.request, { name });
    expect(toBytes(decodeMessage(rpcs.user_get.request, bytes).name)).toEqual(hex('ff00c3'));
  });
});
