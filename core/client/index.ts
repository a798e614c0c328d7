/** The client: scripts say what they want (`api.ts`), `Client` does it. */
export type * from './api.ts';
export { Balancer, type Balancing } from './balancer.ts';
export { type Begun, Client, type ClientOptions } from './client.ts';
export { etcdClient } from './etcd_client.ts';
export { bytes, endOfKeys, prefixEnd, prefixRange, text } from './keys.ts';
export type { CallId, Caller, ClientObserver, ClientPorts, WaitId } from './ports.ts';
export { isReadOnly, isRepeatable, reactionTo } from './retry.ts';
export { type KeeperId, type WatchId, nanoseconds, perform } from './task.ts';
