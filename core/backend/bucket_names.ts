import { fromText } from '../base/bytes.ts';

/** The buckets of etcd's database. */
export const Buckets = {
  /** Revision -> mvccpb.KeyValue. */
  key: fromText('key'),
  /** consistent_index, term, the revisions of compactions. */
  meta: fromText('meta'),
  lease: fromText('lease'),
  auth: fromText('auth'),
  authUsers: fromText('authUsers'),
  authRoles: fromText('authRoles'),
  alarm: fromText('alarm'),
  cluster: fromText('cluster'),
  members: fromText('members'),
  membersRemoved: fromText('members_removed'),
} as const;
