import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSync } from '@grpc/proto-loader';
import { describe, expect, it } from 'vitest';
import { memberMethods } from '../../core/node/grpc/grpc_face.ts';
import { protoFiles, protoFolder } from '../../core/node/grpc/information.ts';
import { methodName, serviceName } from '../../core/node/grpc/method.ts';
import { lockMethods } from '../../core/node/lock/lock_methods.ts';
import { lockRpcs, observeRpc } from '../../core/node/lock/lock_rpcs.ts';
import { requestKinds, snapshotRpc, watchRpc } from '../../core/server/api/index.ts';
import type { AnySchema, MessageSchema, NamedField } from '../../core/server/api/schema/schema.ts';
import { rpcOf } from '../../core/server/api/wire.ts';

/** What proto-loader tells of a message. */
interface Descriptor {
  readonly type: {
    readonly field: readonly {
      readonly name: string;
      readonly number: number;
      readonly type: string;
      readonly label: string;
      readonly typeName: string;
    }[];
  };
}

interface Method {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

const folder = protoFolder() as string;
const definition = loadSync([...protoFiles], { includeDirs: [folder], keepCase: true });
const text = protoFiles.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');

/** What stands between the braces behind `head`. */
function blockOf(head: string, within = text): string {
  const start = within.search(new RegExp(`^ *${head} \\{`, 'm'));
  if (start < 0) throw new Error(`there is no ${head}`);
  let depth = 0;
  for (let at = within.indexOf('{', start); ; at++) {
    if (within[at] === '{') depth++;
    if (within[at] === '}' && --depth === 0) return within.slice(within.indexOf('{', start) + 1, at);
  }
}

function messageBlock(name: string): string {
  return blockOf(`message ${name.slice(name.lastIndexOf('.') + 1)}`);
}

/** proto-loader does not tell which fields are members of a oneof. */
function membersOfOneof(name: string): readonly string[] {
  const inside = /oneof \w+ \{([^}]*)\}/.exec(messageBlock(name))?.[1] ?? '';
  return [...inside.matchAll(/(\w+) = \d+;/g)].map(([, member]) => member as string);
}

function enumNames(message: string, field: NamedField): readonly string[] {
  const block = messageBlock(message);
  const type = new RegExp(`(\\w+) ${field.name} = ${field.number};`).exec(block)?.[1] ?? '';
  const values = blockOf(`enum ${type}`, block.includes(`enum ${type} `) ? block : text);
  return [...values.matchAll(/(\w+) = (\d+);/g)].map(([, name], i) => `${name} ${i}`);
}

const wireTypes: Readonly<Record<string, string>> = {
  bool: 'TYPE_BOOL',
  int64: 'TYPE_INT64',
  int64Id: 'TYPE_INT64',
  uint64: 'TYPE_UINT64',
  uint64Id: 'TYPE_UINT64',
  uint32: 'TYPE_UINT32',
  bytes: 'TYPE_BYTES',
  string: 'TYPE_STRING',
  enum: 'TYPE_ENUM',
  message: 'TYPE_MESSAGE',
};

const rpcsOfAll = [...requestKinds.map(rpcOf), watchRpc, snapshotRpc, ...lockRpcs, observeRpc] as readonly {
  readonly request: MessageSchema<unknown>;
  readonly response: MessageSchema<unknown>;
}[];

/** Every table that a method needs, the nested ones included, by name. */
function allSchemas(): ReadonlyMap<string, AnySchema> {
  const found = new Map<string, AnySchema>();
  const visit = (schema: AnySchema): void => {
    if (found.has(schema.name)) return;
    found.set(schema.name, schema);
    for (const { type } of schema.fields) if (type.kind === 'message') visit(type.schema());
  };
  for (const { request, response } of rpcsOfAll) {
    visit(request);
    visit(response);
  }
  return found;
}

function ofTable({ name, number, type, repeated, presence }: NamedField): string {
  const nested = type.kind === 'message' ? ` ${(type.schema() as { readonly name: string }).name}` : '';
  const many = repeated ? ' repeated' : '';
  return `${name} = ${number}: ${wireTypes[type.kind]}${nested}${many}${presence === 'oneof' ? ' oneof' : ''}`;
}

describe('the .proto files', () => {
  it('say of every message what its table says, field by field', () => {
    for (const [name, schema] of allSchemas()) {
      const { field } = (definition[name] as unknown as Descriptor).type;
      const theirs = field.map((one) => {
        const nested = one.type === 'TYPE_MESSAGE' ? ` ${nameOf(one.typeName, name)}` : '';
        const many = one.label === 'LABEL_REPEATED' ? ' repeated' : '';
        const oneof = membersOfOneof(name).includes(one.name) ? ' oneof' : '';
        return `${one.name} = ${one.number}: ${one.type}${nested}${many}${oneof}`;
      });
      const sorted = (list: readonly string[]): string[] => list.toSorted((a, b) => (a < b ? -1 : 1));
      expect([name, ...sorted(theirs)]).toEqual([name, ...sorted(schema.fields.map(ofTable))]);
    }
  });

  it('name the values of enums in the same order', () => {
    for (const [name, schema] of allSchemas()) {
      for (const field of schema.fields) {
        if (field.type.kind !== 'enum') continue;
        const ours = field.type.names.map((value, i) => `${value} ${i}`);
        expect([name, field.name, ...enumNames(name, field)]).toEqual([name, field.name, ...ours]);
      }
    }
  });

  it('have the methods that are served, and no other', () => {
    const none = undefined as never;
    const served = [...memberMethods(none, none, none), ...lockMethods(none, none)];
    const ours = served.map(({ definition: { path, requestStream, responseStream } }) =>
      line({ path, requestStream, responseStream }),
    );
    const services = [...new Set(served.map(({ definition: { path } }) => serviceName(path)))];
    const theirs = services.flatMap((name) =>
      Object.values(definition[name] as unknown as Readonly<Record<string, Method>>).map(line),
    );
    expect(ours.toSorted()).toEqual(theirs.toSorted());
    expect(services).toHaveLength(8);
    expect(methodName('/a.B/C')).toBe('C');
  });
});

function line({ path, requestStream, responseStream }: Method): string {
  return `${path} ${requestStream} ${responseStream}`;
}

/** proto-loader names a type as the file does: without the package it is the message's own. */
function nameOf(typeName: string, within: string): string {
  const name = typeName.replace(/^\./, '');
  return name.includes('.') ? name : `${within.slice(0, within.lastIndexOf('.'))}.${name}`;
}
