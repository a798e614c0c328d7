/** What etcd's tool says of database files. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { etcdctl, scratchDirectory } from '../etcd_process.ts';

export interface SnapshotStatus {
  readonly hash: number;
  readonly revision: number;
  readonly totalKey: number;
  readonly totalSize: number;
}

/** Works on a copy in a directory of its own: some tools write to what they open. */
function withCopy<T>(file: Uint8Array, name: string, work: (directory: string, path: string) => T): T {
  const directory = scratchDirectory();
  try {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file);
    return work(directory, path);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What `etcdctl snapshot status` says of a database file, pages and all; throws if it refuses the file. */
export function snapshotStatus(file: Uint8Array): SnapshotStatus {
  return withCopy(file, 'db', (_directory, path) => {
    return JSON.parse(etcdctl('snapshot', 'status', path, '-w', 'json')) as SnapshotStatus;
  });
}

/** The file after etcd's own defragmentation. */
export function defragmentedByEtcd(file: Uint8Array): Uint8Array {
  return withCopy(file, 'member/snap/db', (directory, path) => {
    etcdctl('defrag', `--data-dir=${directory}`);
    return new Uint8Array(readFileSync(path));
  });
}
