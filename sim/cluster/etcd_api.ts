/** What the rest of the simulation, which sees no server, may know of the client. */
export type {
  CallOptions,
  Effect,
  EtcdClient,
  LeaseKeeper,
  Outcome,
  Task,
  WatchAnswer,
  WatchHandle,
  WatchOptions,
} from '../../core/client/index.ts';
