import { posix } from 'node:path';
import { type ByteString, fromText } from '../../../base/bytes.ts';
import { keysNamespace, makeV2Request, V2Code, V2Error, type V2Request } from '../../../v2store/index.ts';

/** What a request to /v2/keys asks for. */
export interface AskedV2 {
  readonly request: V2Request;
  /** True: what is there now is not told, nor what was there before. */
  readonly noValue: boolean;
}

const int64Max = 2n ** 63n - 1n;
const uint64Max = 2n ** 64n - 1n;
const nsPerSecond = 1_000_000_000n;

/** Query and form: of a name that stands several times, the body's comes first, as in Go. */
class Form {
  private readonly sources: readonly URLSearchParams[];

  constructor(query: string, body: string) {
    for (const text of [body, query]) {
      const escape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text);
      if (escape !== null) throw wrong(V2Code.invalidForm, `invalid URL escape "${escape[0]}"`);
    }
    this.sources = [new URLSearchParams(body), new URLSearchParams(query)];
  }

  text(name: string): string | null {
    for (const source of this.sources) if (source.has(name)) return source.get(name);
    return null;
  }

  boolean(name: string, quoted = `"${name}"`): boolean | null {
    const text = this.text(name);
    if (text === null) return null;
    if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
    if (/^(?:0|f|F|false|FALSE|False)$/.test(text)) return false;
    throw wrong(V2Code.invalidField, `invalid value for ${quoted}`);
  }

  /** 64 bits, unsigned; 0 if it is not there. */
  count(name: string, code: V2Code): bigint {
    const text = this.text(name);
    if (text === null) return 0n;
    const value = /^\d+$/.test(text) ? BigInt(text) : -1n;
    if (value >= 0n && value <= uint64Max) return value;
    throw wrong(code, `invalid value for "${name}"`);
  }
}

function wrong(code: V2Code, reason: string): V2Error {
  return new V2Error(code, fromText(reason), 0);
}

/** Throws V2Error, in etcd's order of checks. `path` is what stands behind /v2/keys, decoded. */
export function parseV2Request(
  method: string,
  path: string,
  query: string,
  body: string,
  wallNs: bigint,
): AskedV2 {
  const form = new Form(query, body);
  const prevIndex = form.count('prevIndex', V2Code.indexNotNumber);
  const since = form.count('waitIndex', V2Code.indexNotNumber);
  const [recursive, sorted, wait, dir, quorum, stream] = (
    ['recursive', 'sorted', 'wait', 'dir', 'quorum', 'stream'] as const
  ).map((name) => form.boolean(name) ?? false) as [boolean, boolean, boolean, boolean, boolean, boolean];
  if (wait && method !== 'GET') throw wrong(V2Code.invalidField, '"wait" can only be used with GET requests');
  const prevValue = form.text('prevValue');
  if (prevValue === '') throw wrong(V2Code.prevValueRequired, '"prevValue" cannot be empty');
  const noValue = form.boolean('noValueOnSuccess') ?? false;
  // Empty: the node is not to expire (any more).
  const hasTtl = (form.text('ttl') ?? '') !== '';
  const ttl = hasTtl ? form.count('ttl', V2Code.ttlNotNumber) : null;
  const prevExist = form.boolean('prevExist', 'prevExist');
  const refresh = form.boolean('refresh', 'refresh');
  const value = form.text('value') ?? '';
  if (refresh === true && value !== '') {
    throw wrong(V2Code.refreshValue, 'A value was provided on a refresh');
  }
  if (refresh === true && ttl === null) throw wrong(V2Code.refreshTtlRequired, 'No TTL value set');
  const request = makeV2Request({
    method: fromText(method),
    path: storePath(path),
    val: fromText(value),
    prevValue: fromText(prevValue ?? ''),
    expiration: ttl === null ? 0n : expiryOf(ttl, wallNs),
    prevIndex,
    since,
    recursive,
    sorted,
    wait,
    dir,
    quorum,
    stream,
    prevExist,
    refresh,
  });
  return { request, noValue };
}

function expiryOf(ttlSeconds: bigint, wallNs: bigint): bigint {
  const at = wallNs + ttlSeconds * nsPerSecond;
  return at > int64Max ? int64Max : at;
}

/** Keys lie below /1 in the store. */
function storePath(path: string): ByteString {
  return fromText(posix.join(keysNamespace, path).replace(/(.)\/$/, '$1'));
}
