import { existsSync, statSync } from 'node:fs';
import { ReadOnlyDisk } from '../../../core/node/read_only_disk.ts';
import { UsageError } from '../usage_error.ts';

/** Where in what a person named the parts of a member's directory are. */
export interface MemberPlace {
  readonly disk: ReadOnlyDisk;
  /** Paths on the disk; null: there is no such directory. */
  readonly wal: string;
  readonly snap: string | null;
}

/** Finds the log under a data directory, its `member` or its `member/wal`. Throws UsageError that says what was looked for. */
export function findMember(command: string, path: string): MemberPlace {
  mustBeDirectory(command, path);
  for (const [up, wal, snap] of [
    ['', 'member/wal', 'member/snap'],
    ['', 'wal', 'snap'],
    ['/..', 'wal', 'snap'],
  ] as const) {
    const disk = new ReadOnlyDisk(`${path}${up}`);
    const wanted = up === '' || /(^|\/)wal\/*$/.test(path);
    if (!wanted || !hasLog(disk, wal)) continue;
    return { disk, wal, snap: disk.list(snap).length > 0 ? snap : null };
  }
  const bare = new ReadOnlyDisk(path);
  if (hasLog(bare, '')) return { disk: bare, wal: '.', snap: null };
  throw new UsageError(
    `detcd ${command}: ${path}: expected a member's data directory, with files member/wal/*.wal, and found none.`,
  );
}

function hasLog(disk: ReadOnlyDisk, wal: string): boolean {
  return disk.list(wal).some((name) => name.endsWith('.wal'));
}

function mustBeDirectory(command: string, path: string): void {
  if (!existsSync(path)) throw new UsageError(`detcd ${command}: ${path}: no such file or directory.`);
  if (!statSync(path).isDirectory()) {
    throw new UsageError(`detcd ${command}: ${path}: expected a directory, found a file.`);
  }
}
