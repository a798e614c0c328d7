import { Kind, argument } from '../../sim/trace/kinds.ts';
import type { TraceView } from '../model/trace_view.ts';

/**
 * What happened before what (Lamport 1978), with a crash in the way: of a process, every event comes after those before it; a delivery
 * comes after its send, an answer after its call. What was only in a process's memory or in the page cache dies with a loss of power, so a
 * new life of a member follows not from the end of the life before but from the last write that was on the disk.
 *
 * Within one life the events that an event follows from are a prefix, and those that follow from it are the rest from one event on. So a
 * cone is two cutoffs for each life, and one walk along the causes finds them: no vector per event has to be kept.
 */
export interface CausalOrder {
  /** The life that each event belongs to. Every event of the world's lane is a life of its own. */
  readonly lifeOfEvent: Int32Array;
  /** The lane of each life. */
  readonly laneOfLife: Uint16Array;
  /** The first event of each life. */
  readonly starts: Int32Array;
  /** The event of an earlier life that a life's first event follows from; -1 for none. */
  readonly links: Int32Array;
}

const worldLane = 0;
const writtenFile = argument('write', 'file');
const syncedFile = argument('syncStart', 'file');
const syncError = argument('syncDone', 'error');
const keptSectors = argument('crash', 'keptSectors');

/** What a machine's disk holds, as far as it matters which write was last. */
interface Disk {
  /** The last write, durable or not. */
  written: number;
  /** The last write that no loss of power takes away. */
  durable: number;
  /** Last write by file, since the process began. */
  readonly files: Map<number, number>;
  /** What a sync that is under way covers, by the event of its start. */
  readonly syncing: Map<number, number>;
}

/** A lane on its way through the trace. */
interface Walker {
  life: number;
  disk: Disk;
  /** What the next life begins with; -2 while this one goes on. */
  next: number;
}

const goesOn = -2;

class Walk {
  readonly lifeOfEvent: Int32Array;
  readonly lanes: number[] = [];
  readonly starts: number[] = [];
  readonly links: number[] = [];
  private readonly trace: TraceView;
  private readonly walkers = new Map<number, Walker>();
  private readonly memberLanes: readonly number[];

  constructor(trace: TraceView, memberLanes: readonly number[]) {
    this.trace = trace;
    this.memberLanes = memberLanes;
    this.lifeOfEvent = new Int32Array(trace.length);
  }

  run(): void {
    const { kinds, lanes, length } = this.trace;
    for (let event = 0; event < length; event++) {
      const lane = lanes[event] as number;
      const kind = kinds[event] as number;
      if (lane === worldLane) {
        this.lifeOfEvent[event] = this.begin(lane, event, -1);
        if (kind === Kind.intervene) this.swapDisks(event);
        continue;
      }
      const walker = this.walkers.get(lane) ?? this.newWalker(lane, event);
      if (kind === Kind.boot && walker.next !== goesOn) {
        walker.life = this.begin(lane, event, walker.next);
        walker.next = goesOn;
      }
      this.lifeOfEvent[event] = walker.life;
      this.disk(walker, event, kind);
    }
  }

  private begin(lane: number, event: number, link: number): number {
    this.lanes.push(lane);
    this.starts.push(event);
    return this.links.push(link) - 1;
  }

  private newWalker(lane: number, event: number): Walker {
    const disk: Disk = { written: -1, durable: -1, files: new Map(), syncing: new Map() };
    const walker: Walker = { life: this.begin(lane, event, -1), disk, next: goesOn };
    this.walkers.set(lane, walker);
    return walker;
  }

  private disk(walker: Walker, event: number, kind: number): void {
    const { trace } = this;
    const { disk } = walker;
    switch (kind) {
      case Kind.write:
        disk.written = event;
        disk.files.set(trace.arg(event, writtenFile), event);
        break;
      case Kind.syncStart:
        disk.syncing.set(event, disk.files.get(trace.arg(event, syncedFile)) ?? -1);
        break;
      case Kind.syncDone: {
        const start = trace.causes[event] as number;
        const covered = disk.syncing.get(start) ?? -1;
        disk.syncing.delete(start);
        if (trace.arg(event, syncError) === 0) disk.durable = Math.max(disk.durable, covered);
        break;
      }
      case Kind.crash:
        this.crash(walker, event);
        break;
      case Kind.stopped:
        // Everything is on the disk.
        disk.durable = event;
        this.end(walker, event);
        break;
      case Kind.failed:
        // The process is gone, the machine is not: the page cache lives on.
        this.end(walker, Math.max(disk.written, disk.durable));
        break;
      case Kind.diskFault:
        if (trace.text(event, 0) === 'wiped') this.wipe(walker);
        break;
      default:
    }
  }

  private crash(walker: Walker, event: number): void {
    const { disk } = walker;
    // Sectors that the disk had taken before it was asked to sync survive, too.
    if (this.trace.arg(event, keptSectors) > 0) disk.durable = Math.max(disk.durable, disk.written);
    disk.written = disk.durable;
    this.end(walker, disk.durable);
  }

  private end(walker: Walker, link: number): void {
    walker.next = link;
    walker.disk.files.clear();
    walker.disk.syncing.clear();
  }

  private wipe(walker: Walker): void {
    walker.disk.written = -1;
    walker.disk.durable = -1;
    if (walker.next !== goesOn) walker.next = -1;
  }

  private swapDisks(event: number): void {
    const text = this.trace.text(event, 0);
    if (!text.includes('diskSwap')) return;
    const { members } = JSON.parse(text) as { readonly members: readonly [number, number] };
    const [a, b] = members.map((member) => this.walkers.get(this.memberLanes[member - 1] ?? -1));
    if (a === undefined || b === undefined) return;
    [a.disk, b.disk] = [b.disk, a.disk];
    for (const walker of [a, b]) if (walker.next !== goesOn) walker.next = walker.disk.durable;
  }
}

/** One walk over the trace. `memberLanes`: the lane of each member, in the order of their numbers. */
export function causalOrder(trace: TraceView, memberLanes: readonly number[]): CausalOrder {
  const walk = new Walk(trace, memberLanes);
  walk.run();
  return {
    lifeOfEvent: walk.lifeOfEvent,
    laneOfLife: Uint16Array.from(walk.lanes),
    starts: Int32Array.from(walk.starts),
    links: Int32Array.from(walk.links),
  };
}
