import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Backend, BackendError } from '../../../backend/index.ts';
import { DiskError } from '../../../ports.ts';
import { dbPath } from '../../../server/paths.ts';
import { ConfigError } from '../../config/config_error.ts';
import { DataLock } from '../../host/data_lock.ts';
import { CtlFailure, ctlExit, fileReason } from '../failure.ts';
import { SettledDisk } from './settled_disk.ts';

const stepToken = 1;
/** Between two looks whether somebody still has the directory. */
const lookMs = 200;

function failed(directory: string, reason: string): CtlFailure {
  return new CtlFailure(ctlExit.error, `Failed to defragment etcd data[${directory}] (${reason})`);
}

/**
 * Rewrites the database of a data directory that nobody uses without its free pages. Waits as long as somebody does, which `onWait` is told once.
 * Rejects with CtlFailure.
 */
export async function defragmentDirectory(directory: string, onWait: (path: string) => void): Promise<void> {
  const path = join(directory, dbPath);
  try {
    statSync(path);
  } catch (error) {
    throw failed(directory, fileReason('open', path, error));
  }
  let lock = takeLock(directory);
  if (lock === null) onWait(path);
  for (; lock === null; lock = takeLock(directory))
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  const settled = new SettledDisk(directory);
  try {
    const backend = Backend.open(settled.disk, dbPath, { stepToken });
    settled.add(backend);
    await settled.durable((token) => backend.defragment(token));
  } catch (error) {
    if (error instanceof BackendError || error instanceof DiskError) throw failed(directory, error.message);
    throw error;
  } finally {
    await settled.close();
    lock.release();
  }
}

/** Null: somebody has it. */
function takeLock(directory: string): DataLock | null {
  try {
    return DataLock.take(directory);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (error.message.includes('is used by another process')) return null;
    throw failed(directory, error.message);
  }
}
