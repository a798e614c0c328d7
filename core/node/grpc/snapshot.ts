import { createHash } from 'node:crypto';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { type ByteString, fromBytes } from '../../base/bytes.ts';
import {
  type ErrorResponse,
  type SnapshotRequest,
  type SnapshotResponse,
  snapshotRpc,
} from '../../server/api/index.ts';
import type { MemberHost } from '../host/member_host.ts';
import type { Credentials } from './credentials.ts';
import { RequestFailure, errorOfReason, statusOf } from './failure.ts';
import { methodOf } from './method.ts';
import { type ServedMethod, served } from './unary.ts';

/** Bytes of the file in one message (etcd: snapshotSendBufferSize). */
const pieceBytes = 32 * 1024;

/** As etcd 3.4 sends them: without a header that says anything. */
const emptyHeader = { cluster_id: 0n, member_id: 0n, revision: 0, raft_term: 0 };

/**
 * The database in pieces, then its SHA-256, by which `snapshot restore` knows that it is whole. Rejects with RequestFailure if the token's
 * owner may not have it. Whoever does not take all of it must end it (`return`).
 */
export async function* snapshotPieces(
  host: MemberHost,
  token: ByteString | undefined,
): AsyncGenerator<SnapshotResponse, void> {
  const startedMs = performance.now();
  const backup = await host.backup(token);
  const hash = createHash('sha256');
  try {
    const { sizeBytes } = backup;
    for (let at = 0; at < sizeBytes; at += pieceBytes) {
      const piece = await backup.read(at, Math.min(pieceBytes, sizeBytes - at));
      hash.update(piece);
      const remaining_bytes = sizeBytes - at - piece.length;
      yield { header: emptyHeader, remaining_bytes, blob: fromBytes(piece) };
    }
    yield { header: emptyHeader, remaining_bytes: 0, blob: fromBytes(hash.digest()) };
    host.figures.snapshots.observe((performance.now() - startedMs) / 1000);
  } finally {
    await backup.close();
  }
}

/** Sends a piece when the one before is gone. `write` calls back when it is; `gone` resolves when nobody reads any more. */
export async function sendSnapshot(
  pieces: AsyncIterable<SnapshotResponse>,
  write: (piece: SnapshotResponse, sent: () => void) => void,
  gone: Promise<false>,
): Promise<void> {
  for await (const piece of pieces) {
    const sent = new Promise<true>((resolve) => write(piece, () => resolve(true)));
    if (!(await Promise.race([gone, sent]))) return;
  }
}

/** Why there is no (more of a) snapshot: the member's own reason, or that its file can't be read. */
export function snapshotError(failure: unknown): ErrorResponse {
  if (failure instanceof RequestFailure) return failure.response;
  return errorOfReason(failure instanceof Error ? failure.message : String(failure));
}

export function snapshotMethod(host: MemberHost, credentials: Credentials): ServedMethod {
  const definition = methodOf(snapshotRpc, 'serverStream');
  return served(definition, (call: ServerWritableStream<SnapshotRequest, SnapshotResponse>) => {
    const gone = new Promise<false>((resolve) => call.once('cancelled', () => resolve(false)));
    const pieces = snapshotPieces(host, credentials.ofCall(call));
    sendSnapshot(pieces, (piece, sent) => void call.write(piece, sent), gone).then(
      () => call.end(),
      (failure: unknown) => {
        call.emit('error', statusOf(snapshotError(failure)));
      },
    );
  });
}
