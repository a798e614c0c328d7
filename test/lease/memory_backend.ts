import { Backend } from '../../core/backend/index.ts';
import type { Disk } from '../../core/ports.ts';

/** Keeps nothing and completes nothing: what is written stays in the backend's batch. */
const nowhere: Disk = {
  write() {},
  truncate() {},
  rename() {},
  remove() {},
  makeDirectory() {},
  sync() {},
  syncDirectory() {},
  read: () => new Uint8Array(0),
  sizeBytes: () => -1,
  list: () => [],
};

/** For tests that are about what is above the disk. */
export function memoryBackend(): Backend {
  return Backend.open(nowhere, 'db', { stepToken: 1 });
}
