/** The requests in raft entries in words, from the tables that they are read and written by. */
import { type RaftKind, type RequestOp, raftFields } from '../../../core/server/api/index.ts';
import type { AnySchema, NamedField } from '../../../core/server/api/schema/schema.ts';
import type { MessageWords, Show } from './field_words.ts';

/** Fields that must not be shown: an etcd 3.4 has some of them in its log in the clear. */
const secret = /password|token/i;

/** A message's fields by number, named as in the protocol. An enum that is absent has its first value. */
export function wordsOf({ fields }: Pick<AnySchema, 'fields'>): MessageWords {
  return Object.fromEntries(
    fields.map((field) => {
      const { number, name, type } = field;
      const shown = [name, showOf(field)] as const;
      return [number, type.kind === 'enum' ? ([...shown, type.names[0]] as const) : shown];
    }),
  ) as MessageWords;
}

function showOf({ name, type }: NamedField): Show {
  switch (type.kind) {
    case 'bytes':
    case 'string':
      return secret.test(name) ? 'secret' : 'text';
    case 'bool':
      return 'flag';
    case 'int64Id':
    case 'uint64Id':
      return 'id';
    case 'enum':
      return type.names;
    case 'message':
      return wordsOf(type.schema());
    default:
      return 'number';
  }
}

/** By the field's number: requests that are told like a command (see kvWords). */
export const kvKinds: Readonly<Record<number, RequestOp['kind']>> = Object.fromEntries(
  (['range', 'put', 'delete_range', 'txn'] as const).map((kind) => [raftFields[kind].number, kind]),
);

/** By the field's number, of all others: the request's name and its fields. */
export const requestSchema: Readonly<Record<number, readonly [name: string, fields: MessageWords]>> =
  Object.fromEntries(
    (Object.keys(raftFields) as RaftKind[])
      .filter((kind) => kvKinds[raftFields[kind].number] === undefined)
      .map((kind) => {
        const { number, schema } = raftFields[kind];
        return [number, [kind.replaceAll('_', ' '), wordsOf(schema)]];
      }),
  );
