import type { LeaseId } from '../../mvcc/index.ts';

/** The leases a put may attach to. A ReadonlySet of ids is one. */
export interface LeaseSet {
  has(lease: LeaseId): boolean;
}

export const noLeases: LeaseSet = { has: () => false };
