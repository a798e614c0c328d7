import { toBytes, type ByteString } from '../../../core/base/bytes.ts';
import type {
  Compare,
  CompareResult,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../../../core/server/api/index.ts';
import { hexId, quoted } from './readable.ts';

/** A put, range, delete or txn in words. */
export function kvWords(request: RequestOp): string {
  if (request.kind === 'put') return putWords(request.put);
  if (request.kind === 'range') return rangeWords(request.range);
  if (request.kind === 'delete_range') return deleteWords(request.delete_range);
  return txnWords(request.txn);
}

function show(text: ByteString): string {
  return quoted(toBytes(text));
}

function flags(request: object, names: readonly string[]): string {
  const fields = request as Readonly<Record<string, unknown>>;
  return names
    .filter((name) => fields[name] !== undefined && fields[name] !== false && fields[name] !== 0)
    .map((name) => (fields[name] === true ? ` ${name}` : ` ${name}=${String(fields[name])}`))
    .join('');
}

function putWords(put: PutRequest): string {
  const lease = put.lease === undefined || put.lease === 0n ? '' : ` lease ${hexId(put.lease)}`;
  const value = put.ignore_value === true ? '' : ` = ${show(put.value ?? ('' as ByteString))}`;
  return `put ${show(put.key)}${value}${lease}${flags(put, ['prev_kv', 'ignore_value', 'ignore_lease'])}`;
}

/** One key, or an interval; an end of one zero byte means that there is none. */
function keysWords(key: ByteString, end: ByteString | undefined): string {
  if (end === undefined || end === '') return show(key);
  return end === '\0' ? `[${show(key)}, end)` : `[${show(key)}, ${show(end)})`;
}

const rangeOptions = [
  'limit',
  'revision',
  'sort_order',
  'sort_target',
  'serializable',
  'keys_only',
  'count_only',
  'min_mod_revision',
  'max_mod_revision',
  'min_create_revision',
  'max_create_revision',
] as const;

function rangeWords(range: RangeRequest): string {
  return `get ${keysWords(range.key, range.range_end)}${flags(range, rangeOptions)}`;
}

function deleteWords(request: DeleteRangeRequest): string {
  return `delete ${keysWords(request.key, request.range_end)}${flags(request, ['prev_kv'])}`;
}

function txnWords({ compare, success, failure }: TxnRequest): string {
  const condition = compare.length === 0 ? '' : ` if ${compare.map(compareWords).join(' and ')}`;
  const otherwise = failure.length === 0 ? '' : ` else ${operations(failure)}`;
  return `txn${condition} then ${operations(success)}${otherwise}`;
}

function operations(list: readonly RequestOp[]): string {
  return `{${list.map(kvWords).join('; ')}}`;
}

const signs: Readonly<Record<CompareResult, string>> = {
  EQUAL: '=',
  GREATER: '>',
  LESS: '<',
  NOT_EQUAL: '!=',
};

function compareWords(compare: Compare): string {
  const left = `${compare.target.toLowerCase()}(${keysWords(compare.key, compare.range_end)})`;
  return `${left} ${signs[compare.result]} ${operand(compare)}`;
}

function operand(compare: Compare): string {
  if (compare.target === 'VALUE') return show(compare.value);
  if (compare.target === 'LEASE') return hexId(compare.lease);
  if (compare.target === 'VERSION') return String(compare.version);
  return String(compare.target === 'CREATE' ? compare.create_revision : compare.mod_revision);
}
