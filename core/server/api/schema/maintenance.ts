import type * as maintenance from '../maintenance.ts';
import { responseHeader } from './kv.ts';
import { bool, bytes, enumeration, int64, message, optional, repeated } from './schema.ts';
import { schemaOf, string, uint32, uint64, uint64Id } from './schema.ts';

const alarmTypes: readonly maintenance.AlarmType[] = ['NONE', 'NOSPACE', 'CORRUPT'];
const alarmActions: readonly maintenance.AlarmAction[] = ['GET', 'ACTIVATE', 'DEACTIVATE'];
const header = message(1, responseHeader);

export const alarmRequest = schemaOf<maintenance.AlarmRequest>('etcdserverpb.AlarmRequest', {
  action: optional(enumeration(1, alarmActions)),
  memberID: optional(uint64Id(2)),
  alarm: optional(enumeration(3, alarmTypes)),
});

export const alarmMember = schemaOf<maintenance.AlarmMember>('etcdserverpb.AlarmMember', {
  memberID: uint64Id(1),
  alarm: enumeration(2, alarmTypes),
});

export const alarmResponse = schemaOf<maintenance.AlarmResponse>('etcdserverpb.AlarmResponse', {
  header: optional(header),
  alarms: repeated(message(2, alarmMember)),
});

export const statusRequest = schemaOf<maintenance.StatusRequest>('etcdserverpb.StatusRequest', {});

export const statusResponse = schemaOf<maintenance.StatusResponse>('etcdserverpb.StatusResponse', {
  header,
  version: string(2),
  dbSize: int64(3),
  leader: uint64Id(4),
  raftIndex: uint64(5),
  raftTerm: uint64(6),
  raftAppliedIndex: uint64(7),
  errors: repeated(string(8)),
  dbSizeInUse: int64(9),
  isLearner: bool(10),
});

export const defragmentRequest = schemaOf<maintenance.DefragmentRequest>(
  'etcdserverpb.DefragmentRequest',
  {},
);

export const defragmentResponse = schemaOf<maintenance.DefragmentResponse>(
  'etcdserverpb.DefragmentResponse',
  { header: optional(header) },
);

export const hashRequest = schemaOf<maintenance.HashRequest>('etcdserverpb.HashRequest', {});

export const hashResponse = schemaOf<maintenance.HashResponse>('etcdserverpb.HashResponse', {
  header,
  hash: uint32(2),
});

export const hashKVRequest = schemaOf<maintenance.HashKVRequest>('etcdserverpb.HashKVRequest', {
  revision: optional(int64(1)),
});

export const hashKVResponse = schemaOf<maintenance.HashKVResponse>('etcdserverpb.HashKVResponse', {
  header,
  hash: uint32(2),
  compact_revision: int64(3),
});

export const moveLeaderRequest = schemaOf<maintenance.MoveLeaderRequest>('etcdserverpb.MoveLeaderRequest', {
  targetID: uint64Id(1),
});

export const moveLeaderResponse = schemaOf<maintenance.MoveLeaderResponse>(
  'etcdserverpb.MoveLeaderResponse',
  { header: optional(header) },
);

export const snapshotRequest = schemaOf<maintenance.SnapshotRequest>('etcdserverpb.SnapshotRequest', {});

export const snapshotResponse = schemaOf<maintenance.SnapshotResponse>('etcdserverpb.SnapshotResponse', {
  header,
  remaining_bytes: uint64(2),
  blob: bytes(3),
});
