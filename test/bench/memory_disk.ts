import type { Backend } from '../../core/backend/index.ts';
import { compareStrings } from '../../core/base/bytes.ts';
import type { Disk, Token } from '../../core/ports.ts';

/** Files in memory whose syncs complete when `settle` is called: no disk's speed gets into the figures. */
export class MemoryDisk implements Disk {
  private readonly files = new Map<string, { bytes: Uint8Array; size: number }>();
  private done: Token[] = [];

  write(path: string, offsetBytes: number, bytes: Uint8Array): void {
    const file = this.files.get(path) ?? { bytes: new Uint8Array(1 << 16), size: 0 };
    const end = offsetBytes + bytes.length;
    if (end > file.bytes.length) {
      const grown = new Uint8Array(Math.max(end, 2 * file.bytes.length));
      grown.set(file.bytes);
      file.bytes = grown;
    }
    file.bytes.set(bytes, offsetBytes);
    file.size = Math.max(file.size, end);
    this.files.set(path, file);
  }
  truncate(path: string, sizeBytes: number): void {
    const file = this.files.get(path);
    if (file !== undefined) file.size = sizeBytes;
  }
  rename(from: string, to: string): void {
    const file = this.files.get(from);
    if (file !== undefined) this.files.set(to, file);
    this.files.delete(from);
  }
  remove(path: string): void {
    this.files.delete(path);
  }
  makeDirectory(): void {}
  sync(_path: string, token: Token): void {
    this.done.push(token);
  }
  syncDirectory(_path: string, token: Token): void {
    this.done.push(token);
  }
  read(path: string, offsetBytes: number, lengthBytes: number): Uint8Array {
    const file = this.files.get(path);
    return (
      file?.bytes.slice(offsetBytes, Math.min(offsetBytes + lengthBytes, file.size)) ?? new Uint8Array(0)
    );
  }
  sizeBytes(path: string): number {
    return this.files.get(path)?.size ?? -1;
  }
  list(path: string): readonly string[] {
    const prefix = path === '' ? '' : `${path}/`;
    const inside = [...this.files.keys()].filter((name) => name.startsWith(prefix));
    const names = new Set(inside.map((name) => name.slice(prefix.length).split('/')[0] ?? ''));
    return [...names].sort(compareStrings);
  }

  /** Completes every sync that was submitted, in order. */
  complete(onDisk: (token: Token) => void): void {
    for (const token of this.done.splice(0)) onDisk(token);
  }

  /** Completes every sync, also those that the backend submits meanwhile. */
  settle(backend: Backend): void {
    while (this.done.length > 0) for (const token of this.done.splice(0)) backend.onDisk(token);
  }
}
