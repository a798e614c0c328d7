import type { Random } from '../../core/ports.ts';
import type { RandomStream } from '../random.ts';
import type { CrashMode } from '../trace/kinds.ts';
import { type DiskHost, noDiskFaults } from './host.ts';
import type { VirtualDisk } from './virtual_disk.ts';

/** Everything on a disk: paths as the disk's own, relative with '/', in byte order. */
export interface DiskImage {
  readonly directories: readonly string[];
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
}

/** A member's directory of another program, to be put on a disk before the member starts. */
export interface ImportedDirectory extends DiskImage {
  /** The ids that its log names, all 64 bits. */
  readonly node: bigint;
  readonly cluster: bigint;
}

/** A host for a copy that no time passes for and nobody watches. */
const silentHost: DiskHost = {
  nowNs: () => 0,
  scheduleCompletion() {},
  onWrite() {},
  onSyncStart() {},
  onSyncDone() {},
  onRename() {},
  onTruncate() {},
  onRemove() {},
  onFault() {},
};

/** What a power loss would leave now; see VirtualDisk.crash. The disk and its streams are not touched. */
export function imageAfterCrash(disk: VirtualDisk, mode: CrashMode, random: RandomStream): DiskImage {
  const copy = disk.clone(silentHost, random.fork('copy'));
  copy.crash(random, mode);
  // Faults of reading are not what is on the platter.
  Object.assign(copy.faults, noDiskFaults());
  copy.release();
  const directories: string[] = [];
  const files: { path: string; bytes: Uint8Array }[] = [];
  const visit = (folder: string): void => {
    for (const name of copy.list(folder)) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const size = copy.sizeBytes(path);
      if (size >= 0) {
        files.push({ path, bytes: copy.read(path, 0, size) });
      } else {
        directories.push(path);
        visit(path);
      }
    }
  };
  visit('');
  return { directories, files };
}

const keepsAll: Random = { below: () => 0 };

/** Puts an image on a disk before its member starts; all of it is durable. The trace shows the writes. */
export function loadImage(disk: VirtualDisk, image: DiskImage): void {
  for (const path of image.directories) disk.makeDirectory(path);
  for (const { path, bytes } of image.files) disk.write(path, 0, bytes);
  disk.crash(keepsAll, 'keep');
}
