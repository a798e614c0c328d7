import type { RunFile } from '../../sim/trace/codec.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import { trafficByLane } from './density.ts';
import { diskWork } from './disk.ts';
import { effectColumns } from './effects.ts';
import { flagsOf } from './faults.ts';
import { cutSpans } from './link_cuts.ts';
import { progressByLane } from './member_state.ts';
import { messageTable } from './messages.ts';
import { operationColumns } from './operations.ts';
import { rareEvents } from './rare.ts';
import { memberLives } from './roles.ts';
import { type RunColumns, type RunModel, modelOfColumns } from './run_model.ts';
import { ColumnTrace, type TraceColumns, columnsOfTrace } from './trace_view.ts';

/** What is derived from the trace without its messages: half of the work, so that two workers can share it. */
export type WorkColumns = Pick<RunColumns, 'syncs' | 'operations' | 'effects'>;
export type TrafficColumns = Omit<RunColumns, keyof WorkColumns>;

function durationOf(info: RunInfo, { timesNs }: TraceColumns): number {
  return Math.max(1, timesNs.at(-1) ?? 0, info.summary.virtualNs);
}

/** Derives the columns in steps, so that one who has no worker can let the page paint between them. */
export function* buildColumns(info: RunInfo, columns: TraceColumns): Generator<void, RunColumns> {
  const traffic = yield* trafficColumns(info, columns);
  yield;
  return { ...traffic, ...(yield* workColumns(info, columns)) };
}

export function* workColumns(info: RunInfo, columns: TraceColumns): Generator<void, WorkColumns> {
  const trace = new ColumnTrace(columns);
  const durationNs = durationOf(info, columns);
  const syncs = diskWork(trace, durationNs);
  yield;
  const operations = operationColumns(trace, info, durationNs);
  yield;
  return { syncs, operations, effects: effectColumns(trace) };
}

export function* trafficColumns(info: RunInfo, columns: TraceColumns): Generator<void, TrafficColumns> {
  const trace = new ColumnTrace(columns);
  const durationNs = durationOf(info, columns);
  const messages = messageTable(trace, durationNs);
  yield;
  const traffic = trafficByLane(messages, trace.timesNs);
  yield;
  const lives = memberLives(trace, durationNs);
  const progress = progressByLane(trace);
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
    flags,
    cuts: cutSpans(info.interventions, members, durationNs),
    rare,
  };
}

/** All steps at once: for tests and workers. */
export function columnsOf(info: RunInfo, trace: TraceColumns): RunColumns {
  return atOnce(buildColumns(info, trace));
}

export function atOnce<Columns>(steps: Generator<void, Columns>): Columns {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export function modelOf({ info, trace }: RunFile): RunModel {
  return modelOfColumns(columnsOf(info, columnsOfTrace(trace)));
}
