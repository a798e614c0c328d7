export * from './bootstrap.ts';
export * from './conf_change.ts';
export * from './config.ts';
export * from './describe.ts';
export * from './entry.ts';
export * from './errors.ts';
export * from './memory_storage.ts';
export {
  describeConfiguration,
  isJoint,
  toConfState,
  type Configuration,
  type ProgressMap,
} from './membership/config.ts';
export * from './message.ts';
export * from './message_fields.ts';
export * from './message_make.ts';
export { describeProgress, type Progress, type ProgressState } from './progress.ts';
export type { Raft, ReadState } from './raft.ts';
export * from './raw_node.ts';
export type { Ready, SoftState } from './ready.ts';
export type { Role, RoleName } from './role.ts';
export * from './status.ts';
export * from './storage.ts';
export * from './wire.ts';
export * from './wire_message.ts';
