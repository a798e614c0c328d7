import { Kind, argument } from '../../sim/trace/kinds.ts';
import type { Trace } from '../../sim/trace/trace.ts';

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

const startFile = argument('syncStart', 'file');
const writeFile = argument('write', 'file');
const doneError = argument('syncDone', 'error');

interface Open {
  readonly writeNs: number;
  readonly startNs: number;
  readonly startEvent: number;
  readonly file: number;
}

class LaneDisk {
  readonly spans: SyncSpan[] = [];
  readonly writes: number[] = [];
  private readonly firstWrite = new Map<number, number>();
  private readonly open = new Map<number, Open>();

  write(file: number, atNs: number): void {
    this.writes.push(atNs);
    if (!this.firstWrite.has(file)) this.firstWrite.set(file, atNs);
  }

  start(event: number, file: number, atNs: number): void {
    const writeNs = this.firstWrite.get(file) ?? atNs;
    this.firstWrite.delete(file);
    this.open.set(event, { writeNs, startNs: atNs, startEvent: event, file });
  }

  done(event: number, start: number, atNs: number, failed: boolean): void {
    const open = this.open.get(start);
    if (open === undefined) return;
    this.open.delete(start);
    this.spans.push({ ...open, doneNs: atNs, doneEvent: event, failed });
  }

  cutOff(atNs: number): void {
    for (const open of this.open.values())
      this.spans.push({ ...open, doneNs: atNs, doneEvent: -1, failed: false });
    this.open.clear();
    this.firstWrite.clear();
  }
}

export interface LaneSyncs {
  /** In the order of their completion, so `doneNs` can be searched. */
  readonly spans: readonly SyncSpan[];
  readonly longestNs: number;
}

/** Disk work by lane id. */
export function diskWork(trace: Trace, endOfRunNs: number): ReadonlyMap<number, LaneSyncs> {
  const disks = new Map<number, LaneDisk>();
  for (let i = 0; i < trace.length; i++) {
    const kind = trace.kinds[i] as number;
    const concerns =
      kind === Kind.write || kind === Kind.syncStart || kind === Kind.syncDone || kind === Kind.crash;
    if (!concerns) continue;
    const lane = trace.lanes[i] as number;
    const disk = disks.get(lane) ?? new LaneDisk();
    disks.set(lane, disk);
    const atNs = trace.timesNs[i] as number;
    if (kind === Kind.write) disk.write(trace.arg(i, writeFile), atNs);
    else if (kind === Kind.syncStart) disk.start(i, trace.arg(i, startFile), atNs);
    else if (kind === Kind.crash) disk.cutOff(atNs);
    else disk.done(i, trace.causes[i] as number, atNs, trace.arg(i, doneError) !== 0);
  }
  const work = new Map<number, LaneSyncs>();
  for (const [lane, disk] of disks) {
    disk.cutOff(endOfRunNs);
    let longestNs = 0;
    for (const span of disk.spans) longestNs = Math.max(longestNs, span.doneNs - span.writeNs);
    work.set(lane, { spans: disk.spans, longestNs });
  }
  return work;
}
