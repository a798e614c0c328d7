/** What etcd 3.5 and later put into the log instead of v2 requests (membershippb); etcd 3.4 has none of these. */
import type * as raft from '../raft_messages.ts';
import { bool, message, optional, repeated, schemaOf, string, uint64Id } from './schema.ts';

export const clusterVersionSetRequest = schemaOf<raft.ClusterVersionSetRequest>(
  'membershippb.ClusterVersionSetRequest',
  { ver: string(1) },
);

const attributes = schemaOf<raft.MemberAttributes>('membershippb.Attributes', {
  name: string(1),
  client_urls: repeated(string(2)),
});

export const clusterMemberAttrSetRequest = schemaOf<raft.ClusterMemberAttrSetRequest>(
  'membershippb.ClusterMemberAttrSetRequest',
  { member_ID: uint64Id(1), member_attributes: optional(message(2, attributes)) },
);

export const downgradeInfoSetRequest = schemaOf<raft.DowngradeInfoSetRequest>(
  'membershippb.DowngradeInfoSetRequest',
  { enabled: bool(1), ver: string(2) },
);

export const internalAuthenticateRequest = schemaOf<raft.InternalAuthenticateRequest>(
  'etcdserverpb.InternalAuthenticateRequest',
  { name: string(1), password: string(2), simple_token: string(3) },
);

export const authStatusRequest = schemaOf<raft.AuthStatusRequest>('etcdserverpb.AuthStatusRequest', {});
