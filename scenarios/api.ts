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
