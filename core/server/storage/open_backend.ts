import { Backend, type BackendSite, Buckets, type ConsistentIndex } from '../../backend/index.ts';
import type { Failpoint } from '../../base/failpoint.ts';
import type { BugSwitches } from '../../bugs.ts';
import type { Disk } from '../../ports.ts';
import type { Snapshot } from '../../raft/index.ts';
import type { SnapDbs } from '../../snap/index.ts';
import { dbPath, snapDirectory } from '../paths.ts';
import { Owner, type Tokens, nobodyToken } from '../tokens.ts';

/** What of a member's configuration its backend goes by. */
export interface BackendSettings {
  readonly failpoint: Failpoint<BackendSite>;
  readonly bugs: BugSwitches;
}

/** Opens the member's backend, or makes one, with all of etcd's buckets in it. Throws BackendError and DiskError. */
export function openBackend(
  disk: Disk,
  tokens: Tokens,
  consistentIndex: ConsistentIndex,
  settings: BackendSettings,
): Backend {
  const backend = openUnknown(disk, tokens, consistentIndex, settings);
  loadPosition(consistentIndex, backend);
  return backend;
}

/** The position in the log goes with the backend. */
export function loadPosition(consistentIndex: ConsistentIndex, backend: Backend): void {
  const view = backend.read();
  consistentIndex.load(view);
  view.end();
}

function openUnknown(
  disk: Disk,
  tokens: Tokens,
  hooks: ConsistentIndex,
  { failpoint, bugs }: BackendSettings,
): Backend {
  // Each gets a token of its own: what is under way for one that was replaced is no concern of the next.
  const stepToken = tokens.next(Owner.backend);
  const backend = Backend.open(disk, dbPath, { stepToken, hooks, failpoint, bugs });
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
  settings: BackendSettings,
): { readonly backend: Backend; readonly replaced: boolean } {
  const backend = openBackend(disk, tokens, consistentIndex, settings);
  if (snapshot === null || consistentIndex.position.index >= snapshot.metadata.index) {
    return { backend, replaced: false };
  }
  const received = snapDbs.path(snapshot.metadata.index);
  const old = { backend, path: received };
  const replacement = replaceBackend(disk, tokens, consistentIndex, old, settings);
  loadPosition(consistentIndex, replacement);
  return { backend: replacement, replaced: true };
}

/** Puts the backend received at `path` into the place of another, which is closed. Its position is to be loaded before anything else. */
export function replaceBackend(
  disk: Disk,
  tokens: Tokens,
  consistentIndex: ConsistentIndex,
  { backend, path }: { readonly backend: Backend; readonly path: string },
  settings: BackendSettings,
): Backend {
  backend.close();
  disk.rename(path, dbPath);
  disk.syncDirectory(snapDirectory, nobodyToken);
  return openUnknown(disk, tokens, consistentIndex, settings);
}
