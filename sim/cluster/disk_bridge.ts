import { walDirectory } from '../../core/server/paths.ts';
import type { DiskErrorCode } from '../../core/ports.ts';
import type { DiskHost } from '../disk/host.ts';
import { diskErrorNames, Kind } from '../trace/kinds.ts';
import { Ev } from './events.ts';
import type { World } from './world.ts';

const { write: kindWrite, syncStart: kindSyncStart, syncDone: kindSyncDone } = Kind;

/** Faults by which a sync does not do what it was asked for. */
const losses = new Set(['lying sync', 'lost directory sync', 'lost rename', 'misdirected write']);

const none = -1;

function isLog(path: string): boolean {
  return (
    path.startsWith(walDirectory) &&
    (path.length === walDirectory.length || path[walDirectory.length] === '/')
  );
}

/** Connects one member's virtual disk to the scheduler and the trace. */
export class DiskBridge implements DiskHost {
  private readonly world: World;
  private readonly member: number;
  private readonly causeNow: () => number;
  /** Trace rows of syncs under way, by sync id; -1 for those that are done: a map of one or none gets a new table at each removal. */
  private readonly starts: number[] = [];
  /** Trace row of the last sync that was done. */
  doneEvent = -1;

  constructor(world: World, member: number, causeNow: () => number) {
    this.world = world;
    this.member = member;
    this.causeNow = causeNow;
  }

  nowNs(): number {
    return this.world.scheduler.nowNs;
  }

  scheduleCompletion(id: number, atNs: number): void {
    this.world.scheduler.schedule(atNs, Ev.diskDone, this.member, id, 0, null);
  }

  onWrite(path: string, offsetBytes: number, lengthBytes: number): void {
    const { trace, invariants } = this.world;
    if (isLog(path)) invariants.logs.onWrite(this.member);
    trace.add(kindWrite, this.member, this.causeNow(), trace.string(path), offsetBytes, lengthBytes);
  }

  onSyncStart(id: number, path: string, bytes: number): void {
    const { trace, invariants } = this.world;
    if (isLog(path)) invariants.logs.onSyncStarted(this.member, id);
    this.starts[id] = trace.add(kindSyncStart, this.member, this.causeNow(), trace.string(path), bytes);
  }

  onSyncDone(id: number, path: string, error: DiskErrorCode | null): void {
    const { trace, invariants } = this.world;
    invariants.logs.onSyncDone(this.member, id, path, error !== null);
    const start = this.starts[id] ?? none;
    this.starts[id] = none;
    this.doneEvent = trace.add(
      kindSyncDone,
      this.member,
      start,
      trace.string(path),
      diskErrorNames.indexOf(error ?? 'none'),
    );
  }

  onRename(from: string, to: string): void {
    const { trace } = this.world;
    trace.add(Kind.rename, this.member, this.causeNow(), trace.string(from), trace.string(to));
  }

  onTruncate(path: string, sizeBytes: number): void {
    const { trace } = this.world;
    trace.add(Kind.truncate, this.member, this.causeNow(), trace.string(path), sizeBytes);
  }

  onRemove(path: string): void {
    const { trace } = this.world;
    trace.add(Kind.remove, this.member, this.causeNow(), trace.string(path));
  }

  onFault(text: string, path: string, offsetBytes: number, lengthBytes: number, syncId: number): void {
    const { trace, invariants } = this.world;
    if (syncId >= 0 && losses.has(text)) invariants.logs.onSyncLost(this.member, syncId);
    const start = this.starts[syncId] ?? none;
    const cause = start === none ? this.causeNow() : start;
    const row = [trace.string(text), trace.string(path), offsetBytes, lengthBytes] as const;
    trace.add(Kind.diskFault, this.member, cause, ...row);
  }
}
