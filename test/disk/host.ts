import type { DiskErrorCode } from '../../core/ports.ts';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import type { DiskHost } from '../../sim/disk/host.ts';
import { VirtualDisk, type CrashOutcome, type SyncCompletion } from '../../sim/disk/virtual_disk.ts';
import { RandomStream } from '../../sim/random.ts';

/** A world for one disk: completions wait in order until a test lets them through; what the disk reports is a list of lines. */
export class TestHost implements DiskHost {
  now = 0;
  readonly lines: string[] = [];
  readonly scheduled: { readonly id: number; readonly atNs: number }[] = [];

  nowNs(): number {
    return this.now;
  }
  scheduleCompletion(id: number, atNs: number): void {
    this.scheduled.push({ id, atNs });
  }
  onWrite(path: string, offsetBytes: number, lengthBytes: number): void {
    this.lines.push(`write ${path} ${offsetBytes}+${lengthBytes}`);
  }
  onSyncStart(_id: number, path: string, bytes: number): void {
    this.lines.push(`sync ${path} ${bytes}`);
  }
  onSyncDone(_id: number, path: string, error: DiskErrorCode | null): void {
    this.lines.push(`done ${path} ${error ?? 'ok'}`);
  }
  onRename(from: string, to: string): void {
    this.lines.push(`rename ${from} ${to}`);
  }
  onTruncate(path: string, sizeBytes: number): void {
    this.lines.push(`truncate ${path} ${sizeBytes}`);
  }
  onRemove(path: string): void {
    this.lines.push(`remove ${path}`);
  }
  onFault(text: string, path: string): void {
    this.lines.push(`fault ${text} ${path}`);
  }
}

/** A disk with its host, for tests. */
export class DiskBench {
  host = new TestHost();
  readonly random: RandomStream;
  disk: VirtualDisk;

  constructor(seed = 'test') {
    this.random = new RandomStream(seed);
    this.disk = new VirtualDisk(
      this.host,
      { syncMinNs: 1000, syncMeanNs: 5000 },
      this.random.fork('latency'),
    );
  }

  /** Lets the oldest sync complete; null if none is under way. */
  completeOne(): SyncCompletion | null {
    const next = this.host.scheduled.shift();
    if (next === undefined) return null;
    this.host.now = next.atNs;
    return this.disk.completeSync(next.id);
  }

  completeAll(): SyncCompletion[] {
    const done: SyncCompletion[] = [];
    while (this.host.scheduled.length > 0) {
      const completion = this.completeOne();
      if (completion !== null) done.push(completion);
    }
    return done;
  }

  crash(mode: CrashMode): CrashOutcome {
    return this.disk.crash(this.random, mode);
  }

  /** The same disk in a world of its own, with the same syncs under way. */
  fork(seed: string): DiskBench {
    const copy = new DiskBench(seed);
    copy.disk = this.disk.clone(copy.host, copy.random.fork('latency'));
    copy.host.now = this.host.now;
    copy.host.scheduled.push(...this.host.scheduled);
    return copy;
  }

  /** The whole file as text, null if there is none. */
  text(path: string): string | null {
    const size = this.disk.sizeBytes(path);
    return size < 0 ? null : String.fromCharCode(...this.disk.read(path, 0, size));
  }

  write(path: string, offsetBytes: number, text: string): void {
    this.disk.write(path, offsetBytes, ascii(text));
  }
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
