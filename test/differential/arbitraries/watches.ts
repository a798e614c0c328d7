import * as fc from 'fast-check';
import type { WatchFilter, WatchRequest } from '../../../core/server/api/index.ts';
import type { Symbolic } from '../symbolic.ts';
import { anyKey, rangeEnd, revision, yes } from './values.ts';

const create = fc
  .record(
    {
      key: anyKey,
      range_end: rangeEnd,
      start_revision: fc.oneof(fc.constant(0), revision),
      filters: fc.constantFrom(['NOPUT'], ['NODELETE'], ['NOPUT', 'NODELETE']) as fc.Arbitrary<WatchFilter[]>,
      prev_kv: yes,
      progress_notify: yes,
      fragment: yes,
      watch_id: fc.integer({ min: 0, max: 4 }),
    },
    { requiredKeys: ['key'] },
  )
  .map((request) => ({ kind: 'create' as const, create: request }));

export const watchRequest: fc.Arbitrary<Symbolic<WatchRequest>> = fc.oneof(
  { weight: 8, arbitrary: create },
  {
    weight: 3,
    arbitrary: fc
      .integer({ min: 0, max: 5 })
      .map((watch_id) => ({ kind: 'cancel' as const, cancel: { watch_id } })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'progress' as const, progress: {} }) },
);
