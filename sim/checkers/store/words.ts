import type {
  Compare,
  EtcdOperation,
  EtcdRequest,
  EtcdResponse,
  RangeRequest,
  TxnOperation,
} from '../history/etcd_operation.ts';
import { toTheEnd } from '../history/key_order.ts';
import { sortingOf } from '../history/range_view.ts';
import { keepsLease, keepsValue } from './keeping_put.ts';
import type { TimeText } from '../linearizability/wording.ts';

const quote = (text: string): string => JSON.stringify(text);

function rangeText(key: string, rangeEnd: string | undefined): string {
  if (rangeEnd === undefined || rangeEnd === '') return key;
  return rangeEnd === toTheEnd ? `${key}...` : `${key}..${rangeEnd}`;
}

/** `get(x)`, `range(a..c, limit 2)`, `txn(if mod(x) = 4: put(x, "5"))` */
export function requestText(input: EtcdRequest | TxnOperation): string {
  switch (input.kind) {
    case 'put': {
      const given = input.lease !== undefined && input.lease !== '0' ? `, lease ${input.lease}` : '';
      const lease = keepsLease(input) ? ', its lease kept' : given;
      return `put(${input.key}, ${keepsValue(input) ? 'its value kept' : quote(input.value)}${lease})`;
    }
    case 'range': {
      const many = input.rangeEnd !== undefined && input.rangeEnd !== '';
      const limit = (input.limit ?? 0) > 0 ? `, limit ${input.limit}` : '';
      const past = (input.revision ?? 0) > 0 ? `, at revision ${input.revision}` : '';
      const loose = input.serializable === true ? ', serializable' : '';
      const form = `${limit}${past}${loose}${formText(input)}`;
      return `${many ? 'range' : 'get'}(${rangeText(input.key, input.rangeEnd)}${form})`;
    }
    case 'deleteRange':
      return `delete(${rangeText(input.key, input.rangeEnd)})`;
    case 'txn': {
      const all = (operations: readonly TxnOperation[]): string => operations.map(requestText).join(', ');
      const compares = input.compares.map(compareText).join(' and ');
      const otherwise = input.failure.length > 0 ? `, else ${all(input.failure)}` : '';
      return `txn(${compares === '' ? '' : `if ${compares}: `}${all(input.success)}${otherwise})`;
    }
    case 'leaseGrant':
      return `grant(lease ${input.lease})`;
    case 'leaseRevoke':
      return `revoke(lease ${input.lease})`;
    case 'leaseKeepAlive':
      return `keepAlive(lease ${input.lease})`;
    case 'compact':
      return `compact(${input.revision})`;
  }
}

/** `, by version descending, mod revisions from 3 to 5` */
function formText(input: RangeRequest): string {
  const sorting = sortingOf(input);
  const by = sorting === null ? '' : `, by ${sorting.target}${sorting.sign < 0 ? ' descending' : ''}`;
  const only = (name: string, min = 0, max = 0): string => {
    if (min === 0 && max === 0) return '';
    return `, ${name} revisions${min === 0 ? '' : ` from ${min}`}${max === 0 ? '' : ` to ${max}`}`;
  };
  const mod = only('mod', input.minModRevision, input.maxModRevision);
  return `${by}${mod}${only('create', input.minCreateRevision, input.maxCreateRevision)}`;
}

const signs = { equal: '=', notEqual: '!=', greater: '>', less: '<' } as const;

function compareText({ target, result, key, rangeEnd, operand }: Compare): string {
  return `${target}(${rangeText(key, rangeEnd)}) ${signs[result]} ${typeof operand === 'string' ? quote(operand) : operand}`;
}

const pairsShown = 4;

/** The answer as it reads behind the request; empty if there is nothing to tell. */
export function responseText(input: EtcdRequest | TxnOperation, output: EtcdResponse): string {
  switch (output.kind) {
    case 'range': {
      const one = input.kind === 'range' && (input.rangeEnd === undefined || input.rangeEnd === '');
      const [first] = output.kvs;
      if (one && output.kvs.length <= 1 && output.count !== 1) {
        return first === undefined ? ' = absent' : ` = ${quote(first.value)}`;
      }
      if (one && first !== undefined) return ` = ${quote(first.value)}`;
      const shown = output.kvs.slice(0, pairsShown).map(({ key, value }) => `${key} = ${quote(value)}`);
      const more = output.kvs.length - shown.length;
      const count =
        output.count !== undefined && output.count !== output.kvs.length ? `, ${output.count} in all` : '';
      return ` = [${shown.join(', ')}${more > 0 ? `, ${more} more` : ''}]${count}`;
    }
    case 'deleteRange':
      return ` = ${output.deleted} deleted`;
    case 'txn':
      return ` = ${output.succeeded ? 'succeeded' : 'did not succeed'}`;
    case 'error':
      return ` = error ${output.error}`;
    case 'leaseKeepAlive':
      return ` = ${output.ttl} s`;
    default:
      return '';
  }
}

/** Names operations and tells their times. */
export class StoreWords {
  readonly time: TimeText;

  constructor(time: TimeText) {
    this.time = time;
  }

  /** `get(x) = "2" by c3` */
  name({ input, outcome, process, client }: EtcdOperation): string {
    const answer = outcome.status === 'ok' ? responseText(input, outcome.output) : '';
    return `${requestText(input)}${answer} by ${client ?? `client ${process}`}`;
  }

  /** `get(x) = "2" by c3, from 300 ms to 310 ms, at revision 7` */
  line(operation: EtcdOperation): string {
    const { outcome, callNs, returnNs } = operation;
    const start = `${this.name(operation)}, from ${this.time(callNs)}`;
    if (outcome.status === 'fail') return `${start}, refused without effect`;
    if (outcome.status === 'unknown')
      return `${start}, outcome unknown: it may have taken effect at any time after that`;
    const { revision } = outcome.output;
    const end = returnNs === null ? '' : ` to ${this.time(returnNs)}`;
    return `${start}${end}${revision === undefined ? '' : `, at revision ${revision}`}`;
  }

  returned({ returnNs }: EtcdOperation): string {
    return returnNs === null ? 'an unknown time' : this.time(returnNs);
  }
}
