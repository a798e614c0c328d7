export { applyV2, type AppliedV2, readV2, type ReadV2 } from './apply.ts';
export {
  eventIndex,
  eventJson,
  isCreated,
  type NodeView,
  type V2Action,
  type V2Event,
  withoutPrefix,
} from './event.ts';
export type { WatchOptions } from './hub.ts';
export { historyCapacity } from './history.ts';
export { V2SnapshotError } from './json_shape.ts';
export {
  attributesJson,
  attributesKey,
  clusterVersionKey,
  type MemberAttributes,
  memberStoreKey,
  membersKey,
  type MembershipWrite,
  membershipWriteOf,
  parseAttributes,
  parseRaftAttributes,
  type RaftAttributes,
  raftAttributesJson,
  raftAttributesKey,
  removedMemberKey,
  removedMembersKey,
} from './membership_keys.ts';
export { decodeV2Request, encodeV2Request, isV2Request, makeV2Request, type V2Request } from './request.ts';
export { clusterNamespace, type Comparison, type Expiry, keysNamespace, V2Store } from './store.ts';
export { formatTime, parseTime } from './time_text.ts';
export { errorJson, V2Code, V2Error } from './v2_error.ts';
export { type V2Watcher, watcherEventsMax } from './watcher.ts';
