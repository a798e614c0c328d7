import type { Guarantee } from '../invariants.ts';

/** What etcd promises of leases, under a declared bound on how far apart clocks can run (etcd: Lease API). */
export const leaseGuarantees = {
  notEarly: {
    name: 'lease: no early expiry',
    guarantee:
      'A lease does not run out before its time to live has passed since it was granted or renewed, but for the declared clock error.',
  },
  notImmortal: {
    name: 'lease: no immortal lease',
    guarantee:
      'A lease that nobody renews runs out and its keys go, within its time to live, the clock error and the grace for elections.',
  },
  renewed: {
    name: 'lease: a renewal holds',
    guarantee: 'After a renewal that was answered with a time to live the lease exists for that time.',
  },
} as const satisfies Record<string, Guarantee>;

export type LeaseGuarantee = keyof typeof leaseGuarantees;
