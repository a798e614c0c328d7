import { Kind } from '../../sim/trace/kinds.ts';
import type { RunModel } from './run_model.ts';

/** A file of a member at a moment: what is in the page cache against what is on the platter. */
export interface FileState {
  readonly path: string;
  /** End of the last write, as far as the trace tells. */
  readonly bytes: number;
  /** Bytes written and not covered by a completed sync: a crash now may lose them. */
  readonly cachedBytes: number;
  /** Of those, bytes that a sync under way covers. */
  readonly syncingBytes: number;
}

export interface DiskState {
  /** By path. */
  readonly files: readonly FileState[];
  /** Syncs up to now that said done and had not done it. */
  readonly lyingSyncs: number;
  /** Renames and removals that no sync of a directory has made durable. */
  readonly looseNames: readonly string[];
}

interface OpenFile {
  bytes: number;
  cached: number;
  /** Start events of syncs under way, and how many bytes each covers. */
  readonly syncing: Map<number, number>;
}

/** A stretch of a disk's life in one member's machine. */
interface Stay {
  readonly lane: number;
  readonly from: number;
  readonly to: number;
}

/** The disk in a member's machine right after `event`, replayed from what the trace says of writes and syncs. */
export function diskStateAt(model: RunModel, lane: number, event: number): DiskState {
  const replay = new Replay(model);
  for (const stay of staysOf(model, lane, event)) replay.run(stay);
  return replay.finish();
}

/** Disks can be swapped: where this one was before, oldest first. */
function staysOf(model: RunModel, lane: number, event: number): Stay[] {
  const stays: Stay[] = [];
  let at = lane;
  let to = event;
  const faults = model.rare.get(-1)?.fault.refs ?? new Int32Array(0);
  for (let i = faults.length - 1; i >= 0; i--) {
    const fault = faults[i] as number;
    if (fault > to || !model.trace.text(fault, 0).includes('diskSwap')) continue;
    const flag = model.trace.text(fault, 0);
    const { members } = JSON.parse(flag) as { members: readonly [number, number] };
    const lanes = members.map((member) => model.members[member - 1]?.id ?? -1);
    const mine = lanes.indexOf(at);
    if (mine < 0) continue;
    stays.push({ lane: at, from: fault + 1, to });
    at = lanes[1 - mine] as number;
    to = fault;
  }
  stays.push({ lane: at, from: 0, to });
  return stays.toReversed();
}

class Replay {
  private readonly model: RunModel;
  private readonly files = new Map<string, OpenFile>();
  private readonly loose: string[] = [];
  private lyingSyncs = 0;

  constructor(model: RunModel) {
    this.model = model;
  }

  run({ lane, from, to }: Stay): void {
    const { kinds, lanes } = this.model.trace;
    for (let event = from; event <= to; event++) {
      if (lanes[event] === lane) this.event(event, kinds[event] as number);
    }
  }

  finish(): DiskState {
    const files = [...this.files].map(([path, file]) => ({
      path,
      bytes: file.bytes,
      cachedBytes: file.cached,
      syncingBytes: Math.min(file.cached, Math.max(0, ...file.syncing.values())),
    }));
    files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    return { files, lyingSyncs: this.lyingSyncs, looseNames: this.loose };
  }

  private event(event: number, kind: number): void {
    const { trace } = this.model;
    switch (kind) {
      case Kind.write: {
        const file = this.open(trace.text(event, 0));
        file.bytes = Math.max(file.bytes, trace.arg(event, 1) + trace.arg(event, 2));
        file.cached += trace.arg(event, 2);
        break;
      }
      case Kind.syncStart: {
        const file = this.files.get(trace.text(event, 0));
        file?.syncing.set(event, file.cached);
        break;
      }
      case Kind.syncDone:
        this.synced(trace.text(event, 0), trace.causes[event] as number, trace.arg(event, 1) === 0);
        break;
      case Kind.rename:
        this.rename(trace.text(event, 0), trace.text(event, 1));
        break;
      case Kind.truncate:
        this.truncate(trace.text(event, 0), trace.arg(event, 1));
        break;
      case Kind.remove:
        this.files.delete(trace.text(event, 0));
        this.loose.push(`removed ${trace.text(event, 0)}`);
        break;
      case Kind.crash:
        this.crash();
        break;
      case Kind.diskFault:
        if (trace.text(event, 0) === 'wiped') this.files.clear();
        else if (trace.text(event, 0) === 'lying sync') this.lyingSyncs += 1;
        break;
      default:
    }
  }

  private open(path: string): OpenFile {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    const fresh: OpenFile = { bytes: 0, cached: 0, syncing: new Map() };
    this.files.set(path, fresh);
    return fresh;
  }

  /** A file's sync makes its bytes durable; a directory's, the names in it. */
  private synced(path: string, start: number, done: boolean): void {
    const file = this.files.get(path);
    if (file === undefined) {
      if (done) this.loose.length = 0;
      return;
    }
    const covered = file.syncing.get(start) ?? 0;
    file.syncing.delete(start);
    if (!done) return;
    file.cached = Math.max(0, file.cached - covered);
    for (const [other, bytes] of file.syncing) file.syncing.set(other, Math.max(0, bytes - covered));
  }

  private rename(from: string, to: string): void {
    for (const [path, file] of this.files) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.files.delete(path);
      this.files.set(to + path.slice(from.length), file);
    }
    this.loose.push(`renamed to ${to}`);
  }

  private truncate(path: string, size: number): void {
    const file = this.open(path);
    file.bytes = size;
    file.cached = Math.min(file.cached, size);
  }

  /** What a crash kept of the page cache is on the platter now, the rest is gone: nothing is pending. */
  private crash(): void {
    for (const file of this.files.values()) {
      file.cached = 0;
      file.syncing.clear();
    }
    this.loose.length = 0;
  }
}
