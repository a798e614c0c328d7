import { expect, it } from 'vitest';
import { requestKinds, routeOf, rpcs } from '../../core/server/api/index.ts';
import { calls, rootCalls } from './gateway_calls.ts';

it('the calls are of every kind, and find their way', () => {
  const kinds = new Set([...calls, ...rootCalls].map(({ request }) => request.kind));
  expect(requestKinds.filter((kind) => !kinds.has(kind))).toEqual([]);
  for (const kind of requestKinds) for (const path of rpcs[kind].httpPaths) expect(routeOf(path)).toBe(kind);
  expect([routeOf('/v3/watch'), routeOf('/v3/maintenance/snapshot'), routeOf('/v3/no')]).toEqual([
    'watch',
    'snapshot',
    null,
  ]);
});
