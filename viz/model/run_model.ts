import type { RunFile } from '../../sim/trace/codec.ts';
import type { Lane, RunInfo } from '../../sim/trace/run_info.ts';
import { type LaneTraffic, trafficByLane } from './density.ts';
import { type LaneSyncs, diskWork } from './disk.ts';
import { type EffectColumns, Effects, effectColumns } from './effects.ts';
import { type Flag, flagsOf } from './faults.ts';
import { type CutSpan, cutSpans } from './link_cuts.ts';
import { type LaneProgress, progressByLane } from './member_state.ts';
import { type MessageTable, messageTable } from './messages.ts';
import { type OperationColumns, OperationTable, operationColumns } from './operations.ts';
import { type RareEvents, rareEvents } from './rare.ts';
import { type MemberLife, memberLives } from './roles.ts';
import { ColumnTrace, type TraceColumns, columnsOfTrace } from './trace_view.ts';

/**
 * Everything the page draws, derived from one run file: plain data. What grows with the run lies in typed arrays, so that a
 * worker can hand it over without copying.
 */
export interface RunColumns {
  readonly info: RunInfo;
  readonly trace: TraceColumns;
  readonly durationNs: number;
  readonly lives: ReadonlyMap<number, MemberLife>;
  readonly progress: ReadonlyMap<number, LaneProgress>;
  readonly messages: MessageTable;
  readonly traffic: readonly LaneTraffic[];
  readonly syncs: ReadonlyMap<number, LaneSyncs>;
  readonly operations: OperationColumns;
  readonly flags: readonly Flag[];
  readonly cuts: readonly CutSpan[];
  readonly rare: ReadonlyMap<number, RareEvents>;
  readonly effects: EffectColumns;
}

/** The columns with ways to read them. Never changed after it was built. */
export interface RunModel extends Omit<RunColumns, 'trace' | 'operations' | 'effects'> {
  readonly trace: ColumnTrace;
  readonly members: readonly Lane[];
  readonly clients: readonly Lane[];
  readonly operations: OperationTable;
  readonly effects: Effects;
}

/** Derives the columns in steps, so that one who has no worker can let the page paint between them. */
export function* buildColumns(info: RunInfo, columns: TraceColumns): Generator<void, RunColumns> {
  const trace = new ColumnTrace(columns);
  const lastNs = trace.length === 0 ? 0 : (trace.timesNs[trace.length - 1] as number);
  const durationNs = Math.max(1, lastNs, info.summary.virtualNs);
  const messages = messageTable(trace, durationNs);
  yield;
  const traffic = trafficByLane(messages, trace.timesNs);
  yield;
  const lives = memberLives(trace, durationNs);
  const progress = progressByLane(trace);
  yield;
  const syncs = diskWork(trace, durationNs);
  yield;
  const operations = operationColumns(trace, info, durationNs);
  yield;
  const rare = rareEvents(trace, messages);
  const flags = flagsOf(trace);
  yield;
  const members = info.lanes.filter((lane) => lane.kind === 'member').length;
  return {
    info,
    trace: columns,
    durationNs,
    lives,
    progress,
    messages,
    traffic,
    syncs,
    operations,
    flags,
    cuts: cutSpans(info.interventions, members, durationNs),
    rare,
    effects: effectColumns(trace),
  };
}

export function modelOfColumns(columns: RunColumns): RunModel {
  const { info } = columns;
  const trace = new ColumnTrace(columns.trace);
  return {
    ...columns,
    trace,
    members: info.lanes.filter((lane) => lane.kind === 'member'),
    clients: info.lanes.filter((lane) => lane.kind === 'client'),
    operations: new OperationTable(columns.operations, trace, info),
    effects: new Effects(columns.effects),
  };
}

/** All steps at once: for tests and workers. */
export function columnsOf(info: RunInfo, trace: TraceColumns): RunColumns {
  const steps = buildColumns(info, trace);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export function modelOf({ info, trace }: RunFile): RunModel {
  return modelOfColumns(columnsOf(info, columnsOfTrace(trace)));
}
