import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { equalBytes } from '../../../base/bytes.ts';
import { CtlFailure, ctlExit, fileReason } from '../failure.ts';

const hashBytes = 32;
/** Pages are multiples of it, so what is left over is the hash (etcd: snapshot.hasChecksum). */
const sectorBytes = 512;

function failed(reason: string): CtlFailure {
  return new CtlFailure(ctlExit.error, reason);
}

export function readSnapshotFile(path: string): Uint8Array {
  try {
    // Go's words depend on which of the two finds that there is no file.
    if (statSync(path).isDirectory()) throw failed(`open ${path}: is a directory`);
    return readFileSync(path);
  } catch (error) {
    throw error instanceof CtlFailure ? error : failed(fileReason('open', path, error));
  }
}

/** The database in a snapshot's file, whose SHA-256 follows it. Throws CtlFailure if it does not fit, unless nobody asks for it. */
export function checkedDatabase(file: Uint8Array, skipsHash: boolean): Uint8Array {
  if (file.length % sectorBytes !== hashBytes) {
    if (skipsHash) return file;
    throw failed('snapshot missing hash but --skip-hash-check=false');
  }
  const database = file.subarray(0, file.length - hashBytes);
  const expected = file.subarray(file.length - hashBytes);
  const found = createHash('sha256').update(database).digest();
  if (!skipsHash && !equalBytes(expected, found))
    throw failed(`expected sha256 [${expected.join(' ')}], got [${found.join(' ')}]`);
  return database;
}
