import type { Lane, RunInfo } from '../../sim/trace/run_info.ts';
import type { LaneTraffic } from './density.ts';
import type { LaneSyncs } from './disk.ts';
import { type EffectColumns, Effects } from './effects.ts';
import type { Flag } from './faults.ts';
import type { CutSpan } from './link_cuts.ts';
import type { LaneProgress } from './member_state.ts';
import type { MessageTable } from './messages.ts';
import { type OperationColumns, OperationTable } from './operations.ts';
import type { RareEvents } from './rare.ts';
import type { MemberLife } from './roles.ts';
import { ColumnTrace, type TraceColumns } from './trace_view.ts';

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
