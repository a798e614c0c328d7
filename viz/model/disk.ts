import { Kind, argument } from '../../sim/trace/kinds.ts';
import type { TraceView } from './trace_view.ts';

/** One sync of a file: from the first write it covers to its completion. Before `doneNs` a crash may lose those writes. */
export interface SyncSpan {
  readonly writeNs: number;
  readonly startNs: number;
  /** The completion; the crash that cut it off; or the end of the run. */
  readonly doneNs: number;
  readonly startEvent: number;
  /** -1 when it never completed. */
  readonly doneEvent: number;
  readonly file: number;
  readonly failed: boolean;
}

/** The syncs of a lane in the order of their completion, so that `doneNs` can be searched. */
export interface LaneSyncs {
  readonly length: number;
  readonly writeNs: Float64Array;
  readonly startNs: Float64Array;
  readonly doneNs: Float64Array;
  readonly startEvents: Int32Array;
  readonly doneEvents: Int32Array;
  readonly files: Int32Array;
  readonly failed: Uint8Array;
  readonly longestNs: number;
}

export function syncSpan(syncs: LaneSyncs, row: number): SyncSpan {
  return {
    writeNs: syncs.writeNs[row] as number,
    startNs: syncs.startNs[row] as number,
    doneNs: syncs.doneNs[row] as number,
    startEvent: syncs.startEvents[row] as number,
    doneEvent: syncs.doneEvents[row] as number,
    file: syncs.files[row] as number,
    failed: syncs.failed[row] === 1,
  };
}

const startFile = argument('syncStart', 'file');
const writeFile = argument('write', 'file');
const doneError = argument('syncDone', 'error');

/** Syncs of all lanes in the order of their starts, while they are found. */
interface Rows {
  readonly writeNs: Float64Array;
  readonly doneNs: Float64Array;
  readonly startEvents: Int32Array;
  readonly doneEvents: Int32Array;
  readonly failed: Uint8Array;
}

class LaneDisk {
  /** Rows in the order of their completion. */
  readonly done: number[] = [];
  /** Rows of syncs under way; few at any time. */
  readonly open: number[] = [];
  /** By file: the first write that no sync covers yet. */
  readonly firstWriteNs = new Map<number, number>();

  finish(rows: Rows, row: number, atNs: number, event: number, failed: boolean): void {
    rows.doneNs[row] = atNs;
    rows.doneEvents[row] = event;
    rows.failed[row] = failed ? 1 : 0;
    this.done.push(row);
  }

  cutOff(rows: Rows, atNs: number): void {
    for (const row of this.open) this.finish(rows, row, atNs, -1, false);
    this.open.length = 0;
    this.firstWriteNs.clear();
  }
}

/** Disk work by lane id. */
export function diskWork(trace: TraceView, endOfRunNs: number): ReadonlyMap<number, LaneSyncs> {
  const { kinds, lanes, timesNs, causes, length } = trace;
  let starts = 0;
  for (let i = 0; i < length; i++) if (kinds[i] === Kind.syncStart) starts += 1;
  const rows: Rows = {
    writeNs: new Float64Array(starts),
    doneNs: new Float64Array(starts),
    startEvents: new Int32Array(starts),
    doneEvents: new Int32Array(starts),
    failed: new Uint8Array(starts),
  };
  const disks = new Map<number, LaneDisk>();
  let next = 0;
  for (let i = 0; i < length; i++) {
    const kind = kinds[i] as number;
    const concerns =
      kind === Kind.write || kind === Kind.syncStart || kind === Kind.syncDone || kind === Kind.crash;
    if (!concerns) continue;
    const lane = lanes[i] as number;
    let disk = disks.get(lane);
    if (disk === undefined) disks.set(lane, (disk = new LaneDisk()));
    const atNs = timesNs[i] as number;
    if (kind === Kind.write) {
      const file = trace.arg(i, writeFile);
      if (!disk.firstWriteNs.has(file)) disk.firstWriteNs.set(file, atNs);
    } else if (kind === Kind.syncStart) {
      const file = trace.arg(i, startFile);
      rows.writeNs[next] = disk.firstWriteNs.get(file) ?? atNs;
      rows.startEvents[next] = i;
      disk.firstWriteNs.delete(file);
      disk.open.push(next++);
    } else if (kind === Kind.crash) disk.cutOff(rows, atNs);
    else {
      const at = disk.open.findIndex((row) => rows.startEvents[row] === causes[i]);
      if (at < 0) continue;
      const [row] = disk.open.splice(at, 1) as [number];
      disk.finish(rows, row, atNs, i, trace.arg(i, doneError) !== 0);
    }
  }
  const work = new Map<number, LaneSyncs>();
  for (const [lane, disk] of disks) {
    disk.cutOff(rows, endOfRunNs);
    work.set(lane, gather(trace, rows, disk.done));
  }
  return work;
}

function gather(trace: TraceView, rows: Rows, done: readonly number[]): LaneSyncs {
  const length = done.length;
  const writeNs = new Float64Array(length);
  const startNs = new Float64Array(length);
  const doneNs = new Float64Array(length);
  const startEvents = new Int32Array(length);
  const doneEvents = new Int32Array(length);
  const files = new Int32Array(length);
  const failed = new Uint8Array(length);
  let longestNs = 0;
  for (let i = 0; i < length; i++) {
    const row = done[i] as number;
    const start = rows.startEvents[row] as number;
    writeNs[i] = rows.writeNs[row] as number;
    startNs[i] = trace.timesNs[start] as number;
    doneNs[i] = rows.doneNs[row] as number;
    startEvents[i] = start;
    doneEvents[i] = rows.doneEvents[row] as number;
    files[i] = trace.arg(start, startFile);
    failed[i] = rows.failed[row] as number;
    longestNs = Math.max(longestNs, (doneNs[i] as number) - (writeNs[i] as number));
  }
  return { length, writeNs, startNs, doneNs, startEvents, doneEvents, files, failed, longestNs };
}
