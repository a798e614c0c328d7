/** Random requests to the v2 API, as a form for a real etcd and as a request for our store. */
import * as fc from 'fast-check';
import type { V2Request } from '../../core/v2store/index.ts';
import { ask, bytes } from './support.ts';

export interface Operation {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  /** Form fields of a write, query of a read. */
  readonly fields: Readonly<Record<string, string>>;
}

const part = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b') },
  { weight: 2, arbitrary: fc.constantFrom('ab', '_h', 'ü<') },
);
const path = fc
  .oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 12, arbitrary: fc.tuple(part) },
    { weight: 8, arbitrary: fc.tuple(part, part) },
    { weight: 3, arbitrary: fc.tuple(part, part, part) },
  )
  .map((parts) => `/${parts.join('/')}`);
const value = fc.constantFrom('', '1', '1', '2', '<&>"\\\u2028\n\u0001é');
/** Stands for the index at which the node was changed last. */
export const latest = 'latest';
const prevIndex = fc.constantFrom(latest, latest, '7');
const comparison = fc.record({ prevIndex, prevValue: fc.constantFrom('1', '1', '2') }, { requiredKeys: [] });
const flag = fc.constant('true');
const ttl = fc.constantFrom('100', '1000');

const read = fc.record({ recursive: flag, quorum: flag }, { requiredKeys: [] });
const writing = fc.oneof(
  { weight: 6, arbitrary: fc.record({ value, ttl }, { requiredKeys: ['value'] }) },
  { weight: 3, arbitrary: fc.record({ dir: flag, ttl }, { requiredKeys: ['dir'] }) },
  { weight: 2, arbitrary: fc.record({ ttl, refresh: flag }) },
  { weight: 1, arbitrary: fc.record({ dir: flag, ttl, refresh: flag }) },
);
const condition = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: comparison },
  { weight: 2, arbitrary: fc.record({ prevExist: fc.constantFrom('true', 'false') }) },
);
const put = fc.tuple(writing, condition).map(([fields, extra]) => ({ ...fields, ...extra }));
const removal = fc.oneof(
  fc.record({ dir: flag, recursive: flag }, { requiredKeys: [] }),
  fc.record({ dir: flag }),
  comparison,
);

/** Where to wait for events; `waitIndex` counts from the first index on. */
export const watching = fc.record({
  path,
  recursive: fc.boolean(),
  waitIndex: fc.integer({ min: 1, max: 250 }),
});

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 2, arbitrary: operationOf('GET', read) },
  { weight: 8, arbitrary: operationOf('PUT', put) },
  { weight: 1, arbitrary: operationOf('POST', writing) },
  { weight: 3, arbitrary: operationOf('DELETE', removal) },
);

function operationOf(
  method: Operation['method'],
  fields: fc.Arbitrary<Readonly<Record<string, string | undefined>>>,
): fc.Arbitrary<Operation> {
  return fc.record({ method: fc.constant(method), path, fields: fields.map(withoutGaps) });
}

function withoutGaps(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const whole: Record<string, string> = {};
  for (const [key, field] of Object.entries(fields)) if (field !== undefined) whole[key] = field;
  return whole;
}

/** Where a real etcd takes the operation. */
export function urlOf({ method, path: key, fields }: Operation): { path: string; form: string | null } {
  const encoded = `/v2/keys${key.split('/').map(encodeURIComponent).join('/')}`;
  const form = new URLSearchParams(fields).toString();
  if (method === 'PUT' || method === 'POST') return { path: encoded, form };
  const query = method === 'GET' ? `${form}&sorted=true` : form;
  return { path: `${encoded}?${query}`, form: null };
}

/** What etcd makes of it. `expireNs` stands for the time that it takes from its clock and the TTL. */
export function requestOf({ method, path: key, fields }: Operation, expireNs: bigint): V2Request {
  const rest: Partial<V2Request> = {
    dir: fields['dir'] === 'true' || (method === 'DELETE' && fields['recursive'] === 'true'),
    recursive: fields['recursive'] === 'true',
    prevValue: bytes(fields['prevValue'] ?? ''),
    prevIndex: BigInt(fields['prevIndex'] ?? 0),
    prevExist: fields['prevExist'] === undefined ? null : fields['prevExist'] === 'true',
    expiration: fields['ttl'] === undefined ? 0n : expireNs,
    refresh: fields['refresh'] === undefined ? null : true,
  };
  const logged = method === 'GET' && fields['quorum'] === 'true' ? 'QGET' : method;
  return ask({ method: logged, path: key, value: fields['value'] ?? '', rest });
}
