import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskImage } from '../../sim/disk/image.ts';
import { failureReason } from './failure_reason.ts';
import { UsageError } from './usage_error.ts';

/** Only its owner may read a member's directory: etcd refuses others. */
const directoryMode = 0o700;
const fileMode = 0o600;

/** Throws UsageError unless the directory is missing or empty: nothing is ever mixed with or written over what is there. */
export function mustBeFree(directory: string): void {
  if (!existsSync(directory)) return;
  if (!statSync(directory).isDirectory())
    throw new UsageError(`${directory}: expected a directory, found a file.`);
  if (readdirSync(directory).length > 0) {
    throw new UsageError(`${directory}: is not empty. Name a directory that is empty or does not exist.`);
  }
}

/** Writes every directory and file of the image below a directory, which is made. */
export function writeImage(directory: string, image: DiskImage): void {
  try {
    mkdirSync(directory, { recursive: true, mode: directoryMode });
    for (const path of image.directories) mkdirSync(join(directory, path), { mode: directoryMode });
    for (const { path, bytes } of image.files)
      writeFileSync(join(directory, path), bytes, { mode: fileMode });
  } catch (error) {
    throw new UsageError(`${directory}: can't write there: ${failureReason(error)}`);
  }
}
