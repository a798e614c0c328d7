import type * as cluster from '../cluster.ts';
import { responseHeader } from './kv.ts';
import { bool, message, optional, repeated, schemaOf, string, uint64Id } from './schema.ts';

const header = message(1, responseHeader);

export const member = schemaOf<cluster.ClusterMember>('etcdserverpb.Member', {
  ID: uint64Id(1),
  name: string(2),
  peerURLs: repeated(string(3)),
  clientURLs: repeated(string(4)),
  isLearner: bool(5),
});

const members = repeated(message(2, member));

export const memberAddRequest = schemaOf<cluster.MemberAddRequest>('etcdserverpb.MemberAddRequest', {
  peerURLs: repeated(string(1)),
  isLearner: optional(bool(2)),
});

export const memberAddResponse = schemaOf<cluster.MemberAddResponse>('etcdserverpb.MemberAddResponse', {
  header,
  member: message(2, member),
  members: repeated(message(3, member)),
});

export const memberRemoveRequest = schemaOf<cluster.MemberRemoveRequest>('etcdserverpb.MemberRemoveRequest', {
  ID: uint64Id(1),
});

export const memberRemoveResponse = schemaOf<cluster.MemberRemoveResponse>(
  'etcdserverpb.MemberRemoveResponse',
  { header, members },
);

export const memberUpdateRequest = schemaOf<cluster.MemberUpdateRequest>('etcdserverpb.MemberUpdateRequest', {
  ID: uint64Id(1),
  peerURLs: repeated(string(2)),
});

export const memberUpdateResponse = schemaOf<cluster.MemberUpdateResponse>(
  'etcdserverpb.MemberUpdateResponse',
  { header, members },
);

export const memberListRequest = schemaOf<cluster.MemberListRequest>('etcdserverpb.MemberListRequest', {
  linearizable: optional(bool(1)),
});

export const memberListResponse = schemaOf<cluster.MemberListResponse>('etcdserverpb.MemberListResponse', {
  header,
  members,
});

export const memberPromoteRequest = schemaOf<cluster.MemberPromoteRequest>(
  'etcdserverpb.MemberPromoteRequest',
  { ID: uint64Id(1) },
);

export const memberPromoteResponse = schemaOf<cluster.MemberPromoteResponse>(
  'etcdserverpb.MemberPromoteResponse',
  { header, members },
);
