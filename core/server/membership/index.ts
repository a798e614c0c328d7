/** Who is in the cluster: the members, what they tell about themselves, and which changes are allowed. */
export { BackendSink } from './backend_sink.ts';
export {
  type ClusterMember,
  confChangeContext,
  decodeMember,
  encodeMember,
  memberHex,
  parseMember,
} from './member.ts';
export { readMembership, V2Sink } from './v2_sink.ts';
export { Membership, type MembershipError, type MembershipSink } from './membership.ts';
