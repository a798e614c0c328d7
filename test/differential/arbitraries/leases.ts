import * as fc from 'fast-check';
import type { ClientRequest } from '../../../core/server/api/index.ts';
import { leaseTtlSecondsMax } from '../../../core/limits.ts';
import type { Symbolic } from '../symbolic.ts';
import { lease, yes } from './values.ts';

type Request = fc.Arbitrary<Symbolic<ClientRequest>>;

/** Short ones would end while the sequence runs, here or there: see `Comparison`, which ends them at once. */
const ttl = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(60, 600, 3600) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      0,
      -1,
      1,
      2,
      leaseTtlSecondsMax,
      leaseTtlSecondsMax + 1,
      2 ** 53 - 1,
      -(2 ** 40),
    ),
  },
);

const grant: Request = fc
  .record(
    {
      TTL: ttl,
      ID: fc.oneof({ weight: 4, arbitrary: fc.bigInt({ min: 1n, max: 4n }) }, fc.constantFrom(0n, -5n)),
    },
    { requiredKeys: ['TTL'] },
  )
  .map((lease_grant) => ({ kind: 'lease_grant' as const, lease_grant }));

export const leaseRequest: Request = fc.oneof(
  { weight: 4, arbitrary: grant },
  {
    weight: 2,
    arbitrary: lease.map((ID) => ({ kind: 'lease_revoke' as const, lease_revoke: { ID } })),
  },
  {
    weight: 2,
    arbitrary: lease.map((ID) => ({ kind: 'lease_keep_alive' as const, lease_keep_alive: { ID } })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ ID: lease, keys: yes }, { requiredKeys: ['ID'] })
      .map((lease_time_to_live) => ({ kind: 'lease_time_to_live' as const, lease_time_to_live })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'lease_leases' as const, lease_leases: {} }) },
);
