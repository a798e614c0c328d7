import type { ByteString } from '../../base/bytes.ts';
import type {
  ClientRequest,
  Compare,
  KeyValue,
  RequestOp,
  ResponseOp,
  SuccessResponse,
} from '../../server/api/index.ts';
import type { EtcdClient, Outcome, Task, WatchAnswer, WatchHandle } from '../api.ts';
import { endOfKeys, prefixEnd } from '../keys.ts';

interface Keys {
  readonly key: ByteString;
  readonly range_end?: ByteString;
}

/**
 * A client that sees only the keys under a prefix, and sees them without it: whoever uses it needs not know.
 *
 * Promised: nothing that goes through it reads, changes, compares, watches or tells a key outside of the prefix; also not a range without
 * end, which ends with the prefix. Not promised: safety from who does not use it (auth is for that). Revisions, leases, compaction and
 * users are the store's, not the prefix's: a compaction or a revoked lease concerns all.
 */
export function withNamespace(client: EtcdClient, prefix: ByteString): EtcdClient {
  const inside = new Namespace(prefix);
  function* through<Response>(
    asked: Task<Outcome<Response>>,
    tell: (response: Response) => Response,
  ): Task<Outcome<Response>> {
    const outcome = yield* asked;
    return outcome.status === 'ok' ? { status: 'ok', response: tell(outcome.response) } : outcome;
  }
  return {
    ...client,
    call: (request, options) =>
      through(client.call(inside.request(request), options), (answer) => inside.response(answer)),
    get: (key, options = {}) => {
      const { key: inner, ...rest } = inside.keys({ key, ...options });
      return through(client.get(inner, rest), (answer) => inside.range(answer));
    },
    range: (request, options) =>
      through(client.range(inside.keys(request), options), (answer) => inside.range(answer)),
    put: (key, value, options) =>
      through(client.put(inside.key(key), value, options), (answer) => inside.put(answer)),
    delete: (key, options = {}) => {
      const { key: inner, ...rest } = inside.keys({ key, ...options });
      return through(client.delete(inner, rest), (answer) => inside.deleted(answer));
    },
    txn: (request, options) =>
      through(client.txn(inside.txn(request), options), (answer) => ({
        ...answer,
        responses: answer.responses.map((each) => inside.responseOp(each)),
      })),
    leaseTimeToLive: (id, withKeys) =>
      through(client.leaseTimeToLive(id, withKeys), (answer) => ({
        ...answer,
        keys: answer.keys.filter((key) => inside.holds(key)).map((key) => inside.stripped(key)),
      })),
    *watch(options) {
      return inside.watch(yield* client.watch(inside.keys(options)));
    },
  };
}

/** Adds the prefix to what goes in, and takes it off what comes out. */
class Namespace {
  private readonly prefix: ByteString;

  constructor(prefix: ByteString) {
    this.prefix = prefix;
  }

  key(key: ByteString): ByteString {
    return `${this.prefix}${key}` as ByteString;
  }

  holds(key: ByteString): boolean {
    return key.startsWith(this.prefix);
  }

  stripped(key: ByteString): ByteString {
    return key.slice(this.prefix.length) as ByteString;
  }

  rangeEnd({ range_end }: { readonly range_end?: ByteString }): { readonly range_end?: ByteString } {
    if (range_end === undefined || range_end.length === 0) return {};
    // "Without end" is the end of the prefix.
    return { range_end: range_end === endOfKeys ? prefixEnd(this.prefix) : this.key(range_end) };
  }

  keys<Request extends Keys>(request: Request): Request {
    // From "\0" to "\0" means all keys; the first of the prefix is the prefix itself.
    const all = request.key === endOfKeys && request.range_end === endOfKeys;
    const key = all ? this.prefix : this.key(request.key);
    return { ...request, key, ...this.rangeEnd(request) };
  }

  operation(op: RequestOp): RequestOp {
    switch (op.kind) {
      case 'range':
        return { kind: 'range', range: this.keys(op.range) };
      case 'put':
        return { kind: 'put', put: this.keys(op.put) };
      case 'delete_range':
        return { kind: 'delete_range', delete_range: this.keys(op.delete_range) };
      case 'txn':
        return { kind: 'txn', txn: this.txn(op.txn) };
    }
  }

  txn(request: Extract<RequestOp, { readonly kind: 'txn' }>['txn']): typeof request {
    return {
      compare: request.compare.map((compare): Compare => this.keys(compare)),
      success: request.success.map((op) => this.operation(op)),
      failure: request.failure.map((op) => this.operation(op)),
    };
  }

  request(request: ClientRequest): ClientRequest {
    switch (request.kind) {
      case 'range':
      case 'put':
      case 'delete_range':
      case 'txn':
        return this.operation(request);
      default:
        return request;
    }
  }

  // --- answers

  pair(kv: KeyValue): KeyValue {
    return { ...kv, key: this.stripped(kv.key) };
  }

  range<Response extends { readonly kvs: readonly KeyValue[] }>(response: Response): Response {
    return { ...response, kvs: response.kvs.map((kv) => this.pair(kv)) };
  }

  put<Response extends { readonly prev_kv?: KeyValue }>(response: Response): Response {
    return response.prev_kv === undefined ? response : { ...response, prev_kv: this.pair(response.prev_kv) };
  }

  deleted<Response extends { readonly prev_kvs: readonly KeyValue[] }>(response: Response): Response {
    return { ...response, prev_kvs: response.prev_kvs.map((kv) => this.pair(kv)) };
  }

  responseOp(op: ResponseOp): ResponseOp {
    switch (op.kind) {
      case 'range':
        return { kind: 'range', range: this.range(op.range) };
      case 'put':
        return { kind: 'put', put: this.put(op.put) };
      case 'delete_range':
        return { kind: 'delete_range', delete_range: this.deleted(op.delete_range) };
      case 'txn':
        return {
          kind: 'txn',
          txn: { ...op.txn, responses: op.txn.responses.map((each) => this.responseOp(each)) },
        };
    }
  }

  response(response: SuccessResponse): SuccessResponse {
    switch (response.kind) {
      case 'range':
      case 'put':
      case 'delete_range':
      case 'txn':
        return this.responseOp(response);
      case 'lease_time_to_live': {
        const { lease_time_to_live: answer } = response;
        const keys = answer.keys.filter((key) => this.holds(key)).map((key) => this.stripped(key));
        return { kind: 'lease_time_to_live', lease_time_to_live: { ...answer, keys } };
      }
      default:
        return response;
    }
  }

  watch(handle: WatchHandle): WatchHandle {
    const tell = (answer: WatchAnswer | null): WatchAnswer | null => {
      if (answer?.kind !== 'events') return answer;
      const events = answer.events.map((event) => ({ ...this.put(event), kv: this.pair(event.kv) }));
      return { ...answer, events };
    };
    return {
      *next(timeoutMs) {
        return tell(yield* handle.next(timeoutMs));
      },
      progress: () => handle.progress(),
      cancel: () => handle.cancel(),
    };
  }
}
