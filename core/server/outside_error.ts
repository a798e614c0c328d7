import { BackendError } from '../backend/index.ts';
import { ProtobufError } from '../base/protobuf.ts';
import { MvccError } from '../mvcc/index.ts';
import { DiskError } from '../ports.ts';
import { SnapError } from '../snap/index.ts';
import { V2SnapshotError } from '../v2store/index.ts';
import { WalError } from '../wal/index.ts';

/** What a disk holds, or that it can't be read, is not this program's mistake: whoever meets it stops and says so. */
export function isOutsideError(error: unknown): error is Error {
  return (
    error instanceof DiskError ||
    error instanceof WalError ||
    error instanceof SnapError ||
    error instanceof BackendError ||
    error instanceof ProtobufError ||
    error instanceof MvccError ||
    error instanceof V2SnapshotError
  );
}
