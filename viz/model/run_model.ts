import type { RunFile } from '../../sim/trace/codec.ts';
import type { Lane, RunInfo } from '../../sim/trace/run_info.ts';
import type { Trace } from '../../sim/trace/trace.ts';
import { type LaneTraffic, trafficByLane } from './density.ts';
import { type LaneSyncs, diskWork } from './disk.ts';
import { Effects } from './effects.ts';
import { type Flag, flagsOf } from './faults.ts';
import { type CutSpan, cutSpans } from './link_cuts.ts';
import { type LaneProgress, progressByLane } from './member_state.ts';
import { type MessageTable, messageTable } from './messages.ts';
import { type Operation, operationsOf } from './operations.ts';
import { type RareEvents, rareEvents } from './rare.ts';
import { type MemberLife, memberLives } from './roles.ts';

/** Everything the page draws, derived from one run file. Never changed after it was built. */
export interface RunModel {
  readonly info: RunInfo;
  readonly trace: Trace;
  readonly durationNs: number;
  readonly members: readonly Lane[];
  readonly clients: readonly Lane[];
  readonly lives: ReadonlyMap<number, MemberLife>;
  readonly progress: ReadonlyMap<number, LaneProgress>;
  readonly messages: MessageTable;
  readonly traffic: readonly LaneTraffic[];
  readonly syncs: ReadonlyMap<number, LaneSyncs>;
  readonly operations: readonly Operation[];
  readonly operationsByLane: ReadonlyMap<number, readonly Operation[]>;
  readonly operationById: ReadonlyMap<number, Operation>;
  readonly flags: readonly Flag[];
  readonly cuts: readonly CutSpan[];
  readonly rare: ReadonlyMap<number, RareEvents>;
  readonly effects: Effects;
}

/**
 * Builds the model in steps; the caller runs one step per turn of the page's event loop, so that no step blocks it for long.
 * Yields the name of the step that comes next and returns the model.
 */
export function* buildModel(file: RunFile): Generator<string, RunModel> {
  const { info, trace } = file;
  const lastNs = trace.length === 0 ? 0 : (trace.timesNs[trace.length - 1] as number);
  const durationNs = Math.max(1, lastNs, info.summary.virtualNs);
  yield 'pairing messages';
  const messages = messageTable(trace, durationNs);
  yield 'counting traffic';
  const traffic = trafficByLane(messages, trace.timesNs);
  yield 'following members';
  const lives = memberLives(trace, durationNs);
  const progress = progressByLane(trace);
  yield 'following disks';
  const syncs = diskWork(trace, durationNs);
  yield 'reading operations';
  const operations = operationsOf(trace, info, durationNs);
  yield 'finding rare events';
  const rare = rareEvents(trace, messages);
  const flags = flagsOf(trace);
  yield 'linking causes';
  const effects = new Effects(trace);
  const members = info.lanes.filter((lane) => lane.kind === 'member');
  return {
    info,
    trace,
    durationNs,
    members,
    clients: info.lanes.filter((lane) => lane.kind === 'client'),
    lives,
    progress,
    messages,
    traffic,
    syncs,
    operations,
    operationsByLane: groupByLane(operations),
    operationById: new Map(operations.map((operation) => [operation.id, operation])),
    flags,
    cuts: cutSpans(info.interventions, members.length, durationNs),
    rare,
    effects,
  };
}

/** All steps at once: for tests and workers. */
export function modelOf(file: RunFile): RunModel {
  const steps = buildModel(file);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function groupByLane(operations: readonly Operation[]): ReadonlyMap<number, readonly Operation[]> {
  const byLane = new Map<number, Operation[]>();
  for (const operation of operations) {
    const lane = byLane.get(operation.lane) ?? [];
    byLane.set(operation.lane, lane);
    lane.push(operation);
  }
  return byLane;
}
