/** etcd's leases: times to live that keys are attached to. */
export { compareLeaseIds, minimumTtl, type Lease } from './lease.ts';
export { decodeLease, encodeLease, leaseKey, type LeaseRecord } from './lease_record.ts';
export { leadershipIsFresh } from './leadership.ts';
export { Lessor } from './lessor.ts';
export type {
  GrantError,
  LeaseBackend,
  LeaseCheckpoint,
  LeaseTx,
  LessorOptions,
  PendingRenewal,
  Renewal,
  RevokeStore,
  RevokeTxn,
  TimeToLive,
} from './lessor_types.ts';
