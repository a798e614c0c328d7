import { Backend, type BackendSite, Buckets, type ConsistentIndex } from '../../backend/index.ts';
import type { Failpoint } from '../../base/failpoint.ts';
import type { Disk } from '../../ports.ts';
import type { Snapshot } from '../../raft/index.ts';
import type { SnapDbs } from '../../snap/index.ts';
import { dbPath, snapDirectory } from '../paths.ts';
import { Owner, type Tokens, nobodyToken } from '../tokens.ts';

/** Opens the member's backend, or makes one, with all of etcd's buckets in it. Throws BackendError and DiskError. */
export function openBackend(
  disk: Disk,
  tokens: Tokens,
  consistentIndex: ConsistentIndex,
  failpoint: Failpoint<BackendSite>,
): Backend {
  // Each gets a token of its own: what is under way for one that was replaced is no concern of the next.
  const stepToken = tokens.next(Owner.backend);
  const backend = Backend.open(disk, dbPath, { stepToken, hooks: consistentIndex, failpoint });
  const view = backend.read();
  consistentIndex.load(view);
  view.end();
  const tx = backend.lock();
  for (const bucket of Object.values(Buckets)) tx.createBucket(bucket);
  backend.unlock();
  return backend;
}

/**
 * Opens the backend that goes with the snapshot from which the member starts. If the one that is there is older, a crash came
 * between the receipt of the snapshot and its taking effect: the received one takes its place (etcd: recoverSnapshotBackend).
 * Throws SnapError if there is none.
 */
export function recoverBackend(
  disk: Disk,
  tokens: Tokens,
  consistentIndex: ConsistentIndex,
  snapshot: Snapshot | null,
  snapDbs: SnapDbs,
  failpoint: Failpoint<BackendSite>,
): { readonly backend: Backend; readonly replaced: boolean } {
  const backend = openBackend(disk, tokens, consistentIndex, failpoint);
  if (snapshot === null || consistentIndex.position.index >= snapshot.metadata.index) {
    return { backend, replaced: false };
  }
  const received = snapDbs.path(snapshot.metadata.index);
  const old = { backend, path: received };
  return { backend: replaceBackend(disk, tokens, consistentIndex, old, failpoint), replaced: true };
}

/** Puts the backend received at `path` into the place of another, which is closed. */
export function replaceBackend(
  disk: Disk,
  tokens: Tokens,
  consistentIndex: ConsistentIndex,
  { backend, path }: { readonly backend: Backend; readonly path: string },
  failpoint: Failpoint<BackendSite>,
): Backend {
  backend.close();
  disk.rename(path, dbPath);
  disk.syncDirectory(snapDirectory, nobodyToken);
  return openBackend(disk, tokens, consistentIndex, failpoint);
}
