import type * as lease from '../lease.ts';
import { responseHeader } from './kv.ts';
import { bool, bytes, int64, int64Id, message, optional, repeated, schemaOf, string } from './schema.ts';

const header = message(1, responseHeader);

export const leaseGrantRequest = schemaOf<lease.LeaseGrantRequest>('etcdserverpb.LeaseGrantRequest', {
  TTL: int64(1),
  ID: optional(int64Id(2)),
});

export const leaseGrantResponse = schemaOf<lease.LeaseGrantResponse>('etcdserverpb.LeaseGrantResponse', {
  header,
  ID: int64Id(2),
  TTL: int64(3),
  error: string(4),
});

export const leaseRevokeRequest = schemaOf<lease.LeaseRevokeRequest>('etcdserverpb.LeaseRevokeRequest', {
  ID: int64Id(1),
});

export const leaseRevokeResponse = schemaOf<lease.LeaseRevokeResponse>('etcdserverpb.LeaseRevokeResponse', {
  header,
});

export const leaseKeepAliveRequest = schemaOf<lease.LeaseKeepAliveRequest>(
  'etcdserverpb.LeaseKeepAliveRequest',
  { ID: int64Id(1) },
);

export const leaseKeepAliveResponse = schemaOf<lease.LeaseKeepAliveResponse>(
  'etcdserverpb.LeaseKeepAliveResponse',
  { header, ID: int64Id(2), TTL: int64(3) },
);

export const leaseTimeToLiveRequest = schemaOf<lease.LeaseTimeToLiveRequest>(
  'etcdserverpb.LeaseTimeToLiveRequest',
  { ID: int64Id(1), keys: optional(bool(2)) },
);

export const leaseTimeToLiveResponse = schemaOf<lease.LeaseTimeToLiveResponse>(
  'etcdserverpb.LeaseTimeToLiveResponse',
  { header, ID: int64Id(2), TTL: int64(3), grantedTTL: int64(4), keys: repeated(bytes(5)) },
);

export const leaseLeasesRequest = schemaOf<lease.LeaseLeasesRequest>('etcdserverpb.LeaseLeasesRequest', {});

const leaseStatus = schemaOf<lease.LeaseStatus>('etcdserverpb.LeaseStatus', { ID: int64Id(1) });

export const leaseLeasesResponse = schemaOf<lease.LeaseLeasesResponse>('etcdserverpb.LeaseLeasesResponse', {
  header,
  leases: repeated(message(2, leaseStatus)),
});

const leaseCheckpoint = schemaOf<lease.LeaseCheckpoint>('etcdserverpb.LeaseCheckpoint', {
  ID: int64Id(1),
  remaining_TTL: int64(2),
});

export const leaseCheckpointRequest = schemaOf<lease.LeaseCheckpointRequest>(
  'etcdserverpb.LeaseCheckpointRequest',
  { checkpoints: repeated(message(1, leaseCheckpoint)) },
);
