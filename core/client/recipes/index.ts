/** What a client does with etcd again and again, each with its promise and what it does not promise: docs/RECIPES.md. */
export type { Attempt, Failure } from './attempt.ts';
export { Barrier } from './barrier.ts';
export type { Claim } from './claims.ts';
export { ConfigFollower, type Configuration, publish } from './config.ts';
export { type Instance, ServiceView, register, unregister } from './discovery.ts';
export { DoubleBarrier } from './double_barrier.ts';
export { Election, type Leader, LeaderObserver } from './election.ts';
export { FencedRegister, type FencedWrite } from './fence.ts';
export { Follower, type PairChange, type Step } from './follow.ts';
export { type Ownership, ownedBy } from './line.ts';
export { Mirror, type MirrorEnds } from './mirror.ts';
export { Mutex } from './mutex.ts';
export { withNamespace } from './namespace.ts';
export { PriorityQueue } from './priority_queue.ts';
export { Queue } from './queue.ts';
export { SelfMetadata } from './self_metadata.ts';
export { Session, openSession } from './session.ts';
export { type Committed, type Isolation, type Transaction, transact } from './stm.ts';
