/** What the author of a scenario needs: `import type { Scenario } from 'detcd/scenario'`. */
export type {
  CallResult,
  ClientNote,
  MemberSettings,
  Observed,
  RunFacts,
  Scenario,
  ScenarioCheck,
  SometimesGoal,
  Workload,
  WorkloadClient,
} from '../sim/scenario.ts';
export type { Story } from '../sim/faults/story.ts';
export type { RandomStream } from '../sim/random.ts';
export type { Script } from '../sim/script.ts';
export type { LinkParameters } from '../sim/network/network.ts';
export type { CrashMode } from '../sim/trace/kinds.ts';
export type { DiskFaultSettings } from '../sim/trace/run_info.ts';
export { type RegistersOptions, mixedRegisters, registers } from './workloads/registers.ts';
export { type KeyChoice, uniformKeys } from './workloads/key_choice.ts';
export { type PaceOptions, paceDefaults, turnedAwayTopic } from './workloads/pace.ts';
export type { TrafficOptions } from './workloads/traffic.ts';
export type { Weights } from './workloads/weighted.ts';
export {
  type EtcdChoice,
  type EtcdTrafficOptions,
  etcdMixes,
  etcdTraffic,
  etcdTrafficRange,
} from './workloads/etcd_traffic.ts';
export {
  type KubernetesMix,
  type KubernetesOptions,
  kubernetesMixes,
  kubernetesRange,
  kubernetesTraffic,
} from './workloads/kubernetes_traffic.ts';
export { type MultiKeyOptions, judgeMultiKeyTxns, multiKeyTxns } from './workloads/multi_key_txns.ts';
export { judgeV2Watches } from './workloads/v2_judge.ts';
export { type V2Choice, type V2TrafficOptions, judgeV2, v2Traffic } from './workloads/v2_traffic.ts';
export { type V2WatcherOptions, v2Watcher } from './workloads/v2_watchers.ts';
export { type WatchReaderOptions, watchReaders } from './workloads/watch_readers.ts';
export { type CompactorOptions, compactor } from './workloads/compactor.ts';
export { type Role, roles } from './workloads/roles.ts';
