/** Enum names in the order of their numbers in rpc.proto. */
import { ProtobufError } from '../../base/protobuf.ts';
import type { CompareResult, CompareTarget, SortOrder, SortTarget } from './messages.ts';

export const sortOrders = ['NONE', 'ASCEND', 'DESCEND'] as const satisfies readonly SortOrder[];
export const sortTargets = [
  'KEY',
  'VERSION',
  'CREATE',
  'MOD',
  'VALUE',
] as const satisfies readonly SortTarget[];
export const compareResults = [
  'EQUAL',
  'GREATER',
  'LESS',
  'NOT_EQUAL',
] as const satisfies readonly CompareResult[];
export const compareTargets = [
  'VERSION',
  'CREATE',
  'MOD',
  'VALUE',
  'LEASE',
] as const satisfies readonly CompareTarget[];

/** The name of an enum value read from the wire. Unknown numbers are refused: guessing would change a request's meaning. */
export function enumName<Name extends string>(names: readonly Name[], value: number, what: string): Name {
  const name = names[value];
  if (name === undefined)
    throw new ProtobufError(`${what}: expected 0 to ${names.length - 1}, found ${value}`);
  return name;
}
