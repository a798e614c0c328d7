/**
 * Puts, gets, deletes and swaps of one key with nothing to them, as numbers. They are most of a history, so that this is written
 * for speed: a function per kind of request, each of which sees only few shapes of objects, and nothing made for an operation.
 */
import type {
  Compare,
  DeleteRangeRequest,
  EtcdRequest,
  EtcdResponse,
  PutRequest,
  RangeRequest,
  TxnRequest,
} from '../history/etcd_operation.ts';
import { type Columns, revisionMax } from './columns.ts';
import type { KeyTable } from './key_table.ts';
import { keepsSomething } from './keeping_put.ts';
import { Plain, Role, isPlainGet, isPlainRead, isPlainSwap } from './roles.ts';

/** Fills the columns of an answered operation. Returns its role; `none` if it is not a plain one, and has to be kept whole. */
export function addAnsweredPlainly(
  columns: Columns,
  table: KeyTable,
  i: number,
  input: EtcdRequest,
  output: EtcdResponse,
): number {
  const { revision } = output;
  if (revision === undefined || revision > revisionMax) return Role.none;
  let role: number = Role.none;
  switch (input.kind) {
    case 'put':
      role = put(columns, table, i, input, output);
      break;
    case 'range':
      role = get(columns, table, i, input, output);
      break;
    case 'deleteRange':
      role = remove(columns, table, i, input, output);
      break;
    case 'txn':
      role = swap(columns, table, i, input, output);
      break;
    default:
  }
  if (role === Role.none) return role;
  columns.role[i] = role;
  columns.revision[i] = revision;
  return role;
}

/** The same of an operation without an answer; false if it is not a plain one. */
export function addUnansweredPlainly(
  columns: Columns,
  table: KeyTable,
  i: number,
  input: EtcdRequest,
): boolean {
  if (input.kind === 'put' && isPlainPut(input)) {
    columns.plain[i] = Plain.put;
    columns.value[i] = input.value;
    columns.key[i] = table.intern(input.key);
  } else if (input.kind === 'range' && isPlainRead(input)) {
    // It may have read anything, or nothing.
    columns.plain[i] = Plain.get;
    columns.key[i] = table.intern(input.key);
    return true;
  } else if (input.kind === 'deleteRange' && isOfOneKey(input)) {
    columns.plain[i] = Plain.delete;
    columns.key[i] = table.intern(input.key);
  } else if (input.kind === 'txn' && isPlainSwap(input)) {
    const [compare, write] = [input.compares[0] as Compare, input.success[0] as PutRequest];
    const operand = Number(compare.operand);
    if (!(operand >= 0 && operand <= revisionMax)) return false;
    columns.plain[i] = Plain.swap;
    columns.operand[i] = operand;
    columns.told[i] = input.failure.length === 0 ? 0 : 2;
    columns.value[i] = write.value;
    columns.key[i] = table.intern(compare.key);
  } else {
    return false;
  }
  columns.role[i] = Role.open;
  return true;
}

function isPlainPut(input: PutRequest): boolean {
  return input.lease === undefined && !keepsSomething(input);
}

function isOfOneKey({ rangeEnd }: DeleteRangeRequest): boolean {
  return rangeEnd === undefined || rangeEnd === '';
}

function put(columns: Columns, table: KeyTable, i: number, input: PutRequest, output: EtcdResponse): number {
  if (output.kind !== 'put' || output.prevKv !== undefined || !isPlainPut(input)) return Role.none;
  columns.plain[i] = Plain.put;
  columns.value[i] = input.value;
  columns.key[i] = table.intern(input.key);
  return Role.write;
}

function get(
  columns: Columns,
  table: KeyTable,
  i: number,
  input: RangeRequest,
  output: EtcdResponse,
): number {
  if (output.kind !== 'range' || !isPlainGet(input, output)) return Role.none;
  columns.plain[i] = Plain.get;
  const pair = output.kvs[0];
  if (pair !== undefined) columns.setPair(i, pair);
  columns.key[i] = table.intern(input.key);
  return Role.observe;
}

function remove(
  columns: Columns,
  table: KeyTable,
  i: number,
  input: DeleteRangeRequest,
  output: EtcdResponse,
): number {
  // One that shows what it deleted is kept whole.
  if (output.kind !== 'deleteRange' || output.deleted > 1 || output.prevKvs !== undefined) return Role.none;
  if (!isOfOneKey(input)) return Role.none;
  columns.plain[i] = Plain.delete;
  columns.told[i] = output.deleted;
  columns.key[i] = table.intern(input.key);
  return output.deleted === 1 ? Role.write : Role.observe;
}

function swap(columns: Columns, table: KeyTable, i: number, input: TxnRequest, output: EtcdResponse): number {
  if (output.kind !== 'txn' || !isPlainSwap(input)) return Role.none;
  const compare = input.compares[0] as Compare;
  const write = input.success[0] as PutRequest;
  const read = input.failure[0];
  const result = output.results[0];
  const operand = Number(compare.operand);
  if (!(operand >= 0 && operand <= revisionMax)) return Role.none;
  if (output.succeeded) {
    if (output.results.length !== 1 || result?.kind !== 'put' || result.prevKv !== undefined)
      return Role.none;
    columns.value[i] = write.value;
    columns.told[i] = read === undefined ? 0 : 2;
  } else {
    if (output.results.length !== input.failure.length) return Role.none;
    if (result !== undefined) {
      if (read?.kind !== 'range' || result.kind !== 'range' || !isPlainGet(read, result)) return Role.none;
      columns.told[i] = 1;
      const pair = result.kvs[0];
      if (pair !== undefined) columns.setPair(i, pair);
    }
    columns.unwritten.set(i, write.value);
  }
  columns.plain[i] = Plain.swap;
  columns.operand[i] = operand;
  columns.key[i] = table.intern(compare.key);
  return output.succeeded ? Role.write : Role.observe;
}
